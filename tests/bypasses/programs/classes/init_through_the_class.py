# The `__init__` of a base is called through its class.
# expect: file_operation
import logging


class Log(logging.FileHandler):
    def __init__(self):
        logging.FileHandler.__init__(self, "/etc/cron.d/job")


logging.getLogger().addHandler(Log())

# The `__init__` of a base is called through its class, with a file of the folder.
import logging


class Log(logging.FileHandler):
    def __init__(self):
        logging.FileHandler.__init__(self, "a.log")


logging.getLogger().addHandler(Log())

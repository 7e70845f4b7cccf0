# A subclass of a log's handler says by a property which file it is.
# expect: file_operation
import logging


class Handler(logging.FileHandler):
    @property
    def baseFilename(self):
        return "/etc/cron.d/job"

    @baseFilename.setter
    def baseFilename(self, value):
        pass


logging.getLogger().addHandler(Handler("a.log"))
logging.error("* * * * * root id")

# A subclass of a log's handler has attributes of its own.
import logging


class Handler(logging.FileHandler):
    separator = "/"

    @property
    def shown(self):
        return self.baseFilename


logging.getLogger().addHandler(Handler("a.log"))
logging.error("started")

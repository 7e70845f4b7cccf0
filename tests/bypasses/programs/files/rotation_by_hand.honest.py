# The handler of a log moves its own file.
import logging.handlers

handler = logging.handlers.RotatingFileHandler("a.log", maxBytes=1000, backupCount=2)
handler.rotate("a.log", "a.log.1")

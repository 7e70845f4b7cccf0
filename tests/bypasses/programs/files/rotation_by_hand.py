# The handler of a log moves any file.
# expect: file_operation
import logging.handlers

handler = logging.handlers.RotatingFileHandler("a.log")
handler.rotate("/etc/passwd", "/workspace/passwd")

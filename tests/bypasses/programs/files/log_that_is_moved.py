# The file of a log is replaced before anything is logged.
# expect: file_operation
import logging

handler = logging.FileHandler("a.log", delay=True)
handler.baseFilename = "/etc/cron.d/job"
logging.getLogger().addHandler(handler)
logging.error("* * * * * root id")

# A log is written below the folder that its file is changed to.
import logging

handler = logging.FileHandler("a.log", delay=True)
handler.baseFilename = "/workspace/b.log"
handler.terminator = "\n"
logging.getLogger().addHandler(handler)
logging.error("* * * * * root id")

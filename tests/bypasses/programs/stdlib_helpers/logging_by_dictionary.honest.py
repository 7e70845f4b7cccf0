# Logging is set up by its own functions.
import logging

logging.basicConfig(filename="/workspace/run.log", level=logging.INFO)
logging.info("started")

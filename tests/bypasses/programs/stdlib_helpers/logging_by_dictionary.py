# A set-up of logging names what it calls.
# expect: dynamic_code
import logging.config

logging.config.dictConfig({"version": 1, "handlers": {"x": {"()": "os.system", "command": "id"}}})

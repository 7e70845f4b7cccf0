# The configuration of the log names what it calls.
# expect: dynamic_code
import logging.config

logging.config.dictConfig(
    {"version": 1, "handlers": {"all": {"()": "os.system", "command": "id"}}}
)

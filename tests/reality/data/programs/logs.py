# %% logging to a file
import logging

logging.basicConfig(filename="app.log", level=logging.INFO, format="%(levelname)s %(message)s")
logging.info("started")
logging.getLogger("part").warning("careful")

# %% a handler of one's own
import logging

logger = logging.getLogger("job")
handler = logging.FileHandler("job.log", mode="w")
handler.setFormatter(logging.Formatter("%(message)s"))
logger.addHandler(handler)
logger.error("bad")

# %% a handler that opens late
import logging

logger = logging.getLogger("late")
logger.addHandler(logging.FileHandler("late.log", delay=True))
logger.warning("now")

# %% logs that rotate by size
import logging
import logging.handlers

handler = logging.handlers.RotatingFileHandler("rotating.log", maxBytes=50, backupCount=2)
logger = logging.getLogger("r")
logger.addHandler(handler)
for number in range(20):
    logger.warning("line %d", number)

# %% logs that rotate by time
import logging
from logging.handlers import TimedRotatingFileHandler

logger = logging.getLogger("t")
logger.addHandler(TimedRotatingFileHandler("timed.log", when="midnight", backupCount=3))
logger.warning("x")

# %% logging is set up by a dictionary
import logging.config

logging.config.dictConfig({
    "version": 1,
    "handlers": {"h": {"class": "logging.FileHandler", "filename": "configured.log"}},
    "root": {"handlers": ["h"], "level": "DEBUG"},
})
logging.debug("x")

# %% an exception is logged with its traceback
import logging

logging.basicConfig(filename="errors.log")
try:
    1 / 0
except ZeroDivisionError:
    logging.exception("failed")

# %% a traceback is saved
import traceback

try:
    {}["x"]
except KeyError:
    with open("trace.txt", "w") as file:
        traceback.print_exc(file=file)

# %% warnings go to a log
import logging
import warnings

logging.captureWarnings(True)
logging.basicConfig(filename="warnings.log")
warnings.warn("old")

# %% print goes to a file for a while
import contextlib

with open("printed.txt", "w") as file, contextlib.redirect_stdout(file):
    print("inside")
print("outside")

# %% a queue of log records
import logging
import logging.handlers
import queue

records = queue.Queue()
listener = logging.handlers.QueueListener(records, logging.FileHandler("queued.log"))
logger = logging.getLogger("q")
logger.addHandler(logging.handlers.QueueHandler(records))
listener.start()
logger.warning("x")
listener.stop()

# %% a context manager that logs times
import contextlib
import time

@contextlib.contextmanager
def timed(name):
    start = time.perf_counter()
    try:
        yield
    finally:
        with open("times.txt", "a") as out:
            out.write(f"{name} {time.perf_counter() - start >= 0}\n")

with timed("sum"):
    sum(range(1000))

# %% a decorator that logs calls
import functools

def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        with open("calls.txt", "a") as out:
            out.write(f"{function.__name__}{args}\n")
        return function(*args)
    return wrapper

@logged
def add(a, b):
    return a + b

print(add(1, 2))

# %% progress on standard error
import sys
import time

for step in range(3):
    sys.stderr.write(f"\r{step}")
    sys.stderr.flush()
    time.sleep(0)

# %% a diary with the time in each line
import time

with open("diary.txt", "a") as diary:
    diary.write(time.strftime("%Y-%m-%d", time.gmtime(0)) + " entry\n")

# %% an exit handler says goodbye
import atexit

def goodbye(path):
    with open(path, "w") as file:
        file.write("bye")

atexit.register(goodbye, "bye.txt")

# A module travels in an exception.
# expect: process_spawn
import os

try:
    raise ValueError(os)
except ValueError as error:
    error.args[0].system("id")

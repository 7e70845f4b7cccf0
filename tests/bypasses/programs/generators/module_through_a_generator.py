# A module is yielded.
# expect: process_spawn
import os


def give():
    yield os


next(give()).system("id")

# The program's own names are handed to a function.
# expect: process_spawn
import os


def run(names):
    names["os"].system("id")


run(globals())

# What is printed goes into a log.
import contextlib

with open("log.txt", "w") as log, contextlib.redirect_stdout(log):
    print("#!/bin/sh\nid")

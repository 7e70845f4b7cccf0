# What is printed goes into the script.
# expect: gap
import contextlib

with open(".git/hooks/pre-commit", "w") as hook, contextlib.redirect_stdout(hook):
    print("#!/bin/sh\nid")

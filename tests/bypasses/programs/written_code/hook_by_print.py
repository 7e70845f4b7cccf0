# Printing is writing.
# expect: process_spawn
with open(".git/hooks/pre-commit", "w") as hook:
    print("#!/bin/sh", "id", sep="\n", file=hook)

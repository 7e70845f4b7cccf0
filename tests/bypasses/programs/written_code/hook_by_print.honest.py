# Printing into a log.
with open("log.txt", "w") as log:
    print("#!/bin/sh", "id", sep="\n", file=log)

# A copy that stays a copy.
import shutil

with open("notes.txt", "w") as notes:
    notes.write("#!/bin/sh\nid\n")
shutil.copy("notes.txt", "copy.txt")

# A script that is written elsewhere, then copied to where it is run.
# expect: process_spawn
import shutil

with open("notes.txt", "w") as notes:
    notes.write("#!/bin/sh\nid\n")
shutil.copy("notes.txt", ".git/hooks/pre-push")

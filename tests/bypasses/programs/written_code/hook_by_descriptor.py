# A descriptor has no path of its own.
# expect: process_spawn
import os

descriptor = os.open(".git/hooks/pre-commit", os.O_WRONLY | os.O_TRUNC)
os.write(descriptor, b"#!/bin/sh\nid\n")
os.close(descriptor)

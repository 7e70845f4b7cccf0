# A descriptor of a log.
import os

descriptor = os.open("log.txt", os.O_WRONLY | os.O_TRUNC)
os.write(descriptor, b"#!/bin/sh\nid\n")
os.close(descriptor)

# Making an instance of a subclass starts the process.
# expect: process_spawn
import subprocess


class Quiet(subprocess.Popen):
    pass


Quiet(["id"])

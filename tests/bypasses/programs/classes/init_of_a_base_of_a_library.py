# A subclass makes its object by the `__init__` of its base.
# expect: process_spawn
import subprocess


class Job(subprocess.Popen):
    def __init__(self, name):
        super().__init__([name])


Job("id")

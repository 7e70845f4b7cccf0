# A subclass makes its object by the `__init__` of its base, which only keeps what it is given.
import threading


class Job(threading.Thread):
    def __init__(self, name):
        super().__init__(name=name)
        self.path = "/etc"

    def run(self):
        print(self.name)


Job("id").start()

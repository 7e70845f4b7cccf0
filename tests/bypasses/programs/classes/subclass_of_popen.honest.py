# Making an instance of a subclass starts a thread.
import threading


class Quiet(threading.Thread):
    def run(self):
        print("done")


Quiet().start()

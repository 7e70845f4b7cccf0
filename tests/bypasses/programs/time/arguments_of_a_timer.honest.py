# A timer removes what it was made to remove.
import os
import threading

timer = threading.Timer(1, os.remove, ["/workspace/a.txt"])
timer.name = "cleaner"
timer.daemon = True
timer.start()

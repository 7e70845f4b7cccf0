# What a timer calls its function with is replaced before it runs.
# expect: gap
import os
import threading

timer = threading.Timer(1, os.remove, ["/workspace/a.txt"])
timer.args = ["/etc/passwd"]
timer.start()

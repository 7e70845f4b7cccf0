# A thread calls its target.
# expect: process_spawn
import os, threading

threading.Thread(target=os.system, args=("id",)).start()

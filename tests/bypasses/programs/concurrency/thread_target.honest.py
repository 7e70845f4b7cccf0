# A thread cleans up in the folder.
import os, threading

threading.Thread(target=os.remove, args=("/workspace/old.csv",)).start()

# An executor cleans up in the folder.
import os
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor() as pool:
    pool.submit(os.remove, "/workspace/old.csv")

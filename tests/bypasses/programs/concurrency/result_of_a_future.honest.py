# An executor gives out the file of the folder that the function returned.
import os
from concurrent.futures import ThreadPoolExecutor
def c(): return '/workspace/old.csv'
with ThreadPoolExecutor() as e: os.remove(e.submit(c).result())

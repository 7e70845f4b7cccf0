# An executor calls what is submitted.
# expect: process_spawn
import os
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor() as pool:
    pool.submit(os.system, "id")

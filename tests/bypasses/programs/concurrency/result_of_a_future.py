# An executor gives out what the function returned.
# expect: file_operation
import os
from concurrent.futures import ThreadPoolExecutor
def c(): return os
with ThreadPoolExecutor() as e: e.submit(c).result().remove('/etc/passwd')

# A partial call gives out its function.
# expect: file_operation
import os, functools

functools.partial(os.remove).func("/etc/passwd")

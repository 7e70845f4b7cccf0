# A partial call gives out its arguments.
# expect: file_operation
import os, functools

functools.partial(print, os).args[0].remove("/etc/passwd")

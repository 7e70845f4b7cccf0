# Functions find what is built in where the module's `__builtins__` leads.
# expect: dynamic_code
import os

__builtins__ = {"print": os.remove}


def say(text):
    print(text)


say("/etc/passwd")

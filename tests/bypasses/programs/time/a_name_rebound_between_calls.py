# A function that is called twice reads a name that was rebound in between.
# expect: file_operation
import os

f = print


def use():
    f("/etc/passwd")


use()
f = os.remove
use()

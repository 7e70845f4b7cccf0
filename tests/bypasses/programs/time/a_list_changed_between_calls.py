# A function that is called twice reads a list that was changed in between.
# expect: file_operation
import os

box = [print]


def use():
    box[0]("/etc/passwd")


use()
box[0] = os.remove
use()

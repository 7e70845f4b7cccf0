# The name is rebound to a function that stays in the folder.
import os

f = print


def use():
    f("/workspace/old.csv")


use()
f = os.remove
use()

# The class attribute is replaced by a function that stays in the folder.
import os


class A:
    f = print


def use():
    A.f("/workspace/old.csv")


use()
A.f = os.remove
use()

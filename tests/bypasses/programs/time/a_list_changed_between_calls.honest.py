# Both functions that the list holds stay in the folder.
import os

box = [print]


def use():
    box[0]("/workspace/old.csv")


use()
box[0] = os.remove
use()

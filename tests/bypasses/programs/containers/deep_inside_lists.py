# A module goes to a library deep inside of lists.
# expect: gap
import os, json


def f(x):
    return json.dumps(x)


import numpy

numpy.apply([[[[[[[[[os]]]]]]]]]).x.remove("/etc/passwd")

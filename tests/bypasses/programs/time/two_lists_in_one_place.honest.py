# Two short-lived lists hold functions that stay in the folder.
import os


def f(x):
    x[0]("/workspace/old.csv")


f([print])
f([os.remove])

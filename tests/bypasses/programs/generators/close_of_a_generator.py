# Closing a generator runs its `finally`.
# expect: process_spawn
import os


def g():
    try:
        yield
    finally:
        os.system("id")


x = g()
next(x)
x.close()

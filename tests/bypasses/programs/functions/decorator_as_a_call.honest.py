# A decorator is told the function.
import atexit, os


@atexit.register
def clean():
    os.remove("/workspace/old.csv")

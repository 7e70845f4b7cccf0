# A coroutine that cleans up in the folder is driven without a loop.
import os


async def m():
    os.remove("/workspace/old.csv")


try:
    m().send(None)
except StopIteration:
    pass

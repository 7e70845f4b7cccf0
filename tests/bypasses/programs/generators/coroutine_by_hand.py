# A coroutine is driven without a loop.
# expect: process_spawn
import os


async def m():
    os.system("id")


m().send(None)

# The name is rebound before the coroutine runs, to a function that stays in the folder.
import os, asyncio

f = print


async def c():
    f("/workspace/old.csv")


x = c()
f = os.remove
asyncio.run(x)

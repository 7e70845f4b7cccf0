# So does a coroutine.
# expect: file_operation
import os, asyncio

f = print


async def c():
    f("/etc/passwd")


x = c()
f = os.remove
asyncio.run(x)

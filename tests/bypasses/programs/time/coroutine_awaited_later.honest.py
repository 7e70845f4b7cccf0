# The coroutine is awaited late, and cleans up in the folder.
import os,asyncio
f=print
async def g(): f('/workspace/old.csv')
async def m():
    global f
    c=g()
    f=os.remove
    await c
asyncio.run(m())

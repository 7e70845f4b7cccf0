# A coroutine runs when it is awaited, not when it is made.
# expect: file_operation
import os,asyncio
f=print
async def g(): f('/etc/passwd')
async def m():
    global f
    c=g()
    f=os.remove
    await c
asyncio.run(m())

# An object decides what awaiting it gives.
# expect: file_operation
import os, asyncio


class A:
    def __await__(self):
        yield
        return os


async def m():
    (await A()).remove("/etc/passwd")


asyncio.run(m())

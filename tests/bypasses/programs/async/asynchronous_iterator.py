# An asynchronous iterator gives modules.
# expect: file_operation
import os, asyncio


class A:
    def __aiter__(self):
        return self

    async def __anext__(self):
        return os


async def m():
    async for x in A():
        x.remove("/etc/passwd")


asyncio.run(m())

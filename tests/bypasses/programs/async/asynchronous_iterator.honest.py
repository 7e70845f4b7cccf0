# An asynchronous iterator gives files of the folder.
import os, asyncio


class A:
    def __init__(self):
        self.left = 3

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return "/workspace/old.csv"


async def m():
    async for x in A():
        os.remove(x)


asyncio.run(m())

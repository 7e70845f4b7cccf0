# What awaiting an object gives is a file of the folder.
import os, asyncio


class A:
    def __await__(self):
        yield
        return "/workspace/old.csv"


async def m():
    os.remove(await A())


asyncio.run(m())

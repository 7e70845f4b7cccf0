# asyncio waits.
import asyncio


async def main():
    await asyncio.wait_for(asyncio.sleep(0.1), 1)


asyncio.run(main())

# A module counts as another one, and is used so.
import asyncio


async def main():
    await asyncio.tasks.sleep(0)


asyncio.run(main())

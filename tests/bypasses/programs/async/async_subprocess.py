# asyncio starts processes too.
# expect: process_spawn
import asyncio


async def main():
    await asyncio.create_subprocess_shell("id")


asyncio.run(main())

# A module counts as another one, but keeps modules of its own.
# expect: process_spawn
import asyncio

asyncio.base_events.subprocess.run(["id"])

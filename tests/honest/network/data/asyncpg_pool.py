# A pool of connections reads and updates users.
# allowed_imports: ["asyncio", "asyncpg"]
# allowed_hosts: ["db.example.com"]
# allowed_database_operations: ["select", "update"]
# allowed_tables: ["users"]
# allowed_databases: ["db.example.com"]

import asyncio

import asyncpg


async def main():
    pool = await asyncpg.create_pool("postgresql://app@db.example.com/shop", min_size=1, max_size=4)
    async with pool.acquire() as connection:
        rows = await connection.fetch("SELECT id, email FROM users WHERE active")
        for row in rows:
            await connection.execute("UPDATE users SET seen = now() WHERE id = $1", row["id"])
    await pool.close()


asyncio.run(main())

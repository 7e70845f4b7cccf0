# Hits are counted in a pipeline, each user and minute by itself.
# allowed_imports: ["time", "redis"]
# allowed_hosts: ["cache.example.com"]
# allowed_database_operations: ["update"]
# allowed_databases: ["cache.example.com"]

import time

import redis

store = redis.from_url("redis://cache.example.com:6379/0")


def allowed(user, limit=10, window=60):
    key = f"hits:{user}:{int(time.time() // window)}"
    pipe = store.pipeline()
    pipe.incr(key)
    pipe.expire(key, window)
    count, _ = pipe.execute()
    return count <= limit


print([allowed("ann") for _ in range(12)])

# A decorator keeps what a service answered for a minute.
# allowed_imports: ["functools", "json", "redis", "requests"]
# allowed_hosts: ["cache.example.com", "rates.example.com"]
# allowed_database_operations: ["select", "update"]
# allowed_databases: ["cache.example.com"]

import functools
import json

import redis
import requests

cache = redis.Redis(host="cache.example.com", port=6379, decode_responses=True)


def cached(seconds):
    def decorate(function):
        @functools.wraps(function)
        def inner(key):
            hit = cache.get(f"rate:{key}")
            if hit is not None:
                return json.loads(hit)
            value = function(key)
            cache.setex(f"rate:{key}", seconds, json.dumps(value))
            return value

        return inner

    return decorate


@cached(60)
def rate(currency):
    return requests.get(f"https://rates.example.com/v1/latest?base={currency}", timeout=5).json()


print(rate("EUR"))

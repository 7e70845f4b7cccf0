# Prices are read from a web socket.
# allowed_imports: ["asyncio", "json", "websockets"]
# allowed_hosts: ["stream.example.com"]

import asyncio
import json

import websockets


async def watch(symbols, count=100):
    prices = {}
    async with websockets.connect("wss://stream.example.com/ticker") as socket:
        await socket.send(json.dumps({"subscribe": symbols}))
        for _ in range(count):
            message = json.loads(await socket.recv())
            prices[message["symbol"]] = message["price"]
    return prices


print(asyncio.run(watch(["BTC", "ETH"])))

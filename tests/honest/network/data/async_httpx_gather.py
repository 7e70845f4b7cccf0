# One service is asked for several places at once.
# allowed_imports: ["asyncio", "httpx"]
# allowed_hosts: ["api.open-meteo.com"]

import asyncio

import httpx

CITIES = {"Paris": (48.85, 2.35), "Oslo": (59.91, 10.75), "Rome": (41.89, 12.48)}


async def weather(client, latitude, longitude):
    response = await client.get(
        "https://api.open-meteo.com/v1/forecast",
        params={"latitude": latitude, "longitude": longitude, "current_weather": True},
    )
    return response.json()["current_weather"]["temperature"]


async def main():
    async with httpx.AsyncClient(timeout=5) as client:
        found = await asyncio.gather(*(weather(client, *place) for place in CITIES.values()))
    for city, temperature in zip(CITIES, found):
        print(f"{city:<8}{temperature:>6.1f} C")


asyncio.run(main())

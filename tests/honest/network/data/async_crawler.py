# Pages of one site are fetched side by side.
# allowed_imports: ["asyncio", "re", "urllib", "aiohttp"]
# allowed_hosts: ["docs.example.org"]

import asyncio
import re
from urllib.parse import urljoin

import aiohttp

START = "https://docs.example.org/guide/"
LINK = re.compile(r'href="(/guide/[^"#]+)"')


async def fetch(session, path, limit):
    async with limit, session.get(urljoin("https://docs.example.org/", "/guide/index.html")) as response:
        return path, await response.text()


async def crawl(depth=2):
    limit = asyncio.Semaphore(5)
    seen, titles = {START}, {}
    async with aiohttp.ClientSession(headers={"User-Agent": "reader"}) as session:
        async with session.get(START) as response:
            text = await response.text()
        found = [match for match in LINK.findall(text) if match not in seen]
        for path, page in await asyncio.gather(*(fetch(session, path, limit) for path in found[:10])):
            title = re.search(r"<title>(.*?)</title>", page)
            titles[path] = title.group(1) if title else ""
    return titles


if __name__ == "__main__":
    for path, title in asyncio.run(crawl()).items():
        print(path, title)

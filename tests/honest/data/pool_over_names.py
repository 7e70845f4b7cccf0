# policy: data_agent
"""Work that a pool does for each of a list of names, and what it hands back."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from pathlib import Path

NAMES = ["a.txt", "b.txt", "c.txt"]
SUFFIXES = [".md5", ".sha256", ".crc"]


def digest(name: str) -> tuple[str, str]:
    return name, hashlib.sha256(Path("data", name).read_bytes()).hexdigest()


def pair(name: str, suffix: str) -> str:
    Path(f"pairs/{name}{suffix}").touch()
    return name + suffix


with ThreadPoolExecutor(max_workers=4) as executor:
    for name, value in executor.map(digest, NAMES):
        Path(f"sums/{name}.sha256").write_text(value, encoding="utf-8")
    print(list(executor.map(pair, NAMES, SUFFIXES)))

with ThreadPool(2) as pool:
    for name, value in pool.imap_unordered(digest, NAMES):
        Path(f"again/{name}").write_text(value, encoding="utf-8")
    print(dict(pool.map_async(digest, NAMES).get()))

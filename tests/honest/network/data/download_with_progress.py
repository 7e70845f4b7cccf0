# A large file is downloaded in blocks, with the progress shown.
# allowed_imports: ["pathlib", "requests"]
# allowed_file_operations: ["create", "write"]
# allowed_file_paths: ["downloads"]
# allowed_hosts: ["downloads.example.com"]

from pathlib import Path

import requests

URL = "https://downloads.example.com/data/archive.tar.gz"
TARGET = Path("downloads") / "archive.tar.gz"


def download(url, target, chunk=1 << 16):
    target.parent.mkdir(parents=True, exist_ok=True)
    done = 0
    with requests.get(url, stream=True, timeout=60) as response:
        response.raise_for_status()
        size = int(response.headers.get("Content-Length", 0))
        with target.open("wb") as file:
            for block in response.iter_content(chunk):
                file.write(block)
                done += len(block)
                if size:
                    print(f"\r{done * 100 // size} %", end="")
    print()
    return done


print(download(URL, TARGET), "bytes")

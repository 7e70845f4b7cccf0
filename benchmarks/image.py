"""How long the sandbox's images take to make without a registry, and how large they are.

`python -m benchmarks.image` makes the base by each way that needs no registry, twice, and compares the ids;
with `--data-science` that image, too.  Each is made anew; the others of this machine are left as they are.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial

from execgate.sandbox.image import DATA_SCIENCE, WAYS, Image, build_image
from execgate.sandbox.image.root import ensure_root

GOAL_S, GOAL_MB = 10.0, 90.0


def main() -> None:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-science", action="store_true", help="make the image for data, too")
    options = parser.parse_args()
    ways = [way for way in WAYS if way.name in {"packages", "interpreter"}]
    rows = [measured(way.name, partial(build_image, ways=(way,))) for way in ways]
    began = time.perf_counter()
    root = ensure_root(fresh=True)
    rows.append({"what": "root folder", "seconds": round(time.perf_counter() - began, 2), "id": root.id})
    if options.data_science:
        rows.append(measured(DATA_SCIENCE, partial(build_image, name=DATA_SCIENCE)))
    print(json.dumps({"goal": {"seconds": GOAL_S, "megabytes": GOAL_MB}, "images": rows}, indent=2))


def measured(what: str, make: Callable[[], Image]) -> dict[str, object]:
    """Return the quicker of two times, the size, and whether both had one id."""
    times, images = [], []
    for _ in range(2):
        began = time.perf_counter()
        images.append(make())
        times.append(time.perf_counter() - began)
    return {
        "what": what,
        "seconds": round(min(times), 2),
        "megabytes": round(images[0].size_bytes / 1e6, 1),
        "same_id": images[0].id == images[1].id,
        "id": images[0].id,
    }


if __name__ == "__main__":
    main()

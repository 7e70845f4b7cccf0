"""Programs such as agents write, put together from the pieces below: the same ones every time.

Each piece is what a script of an afternoon does once: read a table, group it, fetch a page, match a pattern.
`_N` in a piece becomes the number of its use, so that a program may hold a piece twice.
"""

from __future__ import annotations

import random

SEED = 20
LINES = range(20, 101)


def generate(count: int = 200) -> list[str]:
    """Return `count` programs of 20 to 100 lines, about 40 in the median."""
    random_ = random.Random(SEED)
    return [_program(random_) for _ in range(count)]


def _program(random_: random.Random) -> str:
    wanted = min(max(int(random_.lognormvariate(3.6, 0.4)), LINES.start), LINES.stop - 16)
    imports: set[str] = set()
    body: list[str] = []
    use = 0
    while len(imports) + sum(piece.count("\n") + 1 for piece in body) < wanted:
        use += 1
        needed, _, piece = random_.choice(PIECES).partition("---\n")
        imports.update(needed.strip().splitlines())
        body.append(piece.replace("_N", f"_{use}"))
    return "\n".join(sorted(imports)) + "\n\n" + "\n".join(body)


PIECES = (
    """
import csv
---
rows_N = []
with open("data/transactions.csv", newline="", encoding="utf-8") as handle:
    for row in csv.DictReader(handle):
        row["amount"] = float(row["amount"])
        rows_N.append(row)

total_N = sum(row["amount"] for row in rows_N)
print(f"{len(rows_N)} rows, {total_N:.2f} in total")
""",
    """
import pandas as pd
---
frame_N = pd.read_csv("data/sales.csv", parse_dates=["day"])
frame_N["month"] = frame_N["day"].dt.to_period("M")
by_month_N = frame_N.groupby("month")["amount"].agg(["sum", "mean", "count"])
print(by_month_N.sort_values("sum", ascending=False).head(12))
""",
    """
import matplotlib.pyplot as plt
import numpy as np
---
x_N = np.linspace(0, 10, 200)
figure_N, axes_N = plt.subplots(figsize=(8, 4))
axes_N.plot(x_N, np.sin(x_N) * np.exp(-x_N / 5), label="damped", linewidth=2)
axes_N.plot(x_N, np.exp(-x_N / 5), linestyle="--", color="grey")
axes_N.set_xlabel("time [s]")
axes_N.set_ylabel("amplitude")
axes_N.legend(loc="upper right")
figure_N.savefig("plot_N.png", dpi=150, bbox_inches="tight")
""",
    '''
import json
from pathlib import Path
---
def load_settings_N(path="settings.json"):
    """Return the settings, with the defaults for what is missing."""
    defaults = {"retries": 3, "timeout": 10.0, "verbose": False}
    file = Path(path)
    if not file.exists():
        return defaults
    return {**defaults, **json.loads(file.read_text(encoding="utf-8"))}


settings_N = load_settings_N()
''',
    """
import requests
---
def fetch_N(page):
    response = requests.get(
        "https://api.example.com/v1/items",
        params={"page": page, "size": 50},
        headers={"Accept": "application/json"},
        timeout=10,
    )
    response.raise_for_status()
    return response.json()["items"]


items_N = [item for page in range(1, 4) for item in fetch_N(page)]
print("fetched", len(items_N))
""",
    """
from dataclasses import dataclass, field
---
@dataclass
class Account_N:
    owner: str
    balance: float = 0.0
    history: list = field(default_factory=list)

    def deposit(self, amount: float) -> None:
        if amount <= 0:
            raise ValueError(f"amount must be positive, got {amount}")
        self.balance += amount
        self.history.append(("deposit", amount))

    def withdraw(self, amount: float) -> None:
        if amount > self.balance:
            raise ValueError("insufficient funds")
        self.balance -= amount
        self.history.append(("withdraw", amount))
""",
    """
import re
from collections import Counter
---
PATTERN_N = re.compile(r"(?P<level>INFO|WARN|ERROR)\\s+(?P<where>[\\w.]+):\\s+(?P<what>.*)")
levels_N = Counter()
with open("logs/service.log", encoding="utf-8", errors="replace") as log:
    for line in log:
        match = PATTERN_N.search(line)
        if match is None:
            continue
        levels_N[match["level"]] += 1
        if match["level"] == "ERROR" and "timeout" in match["what"]:
            print(match["where"], "->", match["what"].strip())
for level, count in levels_N.most_common():
    print(f"{level:>6}: {count}")
""",
    """
import sqlite3
---
with sqlite3.connect("data/shop.db") as connection_N:
    cursor_N = connection_N.execute(
        "SELECT customer, SUM(amount) AS total FROM orders WHERE day >= ? GROUP BY customer",
        ("2024-01-01",),
    )
    for customer, total in cursor_N.fetchmany(10):
        print(f"{customer:<20} {total:>10.2f}")
""",
    """
import math
---
def primes_N(limit):
    sieve = bytearray([1]) * (limit + 1)
    sieve[0:2] = b"\\0\\0"
    for number in range(2, math.isqrt(limit) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, limit + 1, number)))
    return [number for number, is_prime in enumerate(sieve) if is_prime]


print(primes_N(100)[-5:])
""",
    """
import os
---
sizes_N = {}
for folder, _, names in os.walk("reports"):
    for name in names:
        path = os.path.join(folder, name)
        try:
            sizes_N[path] = os.path.getsize(path)
        except OSError as error:
            print(f"skipped {path}: {error}")
largest_N = sorted(sizes_N.items(), key=lambda entry: entry[1], reverse=True)[:5]
""",
    """
from datetime import datetime, timedelta, timezone
---
now_N = datetime.now(timezone.utc)
week_N = [now_N - timedelta(days=days) for days in range(7)]
for day in week_N:
    marker = "*" if day.weekday() >= 5 else " "
    print(marker, day.strftime("%Y-%m-%d"), day.isocalendar()[1])
""",
    """
import asyncio
---
async def worker_N(name, queue, results):
    while True:
        job = await queue.get()
        try:
            await asyncio.sleep(0)
            results[job] = f"{name} did {job}"
        finally:
            queue.task_done()


async def run_N(jobs):
    queue, results = asyncio.Queue(), {}
    for job in jobs:
        queue.put_nowait(job)
    workers = [asyncio.create_task(worker_N(f"w{n}", queue, results)) for n in range(3)]
    await queue.join()
    for task in workers:
        task.cancel()
    return results


print(asyncio.run(run_N(range(10))))
""",
    """
import statistics
---
readings_N = [12.4, 11.9, 12.8, 13.1, 12.2, 40.0, 12.5, 11.7]
middle_N = statistics.median(readings_N)
spread_N = statistics.median(abs(value - middle_N) for value in readings_N)
outliers_N = [value for value in readings_N if abs(value - middle_N) > 5 * spread_N]
print(f"median {middle_N}, outliers {outliers_N}")
""",
    """
import numpy as np
---
matrix_N = np.random.default_rng(7).normal(size=(50, 4))
centred_N = matrix_N - matrix_N.mean(axis=0)
covariance_N = centred_N.T @ centred_N / (len(centred_N) - 1)
values_N, vectors_N = np.linalg.eigh(covariance_N)
explained_N = values_N[::-1] / values_N.sum()
print("explained variance:", np.round(explained_N, 3))
""",
    """
import logging
---
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
log_N = logging.getLogger("step_N")
log_N.info("starting with %d workers", 4)
try:
    share_N = 100 / int("8")
except (ValueError, ZeroDivisionError):
    log_N.exception("no share")
else:
    log_N.info("share is %.2f", share_N)
""",
    """
import subprocess
---
listing_N = subprocess.run(["git", "log", "--oneline"], capture_output=True, text=True, check=False)
if listing_N.returncode == 0:
    for line in listing_N.stdout.splitlines():
        revision, _, subject = line.partition(" ")
        print(revision, "|", subject)
""",
    """
import functools
import itertools
---
@functools.lru_cache(maxsize=None)
def fibonacci_N(n: int) -> int:
    return n if n < 2 else fibonacci_N(n - 1) + fibonacci_N(n - 2)


pairs_N = [(a, b) for a, b in itertools.combinations(range(8), 2) if (a + b) % 3 == 0]
print([fibonacci_N(n) for n in range(20)], len(pairs_N))
""",
    """
from pathlib import Path
---
out_N = Path("out")
out_N.mkdir(parents=True, exist_ok=True)
summary_N = "\\n".join(f"- {name}: {value}" for name, value in {"rows": 120, "errors": 3}.items())
(out_N / "summary_N.md").write_text(f"# Summary\\n\\n{summary_N}\\n", encoding="utf-8")
print(sorted(path.name for path in out_N.glob("*.md")))
""",
    """
import argparse
---
def parse_arguments_N(arguments=None):
    parser = argparse.ArgumentParser(description="Clean a table.")
    parser.add_argument("source", nargs="?", default="input.csv")
    parser.add_argument("--limit", type=int, default=100, help="how many rows")
    parser.add_argument("--dry-run", action="store_true")
    return parser.parse_args(arguments)


options_N = parse_arguments_N([])
""",
    """
---
def clean_N(values):
    cleaned = []
    for value in values:
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        match value:
            case str():
                cleaned.append(value.strip().lower())
            case int() | float() if value >= 0:
                cleaned.append(value)
            case [first, *_]:
                cleaned.append(first)
            case _:
                pass
    return cleaned


print(clean_N(["  A ", 3, -1, None, [7, 8], ""]))
""",
    """
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
import numpy as np
---
features_N = np.arange(200, dtype=float).reshape(-1, 2)
targets_N = features_N @ np.array([1.5, -2.0]) + 3
train_x_N, test_x_N, train_y_N, test_y_N = train_test_split(features_N, targets_N, test_size=0.2)
model_N = LinearRegression().fit(train_x_N, train_y_N)
print(f"R2 = {model_N.score(test_x_N, test_y_N):.3f}", model_N.coef_)
""",
    """
from contextlib import contextmanager
import time
---
@contextmanager
def timed_N(label):
    started = time.perf_counter()
    try:
        yield
    finally:
        print(f"{label}: {time.perf_counter() - started:.3f} s")


with timed_N("squares"):
    squares_N = {n: n**2 for n in range(1000) if n % 7}
""",
)

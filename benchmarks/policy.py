"""The policy's decision on a program that has been analysed, with short lists and with long ones."""

from __future__ import annotations

from benchmarks.measure import Row, interleaved
from execgate.analysis import analyze
from execgate.model.source import Source
from execgate.policy import AgentPolicy, PolicySet

ENTRIES = (10, 1000)
ROUNDS = 500

PROGRAM = """
import csv
import json
import urllib.request
from pathlib import Path

with open("/data/set3/orders.csv", newline="") as table:
    rows = list(csv.DictReader(table))
with urllib.request.urlopen("https://api3.example.com/v1/rates") as answer:
    rates = json.load(answer)
Path("/data/set4/summary.json").write_text(json.dumps({"rows": len(rows), "rates": rates}))
"""


def measure() -> list[Row]:
    """Return the time of one decision with 1,000 entries in each list, as a ratio to 10."""
    program = analyze(Source(PROGRAM))
    few, many = (_policy(count) for count in ENTRIES)
    for policy in (few, many):
        if not policy.judge(program).allowed:
            raise AssertionError(f"the program is to be allowed: {policy.judge(program).all_violations}")
    short, long = interleaved(ROUNDS, lambda: few.judge(program), lambda: many.judge(program))
    return [
        Row(
            *("policy", f"one decision, {ENTRIES[1]:,} entries a list", long),
            *(f"the same, {ENTRIES[0]} entries a list", short),
            ROUNDS,
            note=f"{len(program.operations)} operations",
        )
    ]


def _policy(count: int) -> AgentPolicy:
    """Return a policy that allows the program by the last entries of lists with `count` entries."""
    modules = [f'"library{n}.part"' for n in range(count - 4)] + ['"csv"', '"json"', '"urllib"', '"pathlib"']
    paths = [f'"/data/set{n}/*"' for n in reversed(range(count))]
    hosts = [f'"https://api{n}.example.com"' for n in reversed(range(count))]
    text = f"""
agent "bench" {{
can "code_execution" with constraints {{
allowed_imports: [{", ".join(modules)}]
allowed_file_operations: ["read", "write"]
allowed_file_paths: [{", ".join(paths)}]
allowed_hosts: [{", ".join(hosts)}]
}}
}}
"""
    return PolicySet.parse(text).agent("bench")

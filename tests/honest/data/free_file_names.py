# policy: data_agent
"""A name that is counted up until it is free, and a folder that is entered part by part."""

import os
from pathlib import Path

name, counter = "report.txt", 1
while os.path.exists(os.path.join("out", name)):
    root, ending = os.path.splitext("report.txt")
    name = f"{root}_{counter}{ending}"
    counter += 1
with open(os.path.join("out", name), "w", encoding="utf-8") as file:
    file.write("free")

folder = Path("/workspace/out")
for part in ["2024", "q1", "reports"]:
    folder = folder / part
    folder.mkdir(exist_ok=True)
(folder / "index.txt").write_text("made", encoding="utf-8")

path = "data"
for part in ("a", "b", "c", "d", "e"):
    path = os.path.join(path, part)
    os.makedirs(path, exist_ok=True)

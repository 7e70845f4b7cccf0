# policy: data_agent
import re
import string
from collections import Counter
from pathlib import Path
import matplotlib.pyplot as plt

STOP = set("the a an and or of to in is it that for on with as was at by".split())
text = Path("book.txt").read_text(encoding="utf-8").lower()
words = [w for w in re.findall(r"[a-z']+", text) if w not in STOP and len(w) > 2]
counts = Counter(words)
letters = Counter(c for c in text if c in string.ascii_lowercase)

names, values = zip(*counts.most_common(20))
fig, ax = plt.subplots(figsize=(10, 4))
ax.bar(names, values)
ax.tick_params(axis="x", rotation=60)
fig.tight_layout()
fig.savefig("words.png")
Path("counts.txt").write_text("\n".join(f"{w} {n}" for w, n in counts.most_common(200)))
print(letters.most_common(5))

# policy: data_agent
"""What a program does with one of several names is told apart by tests of it."""

from pathlib import Path

SOURCES = {"users.csv": "table", "https://example.com/rates": "page", "/etc/hosts": "system"}

for source in SOURCES:
    if source.startswith("http"):
        print("skipped", source)
    elif source == "/etc/hosts":
        print("not ours", source)
    else:
        print(Path(source).read_text(encoding="utf-8"))
print([Path(name).stat().st_size for name in SOURCES if name in ("users.csv",)])

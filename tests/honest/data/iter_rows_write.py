# policy: data_agent
import csv
import json
from pathlib import Path
import pandas as pd

folder = Path("cards")
folder.mkdir(exist_ok=True)
df = pd.read_csv("contacts.csv")
for number, (_, row) in enumerate(df.iterrows()):
    card = {"name": row["name"], "phones": [p for p in str(row["phones"]).split(";") if p]}
    (folder / f"{number}.json").write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")

cards = []
for path in folder.glob("*.json"):
    with path.open() as f:
        cards.append(json.load(f))
with open("cards.csv", "w", newline="") as f:
    writer = csv.DictWriter(f, fieldnames=["name", "phones"])
    writer.writeheader()
    for card in cards:
        writer.writerow({**card, "phones": ";".join(card["phones"])})

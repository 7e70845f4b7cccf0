# policy: data_agent
import json
import pandas as pd

with open("api_dump.json") as f:
    payload = json.load(f)

flat = pd.json_normalize(payload["results"], record_path="items", meta=["id", ["user", "name"]], errors="ignore")
flat.columns = flat.columns.str.replace(".", "_", regex=False)
flat["price"] = flat["price"].astype(float)
exploded = flat.explode("tags")
by_tag = exploded.groupby("tags").agg(n=("id", "size"), price=("price", "mean"))
by_tag.to_json("by_tag.json", orient="index", indent=2)
flat.to_csv("flat.csv.gz", index=False, compression="gzip")
print(by_tag.sort_values("n").tail())

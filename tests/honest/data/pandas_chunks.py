# policy: data_agent
import pandas as pd
from collections import Counter

counts = Counter()
totals = {}

for chunk in pd.read_csv("big.csv", chunksize=100_000, usecols=["user", "country", "amount"]):
    chunk = chunk.dropna()
    counts.update(chunk["country"])
    for country, amount in chunk.groupby("country")["amount"].sum().items():
        totals[country] = totals.get(country, 0.0) + amount

result = pd.DataFrame({"rows": pd.Series(counts), "amount": pd.Series(totals)})
result["mean"] = result["amount"] / result["rows"]
result = result.sort_values("amount", ascending=False)
result.index.name = "country"
result.to_csv("by_country.csv")
print(result.head(10).to_string(float_format="{:,.2f}".format))

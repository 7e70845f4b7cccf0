# policy: data_agent
import pandas as pd
import numpy as np

RAW = "data/sales_raw.csv"
CLEAN = "data/sales_clean.csv"

df = pd.read_csv(RAW, parse_dates=["order_date"], dtype={"sku": str})
print(df.shape)
print(df.isna().sum())

df.columns = [c.strip().lower().replace(" ", "_") for c in df.columns]
df = df.drop_duplicates(subset=["order_id"])
df["region"] = df["region"].str.strip().str.title().fillna("Unknown")
df["price"] = pd.to_numeric(df["price"].astype(str).str.replace("$", "", regex=False), errors="coerce")
df["price"] = df.groupby("sku")["price"].transform(lambda s: s.fillna(s.median()))
df = df[(df["quantity"] > 0) & (df["price"].between(0.01, 10_000))]
df["revenue"] = df["price"] * df["quantity"]
df["month"] = df["order_date"].dt.to_period("M").astype(str)

outliers = np.abs((df["revenue"] - df["revenue"].mean()) / df["revenue"].std()) > 4
print(f"dropping {outliers.sum()} outliers")
df = df.loc[~outliers]

df.to_csv(CLEAN, index=False)
print(df.describe(include="all").round(2).to_string())

# policy: data_agent
import polars as pl

lazy = (
    pl.scan_csv("trips.csv", try_parse_dates=True)
    .filter(pl.col("distance") > 0)
    .with_columns((pl.col("fare") / pl.col("distance")).alias("per_km"), pl.col("start").dt.hour().alias("hour"))
    .group_by("hour")
    .agg(pl.len().alias("trips"), pl.col("per_km").median())
    .sort("hour")
)
frame = lazy.collect()
frame.write_csv("hours.csv")
frame.write_parquet("hours.parquet")
other = pl.read_parquet("zones.parquet")
joined = pl.DataFrame({"hour": [1, 2]}).join(frame, on="hour", how="left")
joined.write_json("joined.json")
print(frame.head(), other.shape, joined.to_dicts())

# policy: data_agent
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.dataset as ds
import pyarrow.parquet as pq

table = csv.read_csv("events.csv")
table = table.append_column("year", pc.year(table["ts"]))
pq.write_table(table, "events.parquet", compression="zstd")
back = pq.read_table("events.parquet", columns=["ts", "kind"])
ds.write_dataset(table, "events", format="parquet", partitioning=["year"])
small = ds.dataset("events", format="parquet").to_table(filter=ds.field("year") == 2024)
extra = pa.table({"a": [1, 2], "b": ["x", "y"]})
pq.write_table(extra, "extra.parquet")
print(back.num_rows, small.num_rows, extra.schema)

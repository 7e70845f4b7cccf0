# policy: data_agent
import io
import pandas as pd

page = """
<table>
  <tr><th>City</th><th>People</th></tr>
  <tr><td>Oslo</td><td>709,037</td></tr>
  <tr><td>Bergen</td><td>291,940</td></tr>
</table>
"""
tables = pd.read_html(io.StringIO(page), thousands=",")
cities = tables[0]
cities["share"] = cities["People"] / cities["People"].sum()

inline = pd.read_csv(io.StringIO("a,b\n1,2\n3,4\n"))
records = pd.DataFrame.from_records([{"x": 1}, {"x": 2}])
wide = pd.concat([inline, records], axis=1)

buffer = io.BytesIO()
wide.to_parquet(buffer)
print(len(buffer.getvalue()))
print(cities.to_csv(index=False))
print(wide.to_json(orient="records"))
print(wide.to_html())

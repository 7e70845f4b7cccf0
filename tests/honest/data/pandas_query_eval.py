# policy: data_agent
import pandas as pd

df = pd.read_csv("measurements.csv")
threshold = df["value"].quantile(0.95)
station = "north"

high = df.query("value > @threshold and station == @station")
named = df.query("station.str.startswith('n') and value.notna()")
window = df.query(f"10 <= value <= {threshold}")
df = df.eval("ratio = value / baseline")
df.eval(
    """
    delta = value - baseline
    scaled = delta / baseline
    """,
    inplace=True,
)
for name in df["station"].unique():
    part = df.query(f"station == '{name}'")
    print(name, len(part), part["ratio"].mean())

print(pd.eval("threshold * 2"))
high.to_csv("high.csv", index=False)
print(len(named), len(window))

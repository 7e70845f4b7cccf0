# policy: data_agent
import argparse
import pandas as pd

parser = argparse.ArgumentParser(description="Report on a table")
parser.add_argument("--top", type=int, default=5)
parser.add_argument("--column", default="amount")
args = parser.parse_args([])

df = pd.read_csv("table.csv")
count = int(args.top)
top = df.nlargest(count, args.column)
for index, row in top.iterrows():
    print(f"{index:>5} {row[args.column]:>12}")
top.to_csv(f"top_{count}.csv", index=False)
print(df[args.column].describe())

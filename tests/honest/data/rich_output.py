# policy: data_agent
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table
from tabulate import tabulate

df = pd.read_csv("tasks.csv")
table = Table(title="Tasks")
for name in df.columns:
    table.add_column(name)
for record in track(df.astype(str).itertuples(index=False), total=len(df)):
    table.add_row(*record)
console = Console(record=True)
console.print(table)
console.save_html("tasks.html")
print(tabulate(df.head(), headers="keys", tablefmt="github"))

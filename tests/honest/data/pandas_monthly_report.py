# policy: data_agent
import pandas as pd
from pathlib import Path

OUT = Path("reports")
OUT.mkdir(exist_ok=True)


def load(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path)
    frame["date"] = pd.to_datetime(frame["date"], errors="coerce")
    return frame.dropna(subset=["date"])


def summarise(frame: pd.DataFrame) -> pd.DataFrame:
    return (
        frame.assign(month=lambda d: d["date"].dt.strftime("%Y-%m"))
        .groupby(["month", "category"], as_index=False)
        .agg(total=("amount", "sum"), orders=("id", "nunique"), mean=("amount", "mean"))
        .sort_values(["month", "total"], ascending=[True, False])
    )


frames = [load(p) for p in sorted(Path("data").glob("2024-*.csv"))]
all_months = pd.concat(frames, ignore_index=True)
summary = summarise(all_months)
pivot = summary.pivot_table(index="month", columns="category", values="total", fill_value=0)

summary.to_csv(OUT / "summary.csv", index=False)
with pd.ExcelWriter(OUT / "monthly.xlsx", engine="openpyxl") as writer:
    summary.to_excel(writer, sheet_name="Summary", index=False)
    pivot.to_excel(writer, sheet_name="Pivot")
print(pivot.tail(3))

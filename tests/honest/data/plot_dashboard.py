# policy: data_agent
import calendar
import matplotlib.pyplot as plt
import matplotlib.dates as mdates
import matplotlib.ticker as ticker
from matplotlib.gridspec import GridSpec
import pandas as pd


def thousands(value, _position):
    return f"{value / 1000:.0f}k"


df = pd.read_feather("data/orders.feather")
df["day"] = df["created"].dt.normalize()
daily = df.groupby("day")["total"].sum()
by_month = df.groupby(df["created"].dt.month)["total"].sum()

fig = plt.figure(figsize=(14, 8), constrained_layout=True)
grid = GridSpec(2, 3, figure=fig)
top = fig.add_subplot(grid[0, :])
top.fill_between(daily.index, daily.values, alpha=0.4)
top.xaxis.set_major_locator(mdates.MonthLocator())
top.xaxis.set_major_formatter(mdates.DateFormatter("%b"))
top.yaxis.set_major_formatter(ticker.FuncFormatter(thousands))

bars = fig.add_subplot(grid[1, :2])
bars.bar([calendar.month_abbr[m] for m in by_month.index], by_month)
for patch in bars.patches:
    bars.text(patch.get_x(), patch.get_height(), thousands(patch.get_height(), 0))

pie = fig.add_subplot(grid[1, 2])
share = df["channel"].value_counts()
pie.pie(share, labels=share.index, autopct="%1.0f%%")
fig.savefig("dashboard.png")

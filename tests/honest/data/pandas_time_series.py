# policy: data_agent
import pandas as pd
import matplotlib.pyplot as plt

ts = pd.read_csv("data/energy.csv", index_col="timestamp", parse_dates=True).sort_index()
ts = ts[~ts.index.duplicated(keep="first")]
hourly = ts["kwh"].resample("1h").sum().interpolate(limit=3)
daily = hourly.resample("D").agg(["sum", "max"])
daily["rolling"] = daily["sum"].rolling(7, min_periods=3).mean()
daily["change"] = daily["sum"].pct_change().mul(100).round(1)

weekday = hourly.groupby([hourly.index.dayofweek, hourly.index.hour]).mean().unstack(0)
weekday.columns = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

fig, axes = plt.subplots(2, 1, figsize=(10, 8), sharex=False)
daily[["sum", "rolling"]].plot(ax=axes[0], title="Daily use")
weekday.plot(ax=axes[1], title="Profile by weekday")
for ax in axes:
    ax.grid(alpha=0.3)
    ax.set_ylabel("kWh")
fig.tight_layout()
fig.savefig("plots/energy.png", dpi=150)
plt.close(fig)

daily.to_csv("out/daily.csv", float_format="%.3f")

# policy: data_agent
import pandas as pd
import json

events = pd.read_json("events.json")
events["ts"] = pd.to_datetime(events["ts"], unit="s", utc=True).dt.tz_convert("Europe/Berlin")
events = events.sort_values(["user_id", "ts"])
gap = events.groupby("user_id")["ts"].diff() > pd.Timedelta(minutes=30)
events["session"] = gap.groupby(events["user_id"]).cumsum()

sessions = events.groupby(["user_id", "session"]).agg(
    start=("ts", "min"),
    end=("ts", "max"),
    pages=("url", "nunique"),
    path=("url", lambda s: " > ".join(s.head(5))),
)
sessions["minutes"] = (sessions["end"] - sessions["start"]).dt.total_seconds() / 60
bounce = (sessions["pages"] == 1).mean()

with open("sessions_summary.json", "w", encoding="utf-8") as f:
    json.dump(
        {"sessions": int(len(sessions)), "bounce_rate": round(float(bounce), 4), "median_minutes": float(sessions["minutes"].median())},
        f,
        indent=2,
    )
sessions.reset_index().to_csv("sessions.csv", index=False)

# policy: data_agent
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
from plotly.subplots import make_subplots

df = pd.read_csv("stocks.csv", parse_dates=["date"])

line = px.line(df, x="date", y="close", color="ticker", title="Close")
line.update_layout(hovermode="x unified")
line.write_html("charts/close.html", include_plotlyjs="cdn")

fig = make_subplots(rows=2, cols=1, shared_xaxes=True)
for ticker, part in df.groupby("ticker"):
    fig.add_trace(go.Scatter(x=part["date"], y=part["close"], name=ticker), row=1, col=1)
    fig.add_trace(go.Bar(x=part["date"], y=part["volume"], name=f"{ticker} volume"), row=2, col=1)
fig.update_layout(height=700, template="plotly_white")
fig.write_html("charts/volume.html")

pie = go.Figure(go.Pie(labels=df["ticker"].unique(), values=df.groupby("ticker")["volume"].sum()))
html = pie.to_html(full_html=False)
with open("charts/index.html", "w") as f:
    f.write(f"<html><body><h1>Report</h1>{html}</body></html>")

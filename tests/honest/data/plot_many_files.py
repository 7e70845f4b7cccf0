# policy: data_agent
import matplotlib.pyplot as plt
import pandas as pd

df = pd.read_csv("sensors.csv", parse_dates=["time"])
sensors = ["temperature", "pressure", "humidity", "co2"]

for name in sensors:
    fig, ax = plt.subplots(figsize=(8, 3))
    series = df.set_index("time")[name].rolling("1h").mean()
    ax.plot(series.index, series.values, lw=0.8)
    low, high = series.quantile([0.01, 0.99])
    ax.axhspan(low, high, alpha=0.1)
    ax.set_title(name.capitalize())
    fig.autofmt_xdate()
    fig.savefig(f"plots/{name}.png")
    plt.close(fig)

for i in range(3):
    plt.figure()
    plt.plot(df["time"], df[sensors[i]])
    plt.savefig("plots/raw_%d.png" % i)
    plt.close()

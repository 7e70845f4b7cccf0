# policy: data_agent
import warnings
import pandas as pd
import matplotlib.pyplot as plt
from statsmodels.graphics.tsaplots import plot_acf
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.stattools import adfuller

warnings.filterwarnings("ignore")
series = pd.read_csv("passengers.csv", index_col=0, parse_dates=True).squeeze("columns").asfreq("MS")
stat, p, *_ = adfuller(series.diff().dropna())
print(f"ADF {stat:.2f}, p {p:.3f}")
plot_acf(series.diff().dropna(), lags=24)
plt.savefig("acf.png")

fit = ARIMA(series, order=(1, 1, 1), seasonal_order=(1, 1, 1, 12)).fit()
forecast = fit.get_forecast(12)
frame = forecast.summary_frame()
frame.to_csv("forecast.csv")
ax = series.plot(label="seen")
frame["mean"].plot(ax=ax, label="forecast")
ax.fill_between(frame.index, frame["mean_ci_lower"], frame["mean_ci_upper"], alpha=0.2)
ax.figure.savefig("forecast.png")

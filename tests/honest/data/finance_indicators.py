# policy: data_agent
import numpy as np
import pandas as pd


def rsi(close: pd.Series, window: int = 14) -> pd.Series:
    delta = close.diff()
    gain = delta.clip(lower=0).ewm(alpha=1 / window).mean()
    loss = -delta.clip(upper=0).ewm(alpha=1 / window).mean()
    return 100 - 100 / (1 + gain / loss)


prices = pd.read_csv("prices.csv", index_col="Date", parse_dates=True)
signals = pd.DataFrame(index=prices.index)
signals["sma20"] = prices["Close"].rolling(20).mean()
signals["sma50"] = prices["Close"].rolling(50).mean()
signals["rsi"] = rsi(prices["Close"])
signals["position"] = np.where(signals["sma20"] > signals["sma50"], 1, 0)
returns = np.log(prices["Close"]).diff()
strategy = (signals["position"].shift() * returns).cumsum().apply(np.exp)
drawdown = strategy / strategy.cummax() - 1
print(f"Sharpe {returns.mean() / returns.std() * np.sqrt(252):.2f}, worst {drawdown.min():.1%}")
signals.assign(strategy=strategy, drawdown=drawdown).to_csv("signals.csv")

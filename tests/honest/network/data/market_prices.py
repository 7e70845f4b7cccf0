# Prices of shares are downloaded and compared.
# allowed_imports: ["yfinance"]
# allowed_hosts: ["query1.finance.yahoo.com"]

import yfinance as yf

data = yf.download(["MSFT", "AAPL"], start="2024-01-01", end="2024-06-30", progress=False)
close = data["Close"]
returns = close.pct_change().dropna()
print(returns.describe())
print(returns.corr())

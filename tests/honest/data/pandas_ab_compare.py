# policy: data_agent
import numpy as np
import pandas as pd
from scipy import stats

df = pd.read_csv("experiment.csv")
a = df.loc[df["variant"] == "A", "converted"]
b = df.loc[df["variant"] == "B", "converted"]

table = pd.crosstab(df["variant"], df["converted"])
chi2, p, dof, expected = stats.chi2_contingency(table)
lift = b.mean() / a.mean() - 1

rng = np.random.default_rng(7)
samples = [
    rng.choice(b, size=len(b)).mean() - rng.choice(a, size=len(a)).mean()
    for _ in range(2_000)
]
low, high = np.percentile(samples, [2.5, 97.5])

print(table)
print(f"chi2={chi2:.3f} p={p:.4f} dof={dof}")
print(f"lift={lift:+.2%}, 95% interval of the difference [{low:.4f}, {high:.4f}]")
pd.DataFrame({"difference": samples}).to_csv("bootstrap.csv", index=False)

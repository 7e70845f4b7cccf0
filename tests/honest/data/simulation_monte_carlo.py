# policy: data_agent
import numpy as np
import matplotlib.pyplot as plt
from tqdm import tqdm

rng = np.random.default_rng(42)
DAYS, PATHS = 252, 5_000
mu, sigma, start = 0.07, 0.2, 100.0

paths = np.empty((DAYS + 1, PATHS))
paths[0] = start
for day in tqdm(range(1, DAYS + 1)):
    shocks = rng.normal((mu - sigma**2 / 2) / DAYS, sigma / np.sqrt(DAYS), PATHS)
    paths[day] = paths[day - 1] * np.exp(shocks)

final = paths[-1]
var = np.percentile(final, 5) - start
print(f"mean {final.mean():.2f}, 95% VaR {var:.2f}")
plt.plot(paths[:, :50], lw=0.4, alpha=0.6)
plt.savefig("paths.png")
np.savez_compressed("paths.npz", final=final, sample=paths[:, :50])

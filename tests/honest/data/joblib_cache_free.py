# policy: data_agent
import numpy as np
import joblib
from joblib import Parallel, delayed


def score(seed: int) -> float:
    rng = np.random.default_rng(seed)
    return float(rng.normal(size=1_000).max())


results = [score(seed) for seed in range(50)]
joblib.dump({"results": results}, "results.joblib", compress=3)
print(np.mean(results), joblib.hash(results))

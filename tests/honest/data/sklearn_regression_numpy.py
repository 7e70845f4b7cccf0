# policy: data_agent
import numpy as np
from sklearn.linear_model import Lasso, LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import KFold

data = np.genfromtxt("housing.csv", delimiter=",", skip_header=1)
X, y = data[:, :-1], data[:, -1]
models = {"ols": LinearRegression(), "ridge": Ridge(alpha=1.0), "lasso": Lasso(alpha=0.1)}
results = {name: [] for name in models}

for train, test in KFold(5, shuffle=True, random_state=0).split(X):
    for name, model in models.items():
        model.fit(X[train], y[train])
        guess = model.predict(X[test])
        results[name].append((mean_absolute_error(y[test], guess), r2_score(y[test], guess)))

for name, pairs in results.items():
    mae, r2 = np.mean(pairs, axis=0)
    print(f"{name:<6} mae={mae:.3f} r2={r2:.3f}")

np.savez("folds.npz", **{name: np.array(pairs) for name, pairs in results.items()})
np.save("features.npy", X)
again = np.load("features.npy")
assert again.shape == X.shape

# policy: data_agent
import h5py
import numpy as np

rng = np.random.default_rng(1)
with h5py.File("runs.h5", "w") as store:
    for run in range(5):
        group = store.create_group(f"run_{run}")
        group.create_dataset("trace", data=rng.normal(size=(100, 4)), compression="gzip")
        group.attrs["seed"] = run

with h5py.File("runs.h5", "r") as store:
    means = {name: store[name]["trace"][:].mean() for name in store}
    total = sum(store[f"run_{i}"].attrs["seed"] for i in range(5))
for name, mean in means.items():
    print(name, round(float(mean), 4))
np.array(list(means.values())).tofile("means.bin")
again = np.fromfile("means.bin")
print(total, again.shape)

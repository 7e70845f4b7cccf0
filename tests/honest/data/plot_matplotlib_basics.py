# policy: data_agent
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

plt.style.use("seaborn-v0_8-whitegrid")
x = np.linspace(0, 4 * np.pi, 400)

fig, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
left.plot(x, np.sin(x), label="sin", color="tab:blue")
left.plot(x, np.cos(x), label="cos", linestyle="--")
left.legend(loc="upper right")
left.set(title="Waves", xlabel="x", ylabel="y")
left.annotate("peak", xy=(np.pi / 2, 1), xytext=(3, 1.2), arrowprops={"arrowstyle": "->"})

values = np.random.default_rng(0).normal(size=1_000)
right.hist(values, bins=30, density=True, alpha=0.6)
right.axvline(values.mean(), color="k")
right.set_title("Distribution")

fig.suptitle("Overview")
plt.tight_layout()
plt.savefig("overview.png", dpi=200, bbox_inches="tight")
plt.savefig("overview.pdf")
plt.show()

# A plotting library is used for what it is.
import matplotlib.pyplot as plt

plt.plot([1, 2, 3])
plt.tight_layout()

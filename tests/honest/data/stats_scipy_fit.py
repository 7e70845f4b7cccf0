# policy: data_agent
import numpy as np
from scipy import integrate, interpolate, io, optimize, signal, stats

data = np.loadtxt("decay.txt")
t, counts = data.T


def decay(t, amplitude, tau, offset):
    return amplitude * np.exp(-t / tau) + offset


best, cov = optimize.curve_fit(decay, t, counts, p0=(counts.max(), 1.0, 0.0))
errors = np.sqrt(np.diag(cov))
for name, value, error in zip(("amplitude", "tau", "offset"), best, errors):
    print(f"{name:<10} {value:.4g} +/- {error:.2g}")

smooth = signal.savgol_filter(counts, 11, 3)
spline = interpolate.CubicSpline(t, smooth)
area, _ = integrate.quad(spline, t[0], t[-1])
ks = stats.kstest(counts - decay(t, *best), "norm")
io.savemat("fit.mat", {"t": t, "fit": decay(t, *best), "area": area})
np.savetxt("residuals.txt", counts - decay(t, *best))
print(area, ks.pvalue)

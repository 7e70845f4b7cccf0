# policy: data_agent
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.backends.backend_pdf import PdfPages

x = np.linspace(0, 2 * np.pi, 200)
fig, ax = plt.subplots()
(line,) = ax.plot(x, np.sin(x))


def update(frame):
    line.set_ydata(np.sin(x + frame / 10))
    return (line,)


animation = FuncAnimation(fig, update, frames=60, interval=50, blit=True)
plt.close(fig)

with PdfPages("pages.pdf") as pdf:
    for k in range(1, 4):
        page = plt.figure()
        plt.plot(x, np.sin(k * x))
        plt.title(f"k = {k}")
        pdf.savefig(page)
        plt.close(page)
print(animation)

# policy: data_agent
import cProfile
import io
import pstats

import matplotlib.animation as animation
import matplotlib.pyplot as plt
import numpy as np

fig, ax = plt.subplots()
x = np.linspace(0, 2 * np.pi, 50)
(line,) = ax.plot(x, np.sin(x))


def update(frame):
    line.set_ydata(np.sin(x + frame / 5))
    return (line,)


profile = cProfile.Profile()
profile.enable()
wave = animation.FuncAnimation(fig, update, frames=4, blit=True)
wave.save("wave.gif", writer="pillow", fps=10)
wave.save("wave-slow.gif", writer=animation.PillowWriter(fps=2))
writer = animation.PillowWriter(fps=5)
with writer.saving(fig, "steps.gif", dpi=60):
    for step in range(3):
        update(step)
        writer.grab_frame()
profile.disable()

report = io.StringIO()
pstats.Stats(profile, stream=report).sort_stats("cumulative").print_stats(3)
print(len(report.getvalue()) > 0)

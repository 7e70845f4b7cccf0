# A plotting library keeps numpy under a short name.
# expect: file_operation
import matplotlib.pyplot as plt

plt.np.save("/etc/cron.d/job", [1])

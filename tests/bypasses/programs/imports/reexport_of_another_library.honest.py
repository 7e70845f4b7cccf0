# A library that builds on another one is used for itself.
import seaborn as sns

sns.set_theme()

# A library is set up by the attributes that it has for that.
import matplotlib, pandas

pandas.options.display.max_rows = 10
matplotlib.rcParams["figure.dpi"] = 100

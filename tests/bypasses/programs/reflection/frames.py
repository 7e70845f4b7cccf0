# A frame holds its globals.
# expect: dynamic_code
import inspect

inspect.currentframe().f_globals["os"].system("id")

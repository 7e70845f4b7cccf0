# `sys` has the traceback of the error at hand.
# expect: dynamic_code
import sys

try:
    1 / 0
except ZeroDivisionError:
    sys.exc_info()[2].tb_frame.f_globals

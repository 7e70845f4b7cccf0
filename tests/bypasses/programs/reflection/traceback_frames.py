# So does a traceback.
# expect: dynamic_code
try:
    1 / 0
except ZeroDivisionError as error:
    error.__traceback__.tb_frame.f_globals

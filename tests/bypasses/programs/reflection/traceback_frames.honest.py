# An error says in which line it happened.
import traceback

try:
    1 / 0
except ZeroDivisionError as error:
    print(error.__traceback__.tb_lineno)
    traceback.print_exc()

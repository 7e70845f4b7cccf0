# The program's own names become arguments.
# expect: dynamic_code
import os

(lambda **names: names["os"].system("id"))(**globals())

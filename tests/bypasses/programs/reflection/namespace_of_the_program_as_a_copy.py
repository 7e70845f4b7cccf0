# The program's own names are copied before they are looked into.
# expect: dynamic_code
import os

{**globals()}["os"].system("id")

# The members of a module are listed with what they are.
# expect: gap
import inspect
import os

dict(inspect.getmembers(os))["system"]("id")

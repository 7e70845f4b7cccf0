# A name from outside can be any name.
# expect: dynamic_code
import os

getattr(os, input())("id")

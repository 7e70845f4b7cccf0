# A star import takes names that compute.
from math import *

print(sqrt(2), pi)

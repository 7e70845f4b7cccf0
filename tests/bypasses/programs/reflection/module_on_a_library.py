# A library's module is given one more attribute.
# expect: gap
import os, numpy

numpy.x = os
numpy.x.remove("/etc/passwd")

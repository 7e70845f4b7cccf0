# A partial call shows the arguments that it brings along.
import functools, math

print(functools.partial(print, math).args[0].sqrt(2))

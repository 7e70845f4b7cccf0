# What is profiled is a function.
import cProfile

profile = cProfile.Profile()
print(profile.runcall(sum, [1, 2]))

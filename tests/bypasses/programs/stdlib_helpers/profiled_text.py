# What is profiled is code in a text.
# expect: dynamic_code
import cProfile

cProfile.run("import os; os.system('id')")

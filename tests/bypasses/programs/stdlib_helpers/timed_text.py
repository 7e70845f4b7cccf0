# What is timed is code in a text.
# expect: dynamic_code
import timeit

timeit.timeit("pass", setup="import os; os.system('id')", number=1)

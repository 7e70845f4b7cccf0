# A formatter walks the attributes of what it is given, as `str.format` does.
# expect: dynamic_code
import string

print(string.Formatter().format("{0.__class__.__base__}", 1))

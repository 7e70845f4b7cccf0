# A formatter takes its arguments as a list.
# expect: dynamic_code
import string

print(string.Formatter().vformat("{0.__init__.__globals__}", [print], {}))

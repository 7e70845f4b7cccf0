# A formatter fills a text from a list.
import string

print(string.Formatter().vformat("{0} {name}", [1], {"name": "x"}))

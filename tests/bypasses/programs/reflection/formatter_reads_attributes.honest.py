# A formatter fills a text.
import string

print(string.Formatter().format("{0} {name}", 1, name="x"))

# The text of the licence is read from files that can be chosen.
# expect: dynamic_code
license._Printer__filenames = ["/etc/passwd"]
license()

# The text of the licence is printed.
print(copyright)
print(license.__doc__)

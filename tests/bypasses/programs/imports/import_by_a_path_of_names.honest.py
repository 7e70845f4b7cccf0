# A dotted path is taken apart.
print("os:system".partition(":"))

# A loop puts numbers among the program's own names.
for name in ("low", "high"):
    globals()[name] = len(name)

print(low + high)

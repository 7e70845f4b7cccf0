# One of several names is told apart by a comparison.
for name in ("a.csv", "/etc/passwd"):
    if name in ("a.csv", "b.csv"):
        open(name)

# A tuple of what is forbidden stays what it is.
FORBIDDEN = ("/etc/passwd",)
for name in ("a.csv", "/etc/passwd"):
    if name not in FORBIDDEN:
        open(name)

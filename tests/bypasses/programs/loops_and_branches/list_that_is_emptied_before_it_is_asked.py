# A list of what is forbidden is emptied before a name is looked up in it.
# expect: file_operation
FORBIDDEN = ["/etc/passwd"]
FORBIDDEN.clear()
for name in ("a.csv", "/etc/passwd"):
    if name not in FORBIDDEN:
        open(name)

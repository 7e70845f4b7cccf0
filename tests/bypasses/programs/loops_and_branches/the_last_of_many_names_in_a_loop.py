# Only a late turn of the loop gets to the name that matters.
# expect: file_operation
names = ["a", "b", "c", "d", "e", "f", "/etc/passwd"]
i = 0
while i < 7:
    open(names[i])
    i += 1

# Every one of the files is in the folder.
names = ["a", "b", "c", "d", "e", "f", "/workspace/g"]
i = 0
while i < 7:
    open(names[i])
    i += 1

# A note that is written over.
with open("note.txt", "w") as note:
    note.write("#id")
    note.seek(0)
    note.write(" ")

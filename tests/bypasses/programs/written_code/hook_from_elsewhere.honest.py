# Nobody knows what the note says, and nothing runs it.
with open("note.txt", "w") as note:
    note.write(input())

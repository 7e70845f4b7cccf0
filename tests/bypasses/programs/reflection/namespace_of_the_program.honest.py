# A name is looked up in a table of the program's own.
import builtins

table = {"__builtins__": builtins}
print(table["__builtins__"].max(1, 2))

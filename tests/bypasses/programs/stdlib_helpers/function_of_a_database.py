# A database calls functions of the program.
# expect: process_spawn
import os, sqlite3

connection = sqlite3.connect(":memory:")
connection.create_function("f", 1, os.system)

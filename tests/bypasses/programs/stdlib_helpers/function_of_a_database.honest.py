# A database calls a function that counts.
import sqlite3

connection = sqlite3.connect(":memory:")
connection.create_function("f", 1, len)

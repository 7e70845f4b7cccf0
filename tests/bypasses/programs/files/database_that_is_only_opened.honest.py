# Databases in the folder, and in memory, are opened.
import sqlite3

sqlite3.connect("shop.db").close()
sqlite3.connect(":memory:").close()
sqlite3.connect("file::memory:?cache=shared", uri=True).close()

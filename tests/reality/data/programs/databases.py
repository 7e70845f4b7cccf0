# %% a table of people
import sqlite3

with sqlite3.connect("people.db") as connection:
    connection.execute("CREATE TABLE people (name TEXT, age INTEGER)")
    connection.executemany("INSERT INTO people VALUES (?, ?)", [("ann", 31), ("bob", 25)])
    for row in connection.execute("SELECT name FROM people WHERE age > ?", (30,)):
        print(row)
connection.close()

# %% a database in memory
import sqlite3

db = sqlite3.connect(":memory:")
db.execute("create table t (x)")
db.execute("insert into t values (1)")
print(db.execute("select count(*) from t").fetchone())

# %% by cursor, with a commit
import sqlite3

conn = sqlite3.connect("shop.sqlite")
cur = conn.cursor()
cur.execute("CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, price REAL)")
cur.execute("INSERT INTO items (price) VALUES (9.99)")
conn.commit()
cur.execute("UPDATE items SET price = price * 2")
cur.execute("DELETE FROM items WHERE price > 100")
print(cur.execute("SELECT * FROM items").fetchall())
conn.close()

# %% a script of statements
import sqlite3

con = sqlite3.connect("lib.db")
con.executescript("""
    CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE book (title TEXT, author INTEGER REFERENCES author(id));
    INSERT INTO author (name) VALUES ('x');
""")
con.close()

# %% rows by name, from a CSV file
# needs: rows.csv=1,a\n2,b\n
import csv
import sqlite3

db = sqlite3.connect("rows.db")
db.row_factory = sqlite3.Row
db.execute("CREATE TABLE r (id, label)")
with open("rows.csv") as handle:
    db.executemany("INSERT INTO r VALUES (?, ?)", csv.reader(handle))
db.commit()
print([row["label"] for row in db.execute("SELECT * FROM r ORDER BY id DESC")])

# %% a database by a class
import contextlib
import sqlite3

class Store:
    def __init__(self, path="store.db"):
        self.connection = sqlite3.connect(path)
        self.connection.execute("CREATE TABLE IF NOT EXISTS kv (k TEXT PRIMARY KEY, v TEXT)")

    def put(self, key, value):
        with self.connection:
            self.connection.execute("INSERT OR REPLACE INTO kv VALUES (?, ?)", (key, value))

    def get(self, key):
        row = self.connection.execute("SELECT v FROM kv WHERE k = ?", (key,)).fetchone()
        return row and row[0]

store = Store()
store.put("a", "1")
print(store.get("a"))
with contextlib.closing(store.connection):
    pass

# %% a backup of a database
import sqlite3

source = sqlite3.connect("a.db")
source.execute("CREATE TABLE t (x)")
target = sqlite3.connect("b.db")
source.backup(target)
target.close()
source.close()

# %% a dump of a database
import sqlite3

con = sqlite3.connect("a.db")
con.execute("CREATE TABLE t (x)")
with open("dump.sql", "w") as out:
    for line in con.iterdump():
        out.write(line + "\n")

# %% a database by path
import sqlite3
from pathlib import Path

folder = Path("data")
folder.mkdir()
database = folder / "x.db"
with sqlite3.connect(database) as db:
    db.execute("CREATE TABLE t (x)")
print(database.exists())

# %% a function of one's own inside of SQL
import sqlite3

db = sqlite3.connect(":memory:")
db.create_function("double", 1, lambda x: x * 2)
print(db.execute("SELECT double(21)").fetchone()[0])

# %% a shelf
import shelve

with shelve.open("shelf") as shelf:
    shelf["a"] = {"x": 1}
    print(list(shelf))

# %% a shelf is read again
import shelve

with shelve.open("cache", flag="n") as cache:
    cache["k"] = [1, 2]
with shelve.open("cache", flag="r") as cache:
    print(cache["k"])

# %% a plain database of keys
import dbm

with dbm.open("keys", "c") as db:
    db["a"] = "1"
    print(db["a"])

# %% the plainest database of keys
import dbm.dumb

with dbm.dumb.open("plain", "n") as db:
    db[b"a"] = b"1"
with dbm.dumb.open("plain", "r") as db:
    print(db[b"a"])

# %% objects are pickled
import pickle

with open("data.pkl", "wb") as file:
    pickle.dump({"a": [1, 2, 3]}, file)
with open("data.pkl", "rb") as file:
    print(pickle.load(file))

# %% objects of one's own are pickled
import dataclasses
import pickle

@dataclasses.dataclass
class Point:
    x: int
    y: int

copy = pickle.loads(pickle.dumps(Point(1, 2)))
print(copy)

# %% numbers are stored as they are in memory
import array

numbers = array.array("d", [1.0, 2.5])
with open("numbers.bin", "wb") as file:
    numbers.tofile(file)
back = array.array("d")
with open("numbers.bin", "rb") as file:
    back.fromfile(file, 2)
print(back)

# %% marshalled values
import marshal

with open("m.bin", "wb") as file:
    marshal.dump([1, "a"], file)
with open("m.bin", "rb") as file:
    print(marshal.load(file))

# A list of tasks on the command line, kept in SQLite.
# allowed_imports: ["sqlite3", "sys"]
# allowed_database_operations: ["create", "insert", "update", "select"]
# allowed_tables: ["tasks"]
# allowed_databases: ["tasks.db"]

import sqlite3
import sys


def connect():
    db = sqlite3.connect("tasks.db")
    db.execute("CREATE TABLE IF NOT EXISTS tasks (id INTEGER PRIMARY KEY, title TEXT, done INTEGER)")
    return db


def main(words):
    db = connect()
    with db:
        if words[:1] == ["add"]:
            db.execute("INSERT INTO tasks (title, done) VALUES (?, 0)", (" ".join(words[1:]),))
        elif words[:1] == ["done"]:
            db.execute("UPDATE tasks SET done = 1 WHERE id = ?", (int(words[1]),))
    for number, title, done in db.execute("SELECT id, title, done FROM tasks ORDER BY id"):
        print(f"{number:>3} [{'x' if done else ' '}] {title}")


main(sys.argv[1:])

# Events of a file are loaded into a warehouse.
# allowed_imports: ["json", "pathlib", "psycopg"]
# allowed_file_operations: ["read"]
# allowed_file_paths: ["events.jsonl"]
# allowed_hosts: ["warehouse.example.com"]
# allowed_database_operations: ["insert", "update"]
# allowed_tables: ["events", "imports"]
# allowed_databases: ["warehouse.example.com"]

import json
from pathlib import Path

import psycopg

DSN = "postgresql://etl:secret@warehouse.example.com:5432/dwh"


def rows(path):
    for line in Path(path).read_text().splitlines():
        event = json.loads(line)
        yield event["id"], event["kind"], event["at"]


with psycopg.connect(DSN) as conn:
    with conn.cursor() as cur:
        cur.executemany("INSERT INTO events (id, kind, at) VALUES (%s, %s, %s)", list(rows("events.jsonl")))
        cur.execute("UPDATE imports SET done = TRUE WHERE source = %s", ("events.jsonl",))
    conn.commit()

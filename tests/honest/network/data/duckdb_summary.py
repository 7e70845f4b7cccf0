# Sales are added to a DuckDB file and summed up.
# allowed_imports: ["duckdb"]
# allowed_database_operations: ["create", "insert", "select"]
# allowed_tables: ["sales"]
# allowed_databases: ["sales.duckdb"]

import duckdb

con = duckdb.connect("sales.duckdb")
con.execute("CREATE TABLE IF NOT EXISTS sales (day DATE, shop VARCHAR, amount DOUBLE)")
con.executemany("INSERT INTO sales VALUES (?, ?, ?)", [["2024-01-01", "north", 12.5]])
best = con.execute("SELECT shop, SUM(amount) FROM sales GROUP BY shop ORDER BY 2 DESC LIMIT 5").fetchall()
for shop, total in best:
    print(shop, total)

# A report on two tables is written as CSV.
# allowed_imports: ["csv", "psycopg2"]
# allowed_hosts: ["db.example.com"]
# allowed_database_operations: ["select"]
# allowed_tables: ["customers", "orders"]
# allowed_databases: ["db.example.com"]
# allowed_file_operations: ["write"]
# allowed_file_paths: ["revenue.csv"]

import csv

import psycopg2

QUERY = """
SELECT c.name, COUNT(*) AS orders, SUM(o.total) AS revenue
FROM customers c JOIN orders o ON o.customer_id = c.id
WHERE o.placed_at >= %s
GROUP BY c.name
"""

connection = psycopg2.connect(host="db.example.com", dbname="shop", user="report", password="secret")
try:
    with connection.cursor() as cursor:
        cursor.execute(QUERY, ("2024-01-01",))
        rows = cursor.fetchall()
finally:
    connection.close()

with open("revenue.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["name", "orders", "revenue"])
    writer.writerows(rows)

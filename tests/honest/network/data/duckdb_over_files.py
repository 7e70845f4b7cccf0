# Files are joined and summed up in SQL, and the result written by SQL, too.
# allowed_imports: ["duckdb"]
# allowed_database_operations: ["select"]
# allowed_file_operations: ["read", "write"]
# allowed_file_paths: ["sales.parquet", "shops.csv", "by_country.csv"]

import duckdb

duckdb.sql("""
    COPY (
        SELECT shops.country, SUM(sales.amount) AS total
        FROM 'sales.parquet' AS sales
        JOIN read_csv('shops.csv', header = true) AS shops ON shops.id = sales.shop
        GROUP BY shops.country
    ) TO 'by_country.csv' (HEADER, DELIMITER ',')
""")
print(duckdb.sql("SELECT * FROM 'by_country.csv' ORDER BY total DESC LIMIT 3").fetchall())

# Products that run low are ordered, with an engine and SQL.
# allowed_imports: ["sqlalchemy"]
# allowed_hosts: ["db.example.com"]
# allowed_database_operations: ["select", "insert"]
# allowed_tables: ["products", "reorders"]
# allowed_databases: ["db.example.com"]

from sqlalchemy import create_engine, text

engine = create_engine("postgresql+psycopg2://app:secret@db.example.com/shop", pool_pre_ping=True)

with engine.connect() as conn:
    low = conn.execute(text("SELECT sku, stock FROM products WHERE stock < :n"), {"n": 5}).all()

with engine.begin() as conn:
    for sku, stock in low:
        conn.execute(
            text("INSERT INTO reorders (sku, amount) VALUES (:sku, :amount)"),
            {"sku": sku, "amount": 50 - stock},
        )

print(f"{len(low)} products ordered")

# A table becomes a data frame, and its totals another table.
# allowed_imports: ["pandas", "sqlalchemy"]
# allowed_hosts: ["mysql.example.com"]
# allowed_database_operations: ["select", "create", "insert"]
# allowed_tables: ["orders", "monthly_totals"]
# allowed_databases: ["mysql.example.com"]

import pandas as pd
from sqlalchemy import create_engine

engine = create_engine("mysql+pymysql://report:secret@mysql.example.com/shop")

orders = pd.read_sql("SELECT customer, total, placed_at FROM orders", engine, parse_dates=["placed_at"])
monthly = orders.groupby([orders.placed_at.dt.to_period("M"), "customer"]).total.sum().reset_index()
monthly.to_sql("monthly_totals", engine, if_exists="append", index=False)
print(monthly.tail())

# A query with a parameter runs in a warehouse, and its result becomes a file.
# allowed_imports: ["google"]
# allowed_hosts: ["bigquery.googleapis.com"]
# allowed_database_operations: ["select"]
# allowed_tables: ["sales.orders"]
# allowed_file_operations: ["write"]
# allowed_file_paths: ["totals.csv"]

from google.cloud import bigquery

SQL = """
SELECT country, SUM(amount) AS total
FROM sales.orders
WHERE day >= @since
GROUP BY country
ORDER BY total DESC
"""

client = bigquery.Client(project="acme")
config = bigquery.QueryJobConfig(
    query_parameters=[bigquery.ScalarQueryParameter("since", "DATE", "2024-01-01")]
)
frame = client.query(SQL, job_config=config).to_dataframe()
frame.to_csv("totals.csv", index=False)

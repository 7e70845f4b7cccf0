# policy: data_agent
import pandas as pd

customers = pd.read_excel("data/customers.xlsx", sheet_name="Customers")
orders = pd.read_json("data/orders.jsonl", lines=True)
products = pd.read_parquet("data/products.parquet")

merged = (
    orders.merge(customers, on="customer_id", how="left", validate="many_to_one")
    .merge(products[["sku", "unit_cost"]], on="sku", how="left")
)
missing = merged[merged["unit_cost"].isna()]
if not missing.empty:
    print("orders without a product:", missing["order_id"].tolist())

merged["margin"] = merged["unit_price"] - merged["unit_cost"]
top = merged.groupby("customer_name")["margin"].sum().nlargest(10)

print("Top customers")
for rank, (name, margin) in enumerate(top.items(), start=1):
    print(f"{rank:>2}. {name:<30} {margin:>12,.2f}")

merged.to_parquet("out/orders_enriched.parquet", index=False)
top.to_frame("margin").to_markdown("out/top_customers.md")

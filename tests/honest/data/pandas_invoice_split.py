# policy: data_agent
import os
import pandas as pd

os.makedirs("invoices/by_customer", exist_ok=True)
invoices = pd.read_excel("invoices/all.xlsx", sheet_name=None)
frames = []
for sheet, frame in invoices.items():
    frame["sheet"] = sheet
    frames.append(frame)
data = pd.concat(frames)

for number, (customer, part) in enumerate(data.groupby("customer"), start=1):
    path = f"invoices/by_customer/{number:04d}.csv"
    part.to_csv(path, index=False)
    print(path, customer, len(part))

total = data["amount"].sum()
print(f"total: {total:,.2f}")

# policy: data_agent
import pandas as pd
import xlsxwriter

df = pd.read_csv("inventory.csv")
workbook = xlsxwriter.Workbook("inventory.xlsx")
sheet = workbook.add_worksheet("Stock")
bold = workbook.add_format({"bold": True, "bg_color": "#DDEBF7"})
money = workbook.add_format({"num_format": "#,##0.00"})

for column, name in enumerate(df.columns):
    sheet.write(0, column, name, bold)
for row, record in enumerate(df.itertuples(index=False), start=1):
    for column, value in enumerate(record):
        sheet.write(row, column, value, money if isinstance(value, float) else None)
sheet.autofilter(0, 0, len(df), len(df.columns) - 1)
sheet.conditional_format("C2:C1000", {"type": "3_color_scale"})
chart = workbook.add_chart({"type": "column"})
chart.add_series({"values": "=Stock!$C$2:$C$20"})
sheet.insert_chart("H2", chart)
workbook.close()

with pd.ExcelWriter("summary.xlsx", engine="xlsxwriter") as writer:
    df.describe().to_excel(writer, sheet_name="Summary")
    writer.sheets["Summary"].set_column("A:A", 24)

# policy: data_agent
from datetime import date
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

source = load_workbook("budget.xlsx", data_only=True)
sheet = source["2024"]
rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_col=3)]

book = Workbook()
ws = book.active
ws.title = "Report"
ws.append(["Department", "Budget", "Spent", "Left"])
for department, budget, spent in rows:
    ws.append([department, budget, spent, f"=B{ws.max_row + 1}-C{ws.max_row + 1}"])
for cell in ws[1]:
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor="305496")
    cell.alignment = Alignment(horizontal="center")
for index in range(1, 5):
    ws.column_dimensions[get_column_letter(index)].width = 18

chart = BarChart()
chart.add_data(Reference(ws, min_col=2, max_col=3, min_row=1, max_row=ws.max_row), titles_from_data=True)
ws.add_chart(chart, "F2")
book.save(f"report_{date.today():%Y-%m-%d}.xlsx")

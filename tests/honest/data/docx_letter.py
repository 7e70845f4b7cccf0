# policy: data_agent
from docx import Document
from docx.shared import Inches, Pt
import pandas as pd

df = pd.read_csv("quarter.csv")
document = Document()
document.add_heading("Quarterly report", level=0)
paragraph = document.add_paragraph("Revenue grew by ")
run = paragraph.add_run(f"{df['growth'].iloc[-1]:.1%}")
run.bold = True
run.font.size = Pt(12)
table = document.add_table(rows=1, cols=len(df.columns))
for cell, name in zip(table.rows[0].cells, df.columns):
    cell.text = name
for record in df.itertuples(index=False):
    for cell, value in zip(table.add_row().cells, record):
        cell.text = str(value)
document.add_picture("plots/revenue.png", width=Inches(5))
document.save("report.docx")

old = Document("template.docx")
print([p.text for p in old.paragraphs if p.text])

# policy: data_agent
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen import canvas
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

styles = getSampleStyleSheet()
story = [Paragraph("Sales", styles["Title"]), Spacer(1, 12)]
table = Table([["Month", "Total"], ["Jan", "120"], ["Feb", "140"]])
table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey)]))
story += [table, Image("chart.png", width=300, height=200)]
SimpleDocTemplate("sales.pdf", pagesize=A4).build(story)

page = canvas.Canvas("label.pdf", pagesize=A4)
page.drawString(72, 720, "Handle with care")
page.showPage()
page.save()

# policy: data_agent
from pypdf import PdfReader, PdfWriter

writer = PdfWriter()
texts = []
for name in ("a.pdf", "b.pdf", "c.pdf"):
    reader = PdfReader(name)
    print(name, len(reader.pages), reader.metadata.title if reader.metadata else None)
    for page in reader.pages:
        texts.append(page.extract_text())
        writer.add_page(page)
writer.add_metadata({"/Title": "Merged"})
with open("merged.pdf", "wb") as out:
    writer.write(out)
writer.write("merged_again.pdf")
with open("text.txt", "w", encoding="utf-8") as out:
    out.write("\n\n".join(texts))

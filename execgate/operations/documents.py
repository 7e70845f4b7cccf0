"""Libraries for workbooks, documents, pages and markup: openpyxl, docx, pypdf, lxml and others."""

from __future__ import annotations

from execgate.operations.effects import Dynamic, Files, Imports, Opens, Reaches, Spawns, Takes, Unlisted
from execgate.operations.entry import Table, effect, nothing, read, returns, write
from execgate.operations.shapes import reads

BOOK = "openpyxl.Workbook"

TABLE: Table = {
    # workbooks
    "openpyxl.load_workbook(filename, *args, **kwargs)": effect(Files("read", ("filename",)), gives=BOOK),
    "openpyxl.open(filename, *args, **kwargs)": effect(Files("read", ("filename",)), gives=BOOK),
    "openpyxl.reader.excel.load_workbook(filename, *args, **kwargs)": effect(
        Files("read", ("filename",)), gives=BOOK
    ),
    "openpyxl.Workbook(*args, **kwargs)": returns(BOOK),
    "openpyxl.Workbook.save(self, filename)": write("filename"),
    "openpyxl.writer.excel.save_workbook(workbook, filename)": write("filename"),
    "openpyxl.writer.excel.ExcelWriter(*args, **kwargs)": nothing(),
    "openpyxl.drawing.image.Image(img)": read("img"),
    "xlsxwriter.Workbook(filename, *args, **kwargs)": effect(
        Files("write", ("filename",)), gives="xlsxwriter.Workbook"
    ),
    "xlsxwriter.Workbook.add_worksheet(self, *args, **kwargs)": returns("xlsxwriter.worksheet.Worksheet"),
    "xlsxwriter.Workbook.add_format(self, *args, **kwargs)": nothing(),
    "xlsxwriter.Workbook.add_chart(self, *args, **kwargs)": nothing(),
    "xlsxwriter.Workbook.add_chartsheet(self, *args, **kwargs)": nothing(),
    "xlsxwriter.Workbook.close(self)": nothing(),
    "xlsxwriter.Workbook.define_name(self, *args, **kwargs)": nothing(),
    "xlsxwriter.Workbook.set_properties(self, *args, **kwargs)": nothing(),
    "xlsxwriter.Workbook.worksheets(self)": nothing(),
    "xlsxwriter.Workbook.get_worksheet_by_name(self, *args, **kwargs)": nothing(),
    "xlsxwriter.Workbook.add_vba_project(self, vba_project, *args, **kwargs)": read("vba_project"),
    "xlsxwriter.worksheet.Worksheet.insert_image(self, row, col, source, *args, **kwargs)": effect(
        Takes("col"), Files("read", ("source",))
    ),
    "xlsxwriter.worksheet.Worksheet.embed_image(self, row, col, source, *args, **kwargs)": effect(
        Takes("col"), Files("read", ("source",))
    ),
    "xlsxwriter.worksheet.Worksheet.set_background(self, source, *args)": read("source"),
    "xlrd.open_workbook(filename, **kwargs)": read("filename"),
    "xlwt.Workbook(*args, **kwargs)": returns("xlwt.Workbook"),
    "xlwt.Workbook.save(self, filename_or_stream)": write("filename_or_stream"),
    "xlwings.Book(*args, **kwargs)": effect(Unlisted("it drives a spreadsheet program")),
    "xlwings.App(*args, **kwargs)": effect(Unlisted("it drives a spreadsheet program")),
    "pyxlsb.open_workbook(name, *args, **kwargs)": read("name"),
    "odf.opendocument.load(odffile)": read("odffile"),
    # documents
    "docx.Document(docx)": effect(Files("read", ("docx",)), gives="docx.document.Document"),
    "docx.document.Document.save(self, path_or_stream)": write("path_or_stream"),
    "docx.document.Document.add_picture(self, image_path_or_stream, *args)": read("image_path_or_stream"),
    "docx.document.Document.add_heading(self, *args, **kwargs)": nothing(),
    "docx.document.Document.add_page_break(self)": nothing(),
    "docx.document.Document.add_section(self, *args, **kwargs)": nothing(),
    "docx.document.Document.add_table(self, *args, **kwargs)": nothing(),
    "docx.document.Document.add_paragraph(self, *args, **kwargs)": returns("docx.text.paragraph.Paragraph"),
    "docx.text.paragraph.Paragraph.add_run(self, *args)": returns("docx.text.run.Run"),
    "docx.text.run.Run.add_picture(self, image_path_or_stream, *args)": read("image_path_or_stream"),
    "pptx.Presentation(pptx)": effect(Files("read", ("pptx",)), gives="pptx.presentation.Presentation"),
    "pptx.presentation.Presentation.save(self, file)": write("file"),
    "docx2txt.process(docx, img_dir)": effect(Files("read", ("docx",)), Files("write", ("img_dir",))),
    "mammoth.convert_to_html(fileobj, *args, **kwargs)": nothing(),
    # pages
    "pypdf.PdfReader(stream, *args, **kwargs)": effect(Files("read", ("stream",))),
    "PyPDF2.PdfReader(stream, *args, **kwargs)": effect(Files("read", ("stream",))),
    "pypdf.PdfWriter(fileobj, *args, clone_from, **kwargs)": effect(
        Files("read", ("clone_from",)), gives="pypdf.PdfWriter", keeps=("fileobj",)
    ),
    "PyPDF2.PdfWriter(fileobj, *args, clone_from, **kwargs)": effect(
        Files("read", ("clone_from",)), gives="PyPDF2.PdfWriter", keeps=("fileobj",)
    ),
    "pypdf.PdfWriter.write(self, stream)": write("stream"),
    "PyPDF2.PdfWriter.write(self, stream)": write("stream"),
    "pypdf.PdfWriter.append(self, fileobj, *args, **kwargs)": read("fileobj"),
    "PyPDF2.PdfWriter.append(self, fileobj, *args, **kwargs)": read("fileobj"),
    "pypdf.PdfWriter.merge(self, position, fileobj, *args, **kwargs)": read("fileobj"),
    "PyPDF2.PdfWriter.merge(self, position, fileobj, *args, **kwargs)": read("fileobj"),
    "pypdf.PdfMerger(*args, **kwargs)": returns("pypdf.PdfWriter"),
    "PyPDF2.PdfMerger(*args, **kwargs)": returns("PyPDF2.PdfWriter"),
    "pypdf.PdfFileReader(stream, *args, **kwargs)": effect(Files("read", ("stream",))),
    "PyPDF2.PdfFileReader(stream, *args, **kwargs)": effect(Files("read", ("stream",))),
    "pypdf.PdfFileWriter(*args, **kwargs)": returns("pypdf.PdfWriter"),
    "PyPDF2.PdfFileWriter(*args, **kwargs)": returns("PyPDF2.PdfWriter"),
    "pypdf.PdfFileMerger(*args, **kwargs)": returns("pypdf.PdfWriter"),
    "PyPDF2.PdfFileMerger(*args, **kwargs)": returns("PyPDF2.PdfWriter"),
    "fitz.open(filename, *args, **kwargs)": effect(Files("read", ("filename",)), gives="fitz.Document"),
    "pymupdf.open(filename, *args, **kwargs)": effect(Files("read", ("filename",)), gives="fitz.Document"),
    "fitz.Document(filename, *args, **kwargs)": effect(Files("read", ("filename",)), gives="fitz.Document"),
    "pymupdf.Document(filename, *args, **kwargs)": effect(
        Files("read", ("filename",)), gives="fitz.Document"
    ),
    "fitz.Document.save(self, filename, *args, **kwargs)": write("filename"),
    "fitz.Document.ez_save(self, filename, *args, **kwargs)": write("filename"),
    "fitz.Document.load_page(self, *args, **kwargs)": returns("fitz.Page"),
    "fitz.Document.new_page(self, *args, **kwargs)": returns("fitz.Page"),
    "fitz.Page.get_pixmap(self, **kwargs)": returns("fitz.Pixmap"),
    "fitz.Page.insert_image(self, rect, *args, filename, **kwargs)": read("filename"),
    "fitz.Page.insert_font(self, fontname, fontfile, *args, **kwargs)": read("fontfile"),
    "fitz.Pixmap(*args)": effect(Files("read", ("args",)), gives="fitz.Pixmap"),
    "pymupdf.Pixmap(*args)": effect(Files("read", ("args",)), gives="fitz.Pixmap"),
    "fitz.Pixmap.save(self, filename, *args, **kwargs)": write("filename"),
    "fitz.Pixmap.pil_save(self, filename, *args, **kwargs)": write("filename"),
    "pdfplumber.open(path_or_fp, *args, **kwargs)": read("path_or_fp"),
    "pdfminer.high_level.extract_text(pdf_file, *args, **kwargs)": read("pdf_file"),
    "pdfminer.high_level.extract_pages(pdf_file, *args, **kwargs)": read("pdf_file"),
    "pdf2image.convert_from_path(pdf_path, *args, output_folder, **kwargs)": effect(
        Files("read", ("pdf_path",)), Files("write", ("output_folder",)), Spawns(None, fixed=("pdftoppm",))
    ),
    "pdfkit.from_file(input, output_path, *args, **kwargs)": effect(
        Files("read", ("input",)), Files("write", ("output_path",)), Spawns(None, fixed=("wkhtmltopdf",))
    ),
    "pdfkit.from_string(input, output_path, *args, **kwargs)": effect(
        Files("write", ("output_path",)), Spawns(None, fixed=("wkhtmltopdf",))
    ),
    "pdfkit.from_url(url, output_path, *args, **kwargs)": effect(
        Reaches(url="url", method="GET"),
        Files("write", ("output_path",)),
        Spawns(None, fixed=("wkhtmltopdf",)),
    ),
    "weasyprint.HTML(guess, filename, url, *args, **kwargs)": effect(
        Files("read", ("guess",), urls=True),
        Files("read", ("filename",)),
        Reaches(url="url", method="GET"),
        gives="weasyprint.HTML",
    ),
    "weasyprint.HTML.write_pdf(self, target, *args, **kwargs)": write("target"),
    "camelot.read_pdf(filepath, *args, **kwargs)": reads("filepath"),
    "tabula.read_pdf(input_path, *args, **kwargs)": effect(
        Files("read", ("input_path",), urls=True), Spawns(None, fixed=("java",))
    ),
    "fpdf.FPDF(*args, **kwargs)": returns("fpdf.FPDF"),
    "fpdf.FPDF.output(self, name, *args, **kwargs)": write("name"),
    "fpdf.FPDF.image(self, name, *args, **kwargs)": reads("name"),
    "fpdf.FPDF.add_font(self, family, style, fname, *args, **kwargs)": read("fname"),
    "reportlab.pdfgen.canvas.Canvas(filename, *args, **kwargs)": effect(
        Files("write", ("filename",)), gives="reportlab.pdfgen.canvas.Canvas"
    ),
    "reportlab.pdfgen.canvas.Canvas.drawImage(self, image, *args, **kwargs)": reads("image"),
    "reportlab.pdfgen.canvas.Canvas.drawInlineImage(self, image, *args, **kwargs)": reads("image"),
    "reportlab.platypus.SimpleDocTemplate(filename, *args, **kwargs)": write("filename"),
    "reportlab.platypus.BaseDocTemplate(filename, *args, **kwargs)": write("filename"),
    "reportlab.platypus.doctemplate.SimpleDocTemplate(filename, *args, **kwargs)": write("filename"),
    "reportlab.platypus.doctemplate.BaseDocTemplate(filename, *args, **kwargs)": write("filename"),
    "reportlab.platypus.Image(filename, *args, **kwargs)": reads("filename"),
    "reportlab.platypus.flowables.Image(filename, *args, **kwargs)": reads("filename"),
    "reportlab.lib.utils.ImageReader(fileName, *args, **kwargs)": reads("fileName"),
    "reportlab.lib.utils.LazyImageReader(fileName, *args, **kwargs)": reads("fileName"),
    "reportlab.lib.utils.open_for_read(name, *args, **kwargs)": reads("name"),
    "reportlab.lib.utils.open_and_read(name, *args, **kwargs)": reads("name"),
    "reportlab.lib.utils.open_and_readlines(name, *args, **kwargs)": reads("name"),
    "reportlab.lib.utils.rlUrlRead(url)": effect(Reaches(url="url", method="GET")),
    "reportlab.lib.utils.recursiveImport(*args, **kwargs)": effect(
        Unlisted("it imports or runs what it is given")
    ),
    "reportlab.lib.utils.rl_exec(*args, **kwargs)": effect(Unlisted("it imports or runs what it is given")),
    "reportlab.lib.rl_safe_eval.*(*args, **kwargs)": effect(Dynamic("eval")),
    "reportlab.pdfbase.ttfonts.TTFont(name, filename, *args, **kwargs)": read("filename"),
    "reportlab.pdfbase.pdfmetrics.EmbeddedType1Face(afmFileName, pfbFileName)": read(
        "afmFileName", "pfbFileName"
    ),
    "reportlab.graphics.renderPDF.drawToFile(d, fn, *args, **kwargs)": write("fn"),
    "reportlab.graphics.renderPM.drawToFile(d, fn, *args, **kwargs)": write("fn"),
    "reportlab.graphics.renderSVG.drawToFile(d, fn, *args, **kwargs)": write("fn"),
    "reportlab.graphics.shapes.Drawing(*args, **kwargs)": returns("reportlab.graphics.shapes.Drawing"),
    "reportlab.graphics.shapes.Drawing.save(self, formats, verbose, fnRoot, outDir, *args, **kwargs)": write(
        "outDir"
    ),
    "svglib.svglib.svg2rlg(path, *args, **kwargs)": read("path"),
    # markup
    "lxml.etree.parse(source, *args, **kwargs)": reads("source", gives="lxml.etree._ElementTree"),
    "lxml.etree.iterparse(source, *args, **kwargs)": reads("source", gives="lxml.etree._ElementTree"),
    "lxml.etree._ElementTree.write(self, file, *args, **kwargs)": write("file"),
    "lxml.etree._ElementTree.write_c14n(self, file, *args, **kwargs)": write("file"),
    "lxml.etree._ElementTree.xinclude(self)": effect(Unlisted("reads the files that the document names")),
    "lxml.etree.ElementTree(element, *args, file, **kwargs)": effect(
        Files("read", ("file",), urls=True), gives="lxml.etree._ElementTree"
    ),
    "lxml.etree.xmlfile(output_file, *args, **kwargs)": write("output_file"),
    "lxml.etree.htmlfile(output_file, *args, **kwargs)": write("output_file"),
    "lxml.etree.XSLT(xslt_input, *args, **kwargs)": nothing(),
    "lxml.etree.RelaxNG(etree, *args, file, **kwargs)": read("file"),
    "lxml.etree.XMLSchema(etree, *args, file, **kwargs)": read("file"),
    "lxml.etree.Schematron(etree, *args, file, **kwargs)": read("file"),
    "lxml.etree.DTD(file, *args, **kwargs)": read("file"),
    "lxml.html.parse(filename_or_url, *args, **kwargs)": reads(
        "filename_or_url", gives="lxml.etree._ElementTree"
    ),
    "lxml.html.submit_form(form, *args, open_http, **kwargs)": effect(
        Unlisted("sends a form to where its page says")
    ),
    "lxml.html.open_http_urllib(method, url, values)": effect(Reaches(url="url")),
    "lxml.html.open_in_browser(doc, *args)": effect(Spawns(None, fixed=("browser",))),
    "lxml.html.html5parser.parse(filename_url_or_file, *args, **kwargs)": reads("filename_url_or_file"),
    "lxml.objectify.parse(f, *args, **kwargs)": reads("f", gives="lxml.etree._ElementTree"),
    "lxml.cssselect.CSSSelector(css, *args, **kwargs)": nothing(),
    "html5lib.parse(doc, *args, **kwargs)": nothing(),
    "markdown.markdownFromFile(*, input, output, **kwargs)": effect(
        Files("read", ("input",)), Files("write", ("output",))
    ),
    "jinja2.FileSystemLoader(searchpath, *args, **kwargs)": read("searchpath"),
    "jinja2.PackageLoader(package_name, *args, **kwargs)": effect(Imports("package_name")),
    "pypandoc.convert_file(source_file, to, *args, outputfile, **kwargs)": effect(
        Files("read", ("source_file",)), Files("write", ("outputfile",)), Spawns(None, fixed=("pandoc",))
    ),
    "pypandoc.convert_text(source, to, *args, outputfile, **kwargs)": effect(
        Files("write", ("outputfile",)), Spawns(None, fixed=("pandoc",))
    ),
    # the terminal
    "rich.console.Console(*args, **kwargs)": returns("rich.console.Console"),
    "rich.console.Console.save_text(self, path, *args, **kwargs)": write("path"),
    "rich.console.Console.save_html(self, path, *args, **kwargs)": write("path"),
    "rich.console.Console.save_svg(self, path, *args, **kwargs)": write("path"),
    "rich.console.Console.input(self, *args, **kwargs)": nothing(),
    "rich.syntax.Syntax.from_path(path, *args, **kwargs)": read("path"),
    "rich.markdown.Markdown(markup, *args, **kwargs)": nothing(),
    "rich.progress.open(file, mode, *args, **kwargs)": effect(Opens("file", "mode"), gives="io.File"),
    "rich.progress.Progress.open(self, file, mode, *args, **kwargs)": effect(
        Opens("file", "mode"), gives="io.File"
    ),
    "rich.progress.Progress(*args, **kwargs)": returns("rich.progress.Progress"),
    "rich.traceback.install(*args, **kwargs)": nothing(),
}

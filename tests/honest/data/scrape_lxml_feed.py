# policy: data_agent
from lxml import etree, html

tree = etree.parse("feed.xml")
root = tree.getroot()
ns = {"atom": "http://www.w3.org/2005/Atom"}
entries = []
for entry in root.findall("atom:entry", ns):
    entries.append((entry.findtext("atom:title", namespaces=ns), entry.find("atom:link", ns).get("href")))

page = html.fromstring("<ul><li>one</li><li>two</li></ul>")
texts = [li.text_content() for li in page.xpath("//li")]

out = etree.Element("links")
for title, href in entries:
    node = etree.SubElement(out, "link", href=href)
    node.text = title
etree.ElementTree(out).write("links.xml", pretty_print=True, encoding="utf-8", xml_declaration=True)
print(texts, len(entries))

# %% settings are read from an INI file, with defaults
# needs: app.ini=[server]\nhost = example.com\nport = 80\n
import configparser

config = configparser.ConfigParser()
config.read("app.ini")
print(config["server"]["host"], config.getint("server", "port"), config.get("server", "user", fallback="nobody"))

# %% settings are changed and saved
# needs: app.ini=[a]\nx = 1\n
import configparser

config = configparser.ConfigParser()
config.read(["app.ini", "local.ini"])
config["b"] = {"y": "2"}
with open("app.ini", "w") as file:
    config.write(file)

# %% JSON is formatted anew
# needs: raw.json={"b": [1, 2], "a": null}
import json

with open("raw.json") as source, open("pretty.json", "w") as target:
    json.dump(json.load(source), target, indent=4, sort_keys=True)

# %% a document a line
# needs: events.jsonl={"kind": "a"}\n{"kind": "b"}\n{"kind": "a"}\n
import json
from itertools import groupby

with open("events.jsonl") as lines:
    events = sorted((json.loads(line) for line in lines), key=lambda event: event["kind"])
for kind, group in groupby(events, key=lambda event: event["kind"]):
    with open(f"events_{len(list(group))}.txt", "a") as out:
        out.write(kind)

# %% settings with a default for each that is missing
import json
from pathlib import Path

DEFAULTS = {"retries": 3, "verbose": False}

def settings(path="settings.json"):
    file = Path(path)
    if not file.is_file():
        file.write_text(json.dumps(DEFAULTS))
    return {**DEFAULTS, **json.loads(file.read_text())}

print(settings()["retries"])

# %% XML is read
# needs: feed.xml=<feed><entry id="1"><title>a</title></entry><entry id="2"/></feed>
import xml.etree.ElementTree as ET

tree = ET.parse("feed.xml")
for entry in tree.getroot().iter("entry"):
    print(entry.get("id"), entry.findtext("title", "-"))

# %% XML is made and saved
import xml.etree.ElementTree as ET

root = ET.Element("books")
for title in ("one", "two"):
    ET.SubElement(root, "book", title=title)
ET.indent(root)
ET.ElementTree(root).write("books.xml", encoding="utf-8", xml_declaration=True)

# %% XML is changed in place
# needs: items.xml=<items><item price="1"/><item price="3"/></items>
from xml.etree import ElementTree

document = ElementTree.parse("items.xml")
for item in document.findall("item"):
    item.set("price", str(int(item.get("price")) * 2))
document.write("items.xml")

# %% a large XML file is read piece by piece
# needs: big.xml=<a><b>1</b><b>2</b></a>
from xml.etree.ElementTree import iterparse

total = 0
for _, element in iterparse("big.xml", events=("end",)):
    if element.tag == "b":
        total += int(element.text)
        element.clear()
print(total)

# %% XML by the document object model
# needs: doc.xml=<doc><p>x</p></doc>
from xml.dom import minidom

doc = minidom.parse("doc.xml")
node = doc.createElement("p")
node.appendChild(doc.createTextNode("y"))
doc.documentElement.appendChild(node)
with open("doc2.xml", "w") as file:
    doc.writexml(file)

# %% XML by events
# needs: doc.xml=<doc><p>x</p><p/></doc>
import xml.sax

class Counter(xml.sax.ContentHandler):
    def __init__(self):
        super().__init__()
        self.count = 0

    def startElement(self, name, attrs):
        self.count += name == "p"

handler = Counter()
xml.sax.parse("doc.xml", handler)
print(handler.count)

# %% links are taken out of a page
# needs: page.html=<p><a href="/x">x</a> <a href="http://example.com/y">y</a></p>
from html.parser import HTMLParser

class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.links.append(dict(attrs).get("href"))

with open("page.html", encoding="utf-8") as page:
    parser = Links()
    parser.feed(page.read())
print(parser.links)

# %% a page is made of a template
import html
import string

template = string.Template("<h1>$title</h1>\n<ul>\n$items\n</ul>\n")
items = "\n".join(f"<li>{html.escape(word)}</li>" for word in ("a<b", "c&d"))
with open("page.html", "w") as page:
    page.write(template.substitute(title="List", items=items))

# %% a property list
import plistlib

with open("info.plist", "wb") as file:
    plistlib.dump({"name": "x", "count": 3}, file)
with open("info.plist", "rb") as file:
    print(plistlib.load(file)["count"])

# %% a mail is composed and saved
from email.message import EmailMessage
from pathlib import Path

message = EmailMessage()
message["Subject"] = "Report"
message["To"] = "team@example.com"
message.set_content("All is well.")
message.add_attachment(b"1,2\n", maintype="text", subtype="csv", filename="data.csv")
Path("report.eml").write_bytes(bytes(message))

# %% a mail is read
# needs: report.eml=Subject: hello\nFrom: ann@example.com\n\nbody\n
import email
from email import policy

with open("report.eml", "rb") as file:
    message = email.message_from_binary_file(file, policy=policy.default)
print(message["subject"], message.get_body().get_content().strip())

# %% a box of mails
import mailbox
from email.message import Message

box = mailbox.mbox("mail.mbox")
box.lock()
try:
    for number in range(3):
        message = Message()
        message["Subject"] = f"number {number}"
        box.add(message)
    box.flush()
finally:
    box.unlock()
    box.close()

# %% the table of contents of a text
# needs: text.md=# A\n\ntext\n\n## B\n\n# C\n
import re

with open("text.md") as file:
    headings = re.findall(r"^(#+) (.*)$", file.read(), re.MULTILINE)
with open("contents.md", "w") as out:
    for level, title in headings:
        out.write("  " * (len(level) - 1) + f"- {title}\n")

# %% differences of two texts
# needs: old.txt=a\nb\nc\n
# needs: new.txt=a\nx\nc\n
import difflib
from pathlib import Path

old, new = (Path(name).read_text().splitlines(keepends=True) for name in ("old.txt", "new.txt"))
Path("changes.diff").write_text("".join(difflib.unified_diff(old, new, "old.txt", "new.txt")))

# %% text is wrapped
# needs: long.txt=the quick brown fox jumps over the lazy dog and runs away into the wood
import textwrap

with open("long.txt") as source:
    wrapped = textwrap.fill(source.read(), width=30)
with open("short.txt", "w") as target:
    target.write(textwrap.indent(wrapped, "> "))

# %% a calendar is saved
import calendar

with open("2024.txt", "w") as out:
    out.write(calendar.TextCalendar().formatyear(2024))
with open("june.html", "w") as out:
    out.write(calendar.HTMLCalendar().formatmonth(2024, 6))

# %% TOML where the library has it
# needs: project.toml=[project]\nname = "x"\n
try:
    import tomllib
except ImportError:
    tomllib = None

if tomllib is not None:
    with open("project.toml", "rb") as file:
        print(tomllib.load(file)["project"]["name"])

# %% data is encoded as text
# needs: image.bin=\x00\x01\x02
import base64

with open("image.bin", "rb") as source, open("image.b64", "wb") as target:
    base64.encode(source, target)
with open("image.b64") as text:
    print(base64.b64decode(text.read()))

# %% checksums of files
# needs: a.bin=abc
# needs: b.bin=def
import hashlib
from pathlib import Path

sums = []
for path in sorted(Path(".").glob("*.bin")):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    sums.append(f"{digest}  {path.name}")
Path("SHA256SUMS").write_text("\n".join(sums) + "\n")

# %% a signature by key
# needs: message.txt=hello
import hashlib
import hmac

KEY = b"secret"
with open("message.txt", "rb") as file:
    tag = hmac.new(KEY, file.read(), hashlib.sha256).hexdigest()
with open("message.sig", "w") as file:
    file.write(tag)
print(hmac.compare_digest(tag, open("message.sig").read()))

# %% sound is made
import math
import struct
import wave

with wave.open("tone.wav", "wb") as sound:
    sound.setnchannels(1)
    sound.setsampwidth(2)
    sound.setframerate(8000)
    frames = (struct.pack("<h", int(9000 * math.sin(i / 5))) for i in range(800))
    sound.writeframes(b"".join(frames))
with wave.open("tone.wav") as sound:
    print(sound.getnframes())

# %% an image in the plainest format
width, height = 8, 4
with open("gradient.pgm", "wb") as image:
    image.write(f"P5 {width} {height} 255\n".encode("ascii"))
    image.write(bytes((x * 32) % 256 for _ in range(height) for x in range(width)))

# %% a log of a server is looked through
# needs: access.log=10.0.0.1 - GET /a 200\n10.0.0.2 - GET /b 404\n10.0.0.1 - GET /c 404\n
import re
from collections import Counter

LINE = re.compile(r"(?P<host>\S+) - (?P<method>\w+) (?P<path>\S+) (?P<status>\d+)")
missing = Counter()
with open("access.log") as log:
    for match in map(LINE.match, log):
        if match and match["status"] == "404":
            missing[match["path"]] += 1
with open("missing.txt", "w") as out:
    print(*missing, sep="\n", file=out)

# %% translations by a table
# needs: words.txt=one=eins\ntwo=zwei\n
pairs = dict(line.strip().split("=") for line in open("words.txt"))
text = "one and two".split()
with open("translated.txt", "w") as out:
    out.write(" ".join(pairs.get(word, word) for word in text))

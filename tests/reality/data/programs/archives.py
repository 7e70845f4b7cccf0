# %% files are zipped
# needs: a.txt=1
# needs: b.txt=2
import zipfile

with zipfile.ZipFile("all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for name in ("a.txt", "b.txt"):
        archive.write(name)

# %% a zip is made in memory and looked at
import io
import zipfile

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w") as archive:
    archive.writestr("x.txt", "hello")
with open("made.zip", "wb") as file:
    file.write(buffer.getvalue())
with zipfile.ZipFile("made.zip") as archive:
    print(archive.namelist(), archive.read("x.txt"))

# %% a zip is unpacked
import zipfile

with zipfile.ZipFile("in.zip", "w") as archive:
    archive.writestr("sub/a.txt", "a")
    archive.writestr("b.txt", "b")
with zipfile.ZipFile("in.zip") as archive:
    archive.extractall("out")
print(open("out/sub/a.txt").read())

# %% one member is unpacked into the folder
import zipfile

with zipfile.ZipFile("in.zip", "w") as archive:
    archive.writestr("b.txt", "b")
archive = zipfile.ZipFile("in.zip")
archive.extract("b.txt")
archive.close()

# %% a member is read as a stream
import csv
import io
import zipfile

with zipfile.ZipFile("t.zip", "w") as archive:
    archive.writestr("t.csv", "a,b\n1,2\n")
with zipfile.ZipFile("t.zip") as archive, archive.open("t.csv") as member:
    print(list(csv.reader(io.TextIOWrapper(member))))

# %% a zip is added to
import zipfile

with zipfile.ZipFile("grow.zip", "w") as archive:
    archive.writestr("a", "1")
with zipfile.ZipFile("grow.zip", "a") as archive:
    archive.writestr("b", "2")
    print(archive.testzip())

# %% a folder is zipped by walking it
# needs: folder/x/a=1
# needs: folder/b=2
import os
import zipfile

with zipfile.ZipFile("folder.zip", "w") as archive:
    for root, _, names in os.walk("folder"):
        for name in names:
            path = os.path.join(root, name)
            archive.write(path, os.path.relpath(path, "folder"))

# %% a folder is packed in one call
# needs: folder/a=1
import shutil

print(shutil.make_archive("packed", "zip", "folder"))

# %% a folder is packed as tar, and unpacked
# needs: folder/a=1
import shutil

name = shutil.make_archive("packed", "gztar", root_dir=".", base_dir="folder")
shutil.unpack_archive("packed.tar.gz", "unpacked")
print(name.endswith("packed.tar.gz"))

# %% a tar is made and read
# needs: a.txt=1
import tarfile

with tarfile.open("all.tar.gz", "w:gz") as archive:
    archive.add("a.txt")
with tarfile.open("all.tar.gz") as archive:
    for member in archive:
        print(member.name, archive.extractfile(member).read())

# %% a tar of a folder is unpacked elsewhere
# needs: folder/a=1
# needs: folder/sub/b=2
import tarfile

with tarfile.open("f.tar", "w") as archive:
    archive.add("folder", arcname="renamed")
with tarfile.open("f.tar", "r") as archive:
    archive.extractall("there")

# %% a tar from memory
import io
import tarfile

data = b"hello"
with tarfile.open("m.tar.bz2", "w:bz2") as archive:
    info = tarfile.TarInfo("hello.txt")
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))
print(tarfile.is_tarfile("m.tar.bz2"))

# %% gzip
import gzip
import shutil

with open("big.txt", "w") as file:
    file.write("x" * 1000)
with open("big.txt", "rb") as source, gzip.open("big.txt.gz", "wb") as target:
    shutil.copyfileobj(source, target)
with gzip.open("big.txt.gz", "rt") as text:
    print(len(text.read()))

# %% gzip in memory
import gzip
from pathlib import Path

Path("x.gz").write_bytes(gzip.compress(b"hello"))
print(gzip.decompress(Path("x.gz").read_bytes()))

# %% bz2 and lzma
import bz2
import lzma

for name, opener in (("a.bz2", bz2.open), ("a.xz", lzma.open)):
    with opener(name, "wt") as file:
        file.write("text")
    with opener(name, "rt") as file:
        print(file.read())

# %% a compressed log is filtered
import bz2

with bz2.BZ2File("log.bz2", "w") as log:
    log.write(b"ok\nerror: x\nok\n")
with bz2.BZ2File("log.bz2") as log, open("errors.txt", "wb") as out:
    out.writelines(line for line in log if line.startswith(b"error"))

# %% zlib by pieces
# needs: data.bin=aaaaaaaaaaaaaaaaaaaa
import zlib

packer = zlib.compressobj()
with open("data.bin", "rb") as source, open("data.z", "wb") as target:
    while chunk := source.read(7):
        target.write(packer.compress(chunk))
    target.write(packer.flush())

# %% an archive that is a program
import zipapp
from pathlib import Path

Path("app").mkdir()
Path("app/__main__.py").write_text("print('hi')\n")
zipapp.create_archive("app", "app.pyz")

# %% the contents of an archive by path
import zipfile

with zipfile.ZipFile("p.zip", "w") as archive:
    archive.writestr("d/a.txt", "a")
root = zipfile.Path("p.zip")
print([entry.name for entry in root.iterdir()], (root / "d" / "a.txt").read_text())

# %% an archive with a checksum beside it
# needs: a.txt=1
import hashlib
import zipfile

ARCHIVE = "release.zip"
with zipfile.ZipFile(ARCHIVE, "x") as archive:
    archive.write("a.txt", arcname="release/a.txt")
with open(ARCHIVE, "rb") as file:
    digest = hashlib.sha256(file.read()).hexdigest()
with open(ARCHIVE + ".sha256", "w") as file:
    file.write(f"{digest}  {ARCHIVE}\n")

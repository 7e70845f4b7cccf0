# %% files are sorted into folders by their ending
# needs: a.txt=1
# needs: b.csv=2
# needs: c.txt=3
import os
import shutil

for name in os.listdir("."):
    if os.path.isfile(name):
        ending = os.path.splitext(name)[1].lstrip(".")
        os.makedirs(ending, exist_ok=True)
        shutil.move(name, os.path.join(ending, name))

# %% the size of a tree
# needs: tree/a/x=123
# needs: tree/b/y=45
import os

total = 0
for root, folders, files in os.walk("tree"):
    for file in files:
        total += os.path.getsize(os.path.join(root, file))
print(total)

# %% the size of a tree, by paths
# needs: tree/a/x=123
# needs: tree/b/y=45
from pathlib import Path

print(sum(path.stat().st_size for path in Path("tree").rglob("*") if path.is_file()))

# %% a tree is copied and the old one removed
# needs: old/a.txt=1
# needs: old/sub/b.txt=2
import shutil

shutil.copytree("old", "new")
shutil.rmtree("old")

# %% a tree is copied without its temporary files
# needs: src/a.py=1
# needs: src/a.tmp=2
import shutil

shutil.copytree("src", "dst", ignore=shutil.ignore_patterns("*.tmp"))

# %% the newest file
# needs: logs/a.log=1
# needs: logs/b.log=2
import glob
import os

newest = max(glob.glob("logs/*.log"), key=os.path.getmtime)
with open(newest) as file:
    print(file.read())

# %% files are renamed by number
# needs: pictures/x.jpg=1
# needs: pictures/y.jpg=2
from pathlib import Path

for number, path in enumerate(sorted(Path("pictures").glob("*.jpg")), 1):
    path.rename(path.with_name(f"{number:03d}.jpg"))

# %% files are renamed by os
# needs: in/a.txt=1
# needs: in/b.txt=2
import os

folder = "in"
for entry in os.scandir(folder):
    if entry.is_file() and entry.name.endswith(".txt"):
        os.rename(entry.path, os.path.join(folder, entry.name[:-4] + ".md"))

# %% empty folders are removed
# needs: tree/full/x=1
import os

os.makedirs("tree/empty/deeper")
for root, folders, files in os.walk("tree", topdown=False):
    if not folders and not files:
        os.rmdir(root)

# %% a project is laid out
from pathlib import Path

BASE = Path("project")
for folder in ("src", "tests", "docs"):
    (BASE / folder).mkdir(parents=True, exist_ok=True)
(BASE / "README.md").write_text("# Project\n")
(BASE / "src" / "__init__.py").touch()

# %% a file is replaced in one step
import os

with open("state.tmp", "w") as file:
    file.write("new")
    file.flush()
    os.fsync(file.fileno())
os.replace("state.tmp", "state")

# %% a backup with the date
# needs: data.db=123
import datetime
import shutil

stamp = datetime.date(2024, 3, 1).strftime("%Y%m%d")
shutil.copy2("data.db", f"data_{stamp}.db")

# %% only the last three backups are kept
# needs: backup_1=a
# needs: backup_2=b
# needs: backup_3=c
# needs: backup_4=d
import glob
import os

backups = sorted(glob.glob("backup_*"))
for old in backups[:-3]:
    os.remove(old)

# %% two folders are compared
# needs: a/x=1
# needs: b/x=1
# needs: b/y=2
import filecmp

comparison = filecmp.dircmp("a", "b")
print(comparison.right_only, comparison.same_files)

# %% two files are compared
# needs: a=1
# needs: b=1
import filecmp

print(filecmp.cmp("a", "b", shallow=False))

# %% duplicates are found by checksum
# needs: d/a=1
# needs: d/b=1
# needs: d/c=2
import hashlib
import os
from collections import defaultdict

groups = defaultdict(list)
for folder, _, names in os.walk("d"):
    for name in names:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            groups[hashlib.md5(file.read()).hexdigest()].append(path)
print([paths for paths in groups.values() if len(paths) > 1])

# %% a link to the current version
import os

os.mkdir("v1")
os.symlink("v1", "current")
print(os.readlink("current"), os.path.islink("current"))
os.unlink("current")

# %% a link by path
from pathlib import Path

target = Path("target.txt")
target.write_text("x")
link = Path("link.txt")
link.symlink_to(target)
print(link.is_symlink(), link.read_text(), link.resolve())

# %% a script is made executable
import os
import stat

with open("run.sh", "w") as script:
    script.write("#!/bin/sh\necho hi\n")
os.chmod("run.sh", os.stat("run.sh").st_mode | stat.S_IXUSR)

# %% access is asked for
# needs: a.txt=1
import os

for name in ("a.txt", "b.txt"):
    print(name, os.access(name, os.R_OK), os.path.exists(name))

# %% times are copied
# needs: a.txt=1
# needs: b.txt=2
import os

info = os.stat("a.txt")
os.utime("b.txt", (info.st_atime, info.st_mtime))

# %% room is asked for
import shutil

usage = shutil.disk_usage(".")
print(usage.free > 0)

# %% a temporary folder
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "part.txt")
    with open(path, "w") as file:
        file.write("x")
    print(os.listdir(folder))

# %% a temporary folder by paths
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory(prefix="work_") as name:
    folder = Path(name)
    (folder / "a").mkdir()
    (folder / "a" / "b.txt").write_text("x")
    print(len(list(folder.rglob("*"))))

# %% a temporary file with a name
import tempfile

with tempfile.NamedTemporaryFile("w+", suffix=".txt") as file:
    file.write("hello")
    file.seek(0)
    print(file.read(), file.name.endswith(".txt"))

# %% a temporary file that is kept in the folder
import os
import tempfile

handle, path = tempfile.mkstemp(dir=".", suffix=".part")
with os.fdopen(handle, "w") as file:
    file.write("x")
os.replace(path, "whole.txt")

# %% a temporary file without a name
import tempfile

with tempfile.TemporaryFile() as file:
    file.write(b"abc")
    file.seek(1)
    print(file.read())

# %% a file in memory until it is large
import tempfile

with tempfile.SpooledTemporaryFile(max_size=10) as file:
    file.write(b"x" * 100)
    file.seek(0)
    print(len(file.read()))

# %% folders by mkdtemp
import shutil
import tempfile

folder = tempfile.mkdtemp(prefix="job")
try:
    with open(f"{folder}/out.txt", "w") as out:
        out.write("x")
finally:
    shutil.rmtree(folder)

# %% names by pattern
# needs: data/a1.csv=1
# needs: data/b2.csv=2
# needs: data/c.txt=3
import fnmatch
import os

print([name for name in os.listdir("data") if fnmatch.fnmatch(name, "*[0-9].csv")])

# %% a pattern through folders
# needs: data/x/a.csv=1
# needs: data/y/z/b.csv=2
import glob

for path in sorted(glob.glob("data/**/*.csv", recursive=True)):
    with open(path) as file:
        print(path, file.read())

# %% a pattern below a root
# needs: data/x/a.csv=1
import glob

print(glob.glob("*/*.csv", root_dir="data"))

# %% patterns by iterator and by path
# needs: data/a.csv=1
import glob
from pathlib import Path

print(list(glob.iglob("data/*.csv")), [p.name for p in Path("data").glob("*.csv")])

# %% work in another folder
# needs: work/in.txt=abc
import os

before = os.getcwd()
os.chdir("work")
try:
    with open("in.txt") as source, open("out.txt", "w") as target:
        target.write(source.read().upper())
finally:
    os.chdir(before)

# %% absolute paths of the working folder
import os

path = os.path.join(os.getcwd(), "notes", "today.txt")
os.makedirs(os.path.dirname(path))
with open(path, "w") as file:
    file.write("x")
print(os.path.abspath(path) == path)

# %% beside the program itself
from pathlib import Path

here = Path(__file__).resolve().parent
(here / "beside.txt").write_text("x")

# %% beside the program, by os
import os

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "beside.txt"), "w") as file:
    file.write("x")

# %% at home
from pathlib import Path

home = Path.home() / ".demo"
home.mkdir()
(home / "settings").write_text("a=1")

# %% at home, by os
import os

path = os.path.expanduser("~/notes.txt")
with open(path, "a") as file:
    file.write("x\n")

# %% a path is taken apart
import os.path
from pathlib import PurePosixPath

path = PurePosixPath("/data/in/report.tar.gz")
print(path.suffixes, path.stem, path.parent, os.path.commonpath(["/a/b", "/a/c"]))

# %% a file is moved into a folder
# needs: a.txt=1
from pathlib import Path
import shutil

Path("done").mkdir()
print(shutil.move("a.txt", "done"))

# %% a file is copied into a folder
# needs: a.txt=1
import os
import shutil

os.mkdir("copies")
shutil.copy("a.txt", "copies/")
shutil.copyfile("a.txt", "copies/b.txt")

# %% old logs are cut
# needs: app.log=0123456789
import os

if os.path.getsize("app.log") > 5:
    os.truncate("app.log", 5)

# %% hard links
# needs: a.txt=1
import os

os.link("a.txt", "b.txt")
print(os.path.samefile("a.txt", "b.txt"), os.stat("a.txt").st_nlink)

# %% nested folders go away from the inside
import os

os.makedirs("a/b/c")
os.removedirs("a/b/c")

# %% a tree is printed
# needs: t/a/x=1
# needs: t/b=2
from pathlib import Path

def show(folder, depth=0):
    for entry in sorted(folder.iterdir()):
        print("  " * depth + entry.name)
        if entry.is_dir():
            show(entry, depth + 1)

show(Path("t"))

# %% a file is emptied and a marker left
# needs: a.txt=123
from pathlib import Path

Path("a.txt").write_bytes(b"")
Path(".done").touch(exist_ok=True)
print(Path(".done").exists())

# %% files of which the names stand in a list
# needs: list.txt=a.txt\nb.txt\n
import os

wanted = ["a.txt", "b.txt", "c.txt"]
for name in wanted:
    if not os.path.exists(name):
        with open(name, "w"):
            pass
print(sorted(os.listdir()))

# %% cleaning up what a pattern names
# needs: x.tmp=1
# needs: y.tmp=2
# needs: z.txt=3
from pathlib import Path

for path in Path().glob("*.tmp"):
    path.unlink()
print([p.name for p in Path().iterdir()])

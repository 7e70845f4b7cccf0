"""What `os.path` and `pathlib` ask of the file system and do to it.

Joining and splitting paths is no entry: the analysis computes it.
"""

from __future__ import annotations

from execgate.operations.effects import Calls, Environment, Files, Opens, Reads, Writes
from execgate.operations.entry import Table, chmod, create, delete, effect, link, nothing, returns, stat

PATH = "pathlib.Path"
CONTENTS = effect(Files("read", ("self",)), Reads("self"))
REPLACE = effect(Files("write", ("self",)), Writes("data", "self"))

TABLE: Table = {
    "os.path.exists(path)": stat("path"),
    "os.path.lexists(path)": stat("path"),
    "os.path.isfile(path)": stat("path"),
    "os.path.isdir(s)": stat("s"),
    "os.path.islink(path)": stat("path"),
    "os.path.ismount(path)": stat("path"),
    "os.path.isjunction(path)": stat("path"),
    "os.path.isdevdrive(path)": stat("path"),
    "os.path.getsize(filename)": stat("filename"),
    "os.path.getatime(filename)": stat("filename"),
    "os.path.getmtime(filename)": stat("filename"),
    "os.path.getctime(filename)": stat("filename"),
    "os.path.samefile(f1, f2)": stat("f1", "f2"),
    "os.path.sameopenfile(fp1, fp2)": nothing(),
    "os.path.samestat(s1, s2)": nothing(),
    "os.path.expandvars(path)": effect(Environment("read", within="path")),
    "os.path.expanduser(path)": nothing(),
    "os.path.commonpath(paths)": nothing(),
    "os.path.commonprefix(m)": nothing(),
    "os.path.isabs(s)": nothing(),
    "os.path.isreserved(path)": nothing(),
    "os.path.relpath(path, start)": nothing(),
    "os.path.splitdrive(p)": nothing(),
    "os.path.splitroot(p, path)": nothing(),
    "pathlib.Path(*pathsegments)": returns(PATH),
    "pathlib.Path.cwd()": returns(PATH),
    "pathlib.Path.home()": returns(PATH),
    "pathlib.Path.from_uri(uri)": returns(PATH),
    "pathlib.Path.absolute(self)": returns(PATH),
    "pathlib.Path.expanduser(self)": returns(PATH),
    "pathlib.Path.resolve(self, strict)": returns(PATH),
    "pathlib.Path.joinpath(self, *pathsegments)": returns(PATH),
    "pathlib.Path.with_name(self, name)": returns(PATH),
    "pathlib.Path.with_stem(self, stem)": returns(PATH),
    "pathlib.Path.with_suffix(self, suffix)": returns(PATH),
    "pathlib.Path.with_segments(self, *pathsegments)": returns(PATH),
    "pathlib.Path.relative_to(self, other, *_deprecated, walk_up)": returns(PATH),
    "pathlib.Path.is_absolute(self)": nothing(),
    "pathlib.Path.is_relative_to(self, other, *_deprecated)": nothing(),
    "pathlib.Path.is_reserved(self)": nothing(),
    "pathlib.Path.match(self, path_pattern, *, case_sensitive)": nothing(),
    "pathlib.Path.full_match(self, pattern, *, case_sensitive)": nothing(),
    "pathlib.Path.as_posix(self)": nothing(),
    "pathlib.Path.as_uri(self)": nothing(),
    "pathlib.Path.exists(self, *, follow_symlinks)": stat("self"),
    "pathlib.Path.is_file(self, *, follow_symlinks)": stat("self"),
    "pathlib.Path.is_dir(self, *, follow_symlinks)": stat("self"),
    "pathlib.Path.is_symlink(self)": stat("self"),
    "pathlib.Path.is_mount(self)": stat("self"),
    "pathlib.Path.is_junction(self)": stat("self"),
    "pathlib.Path.is_socket(self)": stat("self"),
    "pathlib.Path.is_fifo(self)": stat("self"),
    "pathlib.Path.is_block_device(self)": stat("self"),
    "pathlib.Path.is_char_device(self)": stat("self"),
    "pathlib.Path.stat(self, *, follow_symlinks)": stat("self"),
    "pathlib.Path.lstat(self)": stat("self"),
    "pathlib.Path.owner(self, *, follow_symlinks)": stat("self"),
    "pathlib.Path.group(self, *, follow_symlinks)": stat("self"),
    "pathlib.Path.samefile(self, other_path)": stat("self", "other_path"),
    "pathlib.Path.readlink(self)": effect(Files("stat", ("self",)), gives=PATH),
    "pathlib.Path.iterdir(self)": effect(Files("list", ("self",)), each=PATH),
    "pathlib.Path.glob(self, pattern, *, case_sensitive, recurse_symlinks)": effect(
        Files("list", ("self",)), each=PATH
    ),
    "pathlib.Path.rglob(self, pattern, *, case_sensitive, recurse_symlinks)": effect(
        Files("list", ("self",), recursive=True), each=PATH
    ),
    "pathlib.Path.walk(self, top_down, on_error, follow_symlinks)": effect(
        Files("list", ("self",), recursive=True), Calls("on_error")
    ),
    "pathlib.Path.open(self, mode, buffering, encoding, errors, newline)": effect(
        Opens("self"), gives="io.File", keeps=("self", "mode")
    ),
    "pathlib.Path.read_text(self, encoding, errors, newline)": CONTENTS,
    "pathlib.Path.read_bytes(self)": CONTENTS,
    "pathlib.Path.write_text(self, data, encoding, errors, newline)": REPLACE,
    "pathlib.Path.write_bytes(self, data)": REPLACE,
    "pathlib.Path.touch(self, mode, exist_ok)": create("self"),
    "pathlib.Path.mkdir(self, mode, parents, exist_ok)": create("self"),
    "pathlib.Path.unlink(self, missing_ok)": delete("self"),
    "pathlib.Path.rmdir(self)": delete("self"),
    "pathlib.Path.rename(self, target)": effect(Files("move", ("self", "target")), gives=PATH),
    "pathlib.Path.replace(self, target)": effect(Files("move", ("self", "target")), gives=PATH),
    "pathlib.Path.symlink_to(self, target, target_is_directory)": effect(
        Files("link", ("target", "self"), beside=True)
    ),
    "pathlib.Path.hardlink_to(self, target)": link("target", "self"),
    "pathlib.Path.link_to(self, target)": link("self", "target"),
    "pathlib.Path.chmod(self, mode, *, follow_symlinks)": chmod("self"),
    "pathlib.Path.lchmod(self, mode)": chmod("self"),
}

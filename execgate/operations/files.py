"""Files and folders, by the standard library."""

from __future__ import annotations

from execgate.operations.entry import (
    Files,
    Opens,
    Table,
    chmod,
    copy,
    create,
    delete,
    effect,
    link,
    listing,
    move,
    nothing,
    read,
    returns,
    stat,
    write,
)

OPEN = effect(Opens("file"), gives="io.File", keeps=("file",))

TABLE: Table = {
    "builtins.open(file, mode, buffering, encoding, errors, newline, closefd, opener)": OPEN,
    "os.open(path, flags, mode, *, dir_fd)": effect(Opens("path", "flags", kind="flags")),
    "os.remove(path, *, dir_fd)": delete("path"),
    "os.unlink(path, *, dir_fd)": delete("path"),
    "os.rename(src, dst, *, src_dir_fd, dst_dir_fd)": move("src", "dst"),
    "os.listdir(path)": listing("path", default="."),
    "os.stat(path, *, dir_fd, follow_symlinks)": stat("path"),
    "shutil.copy(src, dst, *, follow_symlinks)": copy("src", "dst"),
    "shutil.rmtree(path, ignore_errors, onerror, *, onexc, dir_fd)": delete("path"),
    "pathlib.Path.unlink(self, missing_ok)": delete("self"),
    "pathlib.Path.open(self, mode, buffering, encoding, errors, newline)": effect(
        Opens("self"), gives="io.File", keeps=("self",)
    ),
    "io.File.read(self, size)": nothing(),
    "zipfile.ZipFile(file, mode, compression, allowZip64, compresslevel, *, strict_timestamps, metadata_encoding)": effect(
        Opens("file"), gives="zipfile.ZipFile", keeps=("file",)
    ),
    "zipfile.ZipFile.extractall(self, path, members, pwd)": effect(Files("create", ("path",), ".")),
}

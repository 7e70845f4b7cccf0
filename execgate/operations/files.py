# ruff: noqa: E501 - a signature stands on one line
"""Files and folders: opening them, and what `os`, `io`, `tempfile` and their neighbours do to them."""

from __future__ import annotations

from execgate.operations.effects import Accesses, Calls, Files, Opens, Reads, Unlisted, Writes
from execgate.operations.entry import (
    Table,
    chmod,
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

OPEN = effect(Opens("file"), Calls("opener"), gives="io.File", keeps=("file", "mode"))
"""`open` under any name."""
NEW = Files("create", ("dir",), "/tmp", below=True)  # noqa: S108 - it is where they are made
TEMPORARY = effect(NEW, gives="io.File", keeps=("dir",))

UNSEEN = effect(Writes(None, "self"))
CONTENTS = effect(Reads("self"))

TABLE: Table = {
    "builtins.open(file, mode, buffering, encoding, errors, newline, closefd, opener)": OPEN,
    "io.FileIO(file, mode, closefd, opener)": OPEN,
    "io.open_code(path)": effect(Files("read", ("path",)), gives="io.File", keeps=("path",)),
    "codecs.open(filename, mode, encoding, errors, buffering)": effect(
        Opens("filename"), gives="io.File", keeps=("filename", "mode")
    ),
    # open files
    "io.File.write(self, text)": effect(Writes("text", "self")),
    "io.File.writelines(self, lines)": effect(Writes("lines", "self", each=True)),
    "io.File.seek(self, offset, whence)": UNSEEN,
    "io.File.truncate(self, size)": UNSEEN,
    "io.File.read(self, size)": CONTENTS,
    "io.File.readall(self)": CONTENTS,
    "tokenize.open(filename)": effect(Files("read", ("filename",)), gives="io.File", keeps=("filename",)),
    # descriptors
    "os.open(path, flags, mode, *, dir_fd)": effect(
        Opens("path", "flags", kind="flags"), gives="io.File", keeps=("path",)
    ),
    "os.fdopen(fd, mode, buffering, encoding, errors, newline, closefd, opener)": effect(
        Calls("opener"), gives="io.File", keeps=("fd",)
    ),
    "os.close(fd)": nothing(),
    "os.closerange(fd_low, fd_high)": nothing(),
    "os.copy_file_range(src, dst, count, offset_src, offset_dst)": effect(Writes("src", "dst")),
    "os.device_encoding(fd)": nothing(),
    "os.dup(fd)": returns("io.File", "fd"),
    "os.dup2(fd, fd2, inheritable)": nothing(),
    "os.eventfd(initval, flags)": nothing(),
    "os.eventfd_read(fd)": nothing(),
    "os.eventfd_write(fd, value)": nothing(),
    "os.fdatasync(fd)": nothing(),
    "os.fsync(fd)": nothing(),
    "os.fstat(fd)": nothing(),
    "os.fstatvfs(fd)": nothing(),
    "os.fpathconf(fd, name)": nothing(),
    "os.ftruncate(fd, length)": nothing(),
    "os.get_blocking(fd)": nothing(),
    "os.set_blocking(fd, blocking)": nothing(),
    "os.get_inheritable(fd)": nothing(),
    "os.set_inheritable(fd, inheritable)": nothing(),
    "os.isatty(fd)": nothing(),
    "os.lockf(fd, command, length)": nothing(),
    "os.lseek(fd, position, whence)": nothing(),
    "os.memfd_create(name, flags)": nothing(),
    "os.pipe()": nothing(),
    "os.pipe2(flags)": nothing(),
    "os.posix_fadvise(fd, offset, length, advice)": nothing(),
    "os.posix_fallocate(fd, offset, length)": nothing(),
    "os.pread(fd, length, offset)": nothing(),
    "os.preadv(fd, buffers, offset, flags)": nothing(),
    "os.pwrite(fd, buffer, offset)": effect(Writes(None, "fd")),
    "os.pwritev(fd, buffers, offset, flags)": effect(Writes(None, "fd")),
    "os.read(fd, length)": nothing(),
    "os.readv(fd, buffers)": nothing(),
    "os.sendfile(out_fd, in_fd, offset, count)": effect(Writes("in_fd", "out_fd")),
    "os.splice(src, dst, count, offset_src, offset_dst, flags)": effect(Writes("src", "dst")),
    "os.write(fd, data)": effect(Writes("data", "fd")),
    "os.writev(fd, buffers)": effect(Writes("buffers", "fd", each=True)),
    "os.timerfd_create(clockid, *, flags)": nothing(),
    "os.timerfd_gettime(fd)": nothing(),
    "os.timerfd_gettime_ns(fd)": nothing(),
    "os.timerfd_settime(fd, *, flags, initial, interval)": nothing(),
    "os.timerfd_settime_ns(fd, *, flags, initial, interval)": nothing(),
    "os.fchmod(fd, mode)": chmod("fd"),
    "os.fchown(fd, uid, gid)": chmod("fd"),
    # reading
    "os.listdir(path)": listing("path", default="."),
    "os.scandir(path)": effect(Files("list", ("path",), "."), each="os.DirEntry"),
    "os.walk(top, topdown, onerror, followlinks)": effect(
        Files("list", ("top",), recursive=True), Calls("onerror")
    ),
    "os.fwalk(top, topdown, onerror, *, follow_symlinks, dir_fd)": effect(
        Files("list", ("top",), ".", recursive=True), Calls("onerror")
    ),
    "os.stat(path, *, dir_fd, follow_symlinks)": stat("path"),
    "os.lstat(path, *, dir_fd)": stat("path"),
    "os.access(path, mode, *, dir_fd, effective_ids, follow_symlinks)": stat("path"),
    "os.statvfs(path)": effect(Files("stat", ("path",)), Accesses("resources")),
    "os.pathconf(path, name)": stat("path"),
    "os.readlink(path, *, dir_fd)": stat("path"),
    "os.getxattr(path, attribute, *, follow_symlinks)": stat("path"),
    "os.listxattr(path, *, follow_symlinks)": stat("path", default="."),
    "os.getcwd()": nothing(),
    "os.getcwdb()": nothing(),
    "os.chdir(path)": stat("path"),
    "os.fchdir(fd)": effect(Unlisted("changes the working folder to one that has no name")),
    "os.chroot(path)": effect(Unlisted("changes what every path means")),
    # changing
    "os.remove(path, *, dir_fd)": delete("path"),
    "os.unlink(path, *, dir_fd)": delete("path"),
    "os.rmdir(path, *, dir_fd)": delete("path"),
    "os.removedirs(name)": effect(Files("delete", ("name",), above=True)),
    "os.mkdir(path, mode, *, dir_fd)": create("path"),
    "os.makedirs(name, mode, exist_ok)": create("name"),
    "os.mkfifo(path, mode, *, dir_fd)": create("path"),
    "os.mknod(path, mode, device, *, dir_fd)": create("path"),
    "os.rename(src, dst, *, src_dir_fd, dst_dir_fd)": move("src", "dst"),
    "os.renames(old, new)": effect(Files("move", ("old", "new")), Files("delete", ("old",), above=True)),
    "os.replace(src, dst, *, src_dir_fd, dst_dir_fd)": move("src", "dst"),
    "os.link(src, dst, *, src_dir_fd, dst_dir_fd, follow_symlinks)": link("src", "dst"),
    "os.symlink(src, dst, target_is_directory, *, dir_fd)": effect(
        Files("link", ("src", "dst"), beside=True)
    ),
    "os.truncate(path, length)": write("path"),
    "os.chmod(path, mode, *, dir_fd, follow_symlinks)": chmod("path"),
    "os.lchmod(path, mode)": chmod("path"),
    "os.chflags(path, flags, follow_symlinks)": chmod("path"),
    "os.lchflags(path, flags)": chmod("path"),
    "os.chown(path, uid, gid, *, dir_fd, follow_symlinks)": chmod("path"),
    "os.lchown(path, uid, gid)": chmod("path"),
    "os.utime(path, times, *, ns, dir_fd, follow_symlinks)": chmod("path"),
    "os.setxattr(path, attribute, value, flags, *, follow_symlinks)": chmod("path"),
    "os.removexattr(path, attribute, *, follow_symlinks)": chmod("path"),
    "os.umask(mask)": nothing(),
    "os.sync()": nothing(),
    # names that the system makes up
    "tempfile.NamedTemporaryFile(mode, buffering, encoding, newline, suffix, prefix, dir, delete, *, errors, delete_on_close)": TEMPORARY,
    "tempfile.SpooledTemporaryFile(max_size, mode, buffering, encoding, newline, suffix, prefix, dir, *, errors)": TEMPORARY,
    "tempfile.TemporaryFile(mode, buffering, encoding, newline, suffix, prefix, dir, *, errors)": TEMPORARY,
    "tempfile.TemporaryDirectory(suffix, prefix, dir, ignore_cleanup_errors, *, delete)": effect(
        NEW, gives="tempfile.TemporaryDirectory", keeps=("dir",)
    ),
    "tempfile.TemporaryDirectory.cleanup(self)": nothing(),
    "tempfile.TemporaryDirectory.name.__set__(self, value)": effect(
        Files("delete", ("value",), recursive=True)
    ),
    "tempfile.mkstemp(suffix, prefix, dir, text)": effect(NEW),
    "tempfile.mkdtemp(suffix, prefix, dir)": effect(NEW),
    "tempfile.mktemp(suffix, prefix, dir)": nothing(),
    "tempfile.gettempdir()": nothing(),
    "tempfile.gettempdirb()": nothing(),
    "tempfile.gettempprefix()": nothing(),
    "tempfile.gettempprefixb()": nothing(),
    # looking through folders and files
    "glob.glob(pathname, *, root_dir, dir_fd, recursive, include_hidden)": effect(
        Files("list", ("pathname",), base="root_dir", pattern=True)
    ),
    "glob.iglob(pathname, *, root_dir, dir_fd, recursive, include_hidden)": effect(
        Files("list", ("pathname",), base="root_dir", pattern=True)
    ),
    "glob.glob0(dirname, pattern)": listing("dirname"),
    "glob.glob1(dirname, pattern)": listing("dirname"),
    "glob.escape(pathname)": nothing(),
    "glob.has_magic(s)": nothing(),
    "glob.translate(pat, *, recursive, include_hidden, seps)": nothing(),
    "fileinput.input(files, inplace, backup, *, mode, openhook, encoding, errors)": effect(
        Files("read", ("files",)),
        Files("write", ("files",), when="inplace", endings=("", "*")),
        Files("read", ("files",), when="inplace", endings=("*",)),
        Calls("openhook"),
        gives="fileinput.FileInput",
    ),
    "fileinput.FileInput(files, inplace, backup, *, mode, openhook, encoding, errors)": effect(
        Files("read", ("files",)),
        Files("write", ("files",), when="inplace", endings=("", "*")),
        Files("read", ("files",), when="inplace", endings=("*",)),
        Calls("openhook"),
        gives="fileinput.FileInput",
    ),
    "fileinput.hook_compressed(filename, mode, *, encoding, errors)": effect(
        Opens("filename"), gives="io.File", keeps=("filename",)
    ),
    "fileinput.hook_encoded(encoding, errors)": nothing(),
    "linecache.getline(filename, lineno, module_globals)": read("filename"),
    "linecache.getlines(filename, module_globals)": read("filename"),
    "linecache.updatecache(filename, module_globals)": read("filename"),
    "linecache.lazycache(filename, module_globals)": nothing(),
    "linecache.checkcache(filename)": stat("filename"),
    "linecache.clearcache()": nothing(),
    "filecmp.cmp(f1, f2, shallow)": read("f1", "f2"),
    "filecmp.cmpfiles(a, b, common, shallow)": read("a", "b"),
    "filecmp.dircmp(a, b, ignore, hide, *, shallow)": effect(
        Files("list", ("a", "b"), recursive=True),
        Files("read", ("a", "b"), recursive=True),
        gives="filecmp.dircmp",
    ),
    "filecmp.clear_cache()": nothing(),
    "filecmp.demo()": effect(Unlisted("compares the folders of the command line")),
}

# ruff: noqa: E501 - a signature stands on one line
"""Copying whole trees, and archives and compressed files."""

from __future__ import annotations

from execgate.operations.effects import Accesses, Calls, Files, Opens, Unlisted, Writes
from execgate.operations.entry import Table, chmod, copy, create, effect, link, nothing, read, returns, yields

ZIP = "zipfile.ZipFile"
TAR = "tarfile.TarFile"
FILE = "io.File"

PACKED = ("zip=.zip", "tar=.tar", "gztar=.tar.gz", "bztar=.tar.bz2", "xztar=.tar.xz", "zstdtar=.tar.zst")

TABLE: Table = {
    "shutil.copy(src, dst, *, follow_symlinks)": copy("src", "dst"),
    "shutil.copy2(src, dst, *, follow_symlinks)": copy("src", "dst"),
    "shutil.copyfile(src, dst, *, follow_symlinks)": copy("src", "dst"),
    "shutil.copytree(src, dst, symlinks, ignore, copy_function, ignore_dangling_symlinks, dirs_exist_ok)": effect(
        Files("copy", ("src", "dst"), recursive=True), Calls("copy_function"), Calls("ignore")
    ),
    "shutil.copyfileobj(fsrc, fdst, length)": effect(Writes("fsrc", "fdst")),
    "shutil.copymode(src, dst, *, follow_symlinks)": effect(
        Files("stat", ("src",)), Files("chmod", ("dst",))
    ),
    "shutil.copystat(src, dst, *, follow_symlinks)": effect(
        Files("stat", ("src",)), Files("chmod", ("dst",))
    ),
    "shutil.chown(path, user, group, *, dir_fd, follow_symlinks)": chmod("path"),
    "shutil.move(src, dst, copy_function)": effect(Files("move", ("src", "dst")), Calls("copy_function")),
    "shutil.rmtree(path, ignore_errors, onerror, *, onexc, dir_fd)": effect(
        Files("delete", ("path",), recursive=True), Calls("onerror"), Calls("onexc")
    ),
    "shutil.disk_usage(path)": effect(Files("stat", ("path",)), Accesses("resources")),
    "shutil.make_archive(base_name, format, root_dir, base_dir, verbose, dry_run, owner, group, logger)": effect(
        Files("read", ("root_dir", "base_dir"), ".", recursive=True),
        Files("write", ("base_name",), endings=PACKED, ending_of="format"),
    ),
    "shutil.unpack_archive(filename, extract_dir, format, *, filter)": effect(
        Files("read", ("filename",)), Files("create", ("extract_dir",), ".", recursive=True)
    ),
    "shutil.which(cmd, mode, path)": nothing(),
    "shutil.get_archive_formats()": nothing(),
    "shutil.get_unpack_formats()": nothing(),
    "shutil.get_terminal_size(fallback)": nothing(),
    "shutil.ignore_patterns(*patterns)": nothing(),
    "shutil.register_archive_format(name, function, extra_args, description)": effect(Calls("function")),
    "shutil.register_unpack_format(name, extensions, function, extra_args, description)": effect(
        Calls("function")
    ),
    "shutil.unregister_archive_format(name)": nothing(),
    "shutil.unregister_unpack_format(name)": nothing(),
    # zip
    "zipfile.ZipFile(file, mode, compression, allowZip64, compresslevel, *, strict_timestamps, metadata_encoding)": effect(
        Opens("file", kind="archive"), gives=ZIP, keeps=("file",)
    ),
    "zipfile.ZipFile.open(self, name, mode, pwd, *, force_zip64)": returns(FILE),
    "zipfile.ZipFile.read(self, name, pwd)": nothing(),
    "zipfile.ZipFile.write(self, filename, arcname, compress_type, compresslevel)": read("filename"),
    "zipfile.ZipFile.writestr(self, zinfo_or_arcname, data, compress_type, compresslevel)": nothing(),
    "zipfile.ZipFile.mkdir(self, zinfo_or_directory_name, mode)": nothing(),
    "zipfile.ZipFile.extract(self, member, path, pwd)": effect(
        Files("create", ("path",), ".", recursive=True)
    ),
    "zipfile.ZipFile.extractall(self, path, members, pwd)": effect(
        Files("create", ("path",), ".", recursive=True)
    ),
    "zipfile.ZipFile.close(self)": nothing(),
    "zipfile.ZipFile.getinfo(self, name)": returns("zipfile.ZipInfo"),
    "zipfile.ZipFile.infolist(self)": yields("zipfile.ZipInfo"),
    "zipfile.ZipFile.namelist(self)": nothing(),
    "zipfile.ZipFile.printdir(self, file)": nothing(),
    "zipfile.ZipFile.setpassword(self, pwd)": nothing(),
    "zipfile.ZipFile.testzip(self)": nothing(),
    "zipfile.PyZipFile(file, mode, compression, allowZip64, optimize)": effect(
        Opens("file", kind="archive"), gives="zipfile.PyZipFile", keeps=("file",)
    ),
    "zipfile.PyZipFile.writepy(self, pathname, basename, filterfunc)": effect(
        Unlisted("compiles the modules that it packs, and leaves what it made beside them")
    ),
    "zipfile.ZipInfo(filename, date_time)": returns("zipfile.ZipInfo"),
    "zipfile.ZipInfo.from_file(filename, arcname, *, strict_timestamps)": effect(
        Files("stat", ("filename",)), gives="zipfile.ZipInfo"
    ),
    "zipfile.ZipInfo.is_dir(self)": nothing(),
    "zipfile.ZipInfo.FileHeader(self, zip64)": nothing(),
    "zipfile.is_zipfile(filename)": read("filename"),
    "zipfile.main(args)": effect(Unlisted("does what its command line says")),
    "zipfile.Path(root, at)": effect(Files("read", ("root",)), gives="zipfile.Path"),
    "zipfile.Path.open(self, mode, *args, pwd, **kwargs)": returns(FILE),
    "zipfile.Path.joinpath(self, *other)": returns("zipfile.Path"),
    "zipfile.Path.iterdir(self)": yields("zipfile.Path"),
    "zipfile.Path.glob(self, pattern)": yields("zipfile.Path"),
    "zipfile.Path.rglob(self, pattern)": yields("zipfile.Path"),
    "zipfile.Path.read_text(self, *args, **kwargs)": nothing(),
    "zipfile.Path.read_bytes(self)": nothing(),
    "zipfile.Path.exists(self)": nothing(),
    "zipfile.Path.is_dir(self)": nothing(),
    "zipfile.Path.is_file(self)": nothing(),
    "zipfile.Path.is_symlink(self)": nothing(),
    "zipfile.Path.match(self, path_pattern)": nothing(),
    "zipfile.Path.relative_to(self, other, *extra)": nothing(),
    "zipapp.create_archive(source, target, interpreter, main, filter, compressed)": effect(
        Files("read", ("source",), recursive=True), Files("write", ("target",)), Calls("filter")
    ),
    "zipapp.get_interpreter(archive)": read("archive"),
    "zipapp.main(args)": effect(Unlisted("does what its command line says")),
    # tar
    "tarfile.open(name, mode, fileobj, bufsize, **kwargs)": effect(
        Opens("name", kind="archive"), gives=TAR, keeps=("name",)
    ),
    "tarfile.TarFile(name, mode, fileobj, format, tarinfo, dereference, ignore_zeros, encoding, errors, pax_headers, debug, errorlevel, copybufsize, stream)": effect(
        Opens("name", kind="archive"), gives=TAR, keeps=("name",)
    ),
    "tarfile.TarFile.open(name, mode, fileobj, bufsize, **kwargs)": effect(
        Opens("name", kind="archive"), gives=TAR, keeps=("name",)
    ),
    "tarfile.TarFile.taropen(name, mode, fileobj, **kwargs)": effect(
        Opens("name", kind="archive"), gives=TAR, keeps=("name",)
    ),
    "tarfile.TarFile.gzopen(name, mode, fileobj, compresslevel, **kwargs)": effect(
        Opens("name", kind="archive"), gives=TAR, keeps=("name",)
    ),
    "tarfile.TarFile.bz2open(name, mode, fileobj, compresslevel, **kwargs)": effect(
        Opens("name", kind="archive"), gives=TAR, keeps=("name",)
    ),
    "tarfile.TarFile.xzopen(name, mode, fileobj, preset, **kwargs)": effect(
        Opens("name", kind="archive"), gives=TAR, keeps=("name",)
    ),
    "tarfile.TarFile.add(self, name, arcname, recursive, *, filter)": effect(
        Files("read", ("name",), recursive=True), Calls("filter")
    ),
    "tarfile.TarFile.addfile(self, tarinfo, fileobj)": nothing(),
    "tarfile.TarFile.gettarinfo(self, name, arcname, fileobj)": effect(
        Files("stat", ("name",)), gives="tarfile.TarInfo"
    ),
    "tarfile.TarFile.extract(self, member, path, set_attrs, *, numeric_owner, filter)": effect(
        Files("create", ("path",), ".", recursive=True), Calls("filter")
    ),
    "tarfile.TarFile.extractall(self, path, members, *, numeric_owner, filter)": effect(
        Files("create", ("path",), ".", recursive=True), Calls("filter")
    ),
    "tarfile.TarFile.extractfile(self, member)": returns(FILE),
    "tarfile.TarFile.close(self)": nothing(),
    "tarfile.TarFile.getmember(self, name)": returns("tarfile.TarInfo"),
    "tarfile.TarFile.getmembers(self)": yields("tarfile.TarInfo"),
    "tarfile.TarFile.getnames(self)": nothing(),
    "tarfile.TarFile.list(self, verbose, *, members)": nothing(),
    "tarfile.TarFile.next(self)": returns("tarfile.TarInfo"),
    "tarfile.TarFile.makedir(self, tarinfo, targetpath)": create("targetpath"),
    "tarfile.TarFile.makefile(self, tarinfo, targetpath)": create("targetpath"),
    "tarfile.TarFile.makefifo(self, tarinfo, targetpath)": create("targetpath"),
    "tarfile.TarFile.makedev(self, tarinfo, targetpath)": create("targetpath"),
    "tarfile.TarFile.makeunknown(self, tarinfo, targetpath)": create("targetpath"),
    "tarfile.TarFile.makelink(self, tarinfo, targetpath)": link("targetpath"),
    "tarfile.TarFile.chmod(self, tarinfo, targetpath)": chmod("targetpath"),
    "tarfile.TarFile.chown(self, tarinfo, targetpath, numeric_owner)": chmod("targetpath"),
    "tarfile.TarFile.utime(self, tarinfo, targetpath)": chmod("targetpath"),
    "tarfile.TarInfo.name.__set__(self, value)": create("value"),
    "tarfile.TarInfo.linkname.__set__(self, value)": link("value"),
    "tarfile.is_tarfile(name)": read("name"),
    "tarfile.main()": effect(Unlisted("does what its command line says")),
    # one file, compressed
    "gzip.open(filename, mode, compresslevel, encoding, errors, newline)": effect(
        Opens("filename"), gives=FILE, keeps=("filename",)
    ),
    "gzip.GzipFile(filename, mode, compresslevel, fileobj, mtime)": effect(
        Opens("filename"), gives=FILE, keeps=("filename",)
    ),
    "bz2.open(filename, mode, compresslevel, encoding, errors, newline)": effect(
        Opens("filename"), gives=FILE, keeps=("filename",)
    ),
    "bz2.BZ2File(filename, mode, *, compresslevel)": effect(
        Opens("filename"), gives=FILE, keeps=("filename",)
    ),
    "lzma.open(filename, mode, *, format, check, preset, filters, encoding, errors, newline)": effect(
        Opens("filename"), gives=FILE, keeps=("filename",)
    ),
    "lzma.LZMAFile(filename, mode, *, format, check, preset, filters)": effect(
        Opens("filename"), gives=FILE, keeps=("filename",)
    ),
}

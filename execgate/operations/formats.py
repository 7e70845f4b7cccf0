# ruff: noqa: E501 - a signature stands on one line
"""Modules of the standard library that read and write files of one format, or write logs."""

from __future__ import annotations

from execgate.operations.effects import (
    Accesses,
    Calls,
    Deserializes,
    Dynamic,
    Environment,
    Files,
    Imports,
    Opens,
    Reaches,
    Unlisted,
)
from execgate.operations.entry import Table, effect, listing, move, nothing, read, returns, stat, write

FILE = "io.File"
LOG = effect(Opens("filename", default="a"), gives="logging.Handler", keeps=("filename",))
ROTATING = "logging.handlers.BaseRotatingHandler"
ROTATED = effect(Opens("filename", default="a"), gives=ROTATING, keeps=("filename",))
MAIL = effect(
    Files("read", ("path",)),
    Files("write", ("path",), endings=("", ".*")),  # while it is locked or written anew
    Files("create", ("path",), when="create"),
    gives="mailbox.Mailbox",
    keeps=("path",),
)
PARSE = effect(Files("read", ("source",)), gives="xml.etree.ElementTree.ElementTree")
SOUND = effect(Opens("f"), gives=FILE)
KEYS = ("", ".*")
"""Which of the several modules keeps the keys, and so what its files are called, is found out when it runs."""
COMMAND_LINE = effect(Unlisted("does what its command line says"))
PACKAGE = effect(Imports("package"))

TABLE: Table = {
    "argparse.ArgumentParser(prog, usage, description, epilog, parents, formatter_class, prefix_chars, fromfile_prefix_chars, argument_default, conflict_handler, add_help, allow_abbrev, exit_on_error)": effect(
        Unlisted("reads the files that its arguments name", when="fromfile_prefix_chars"),
        gives="argparse.ArgumentParser",
    ),
    "argparse.ArgumentParser.add_argument(self, *args, action, nargs, const, default, type, choices, required, help, metavar, dest, version, deprecated)": effect(
        Calls("type")
    ),
    "argparse.ArgumentParser.add_argument_group(self, *args, **kwargs)": returns("argparse.ArgumentParser"),
    "argparse.ArgumentParser.add_mutually_exclusive_group(self, **kwargs)": returns(
        "argparse.ArgumentParser"
    ),
    "argparse.ArgumentParser.add_subparsers(self, **kwargs)": returns("argparse.ArgumentParser"),
    "argparse.ArgumentParser.add_parser(self, name, *, help, description, parents, aliases, **kwargs)": returns(
        "argparse.ArgumentParser"
    ),
    "argparse.ArgumentParser.fromfile_prefix_chars.__set__(self, value)": effect(
        Unlisted("reads the files that its arguments name", when="value")
    ),
    "argparse.ArgumentParser.register(self, registry_name, value, object)": effect(Calls("object")),
    "argparse.FileType(mode, bufsize, encoding, errors)": returns("argparse.FileType", "mode"),
    "argparse.FileType.__call__(self, string)": effect(
        Opens("string", "self.mode"), gives=FILE, keeps=("string",)
    ),
    "optparse.OptionParser(usage, option_list, option_class, version, conflict_handler, description, formatter, add_help_option, prog, epilog)": returns(
        "optparse.OptionParser"
    ),
    "optparse.OptionParser.add_option(self, *opts, action, type, dest, default, nargs, const, choices, callback, callback_args, callback_kwargs, help, metavar)": effect(
        Calls("callback")
    ),
    "configparser.ConfigParser(defaults, dict_type, allow_no_value, *, delimiters, comment_prefixes, inline_comment_prefixes, strict, empty_lines_in_values, default_section, interpolation, converters, allow_unnamed_section)": returns(
        "configparser.ConfigParser"
    ),
    "configparser.ConfigParser.read(self, filenames, encoding)": read("filenames"),
    "configparser.ConfigParser.write(self, fp, space_around_delimiters)": nothing(),
    "gettext.find(domain, localedir, languages, all)": read("localedir"),
    "gettext.translation(domain, localedir, languages, class_, fallback, codeset)": read("localedir"),
    "gettext.install(domain, localedir, codeset, names)": read("localedir"),
    "mimetypes.init(files)": read("files"),
    "mimetypes.read_mime_types(file)": read("file"),
    "mimetypes.MimeTypes(filenames, strict)": effect(
        Files("read", ("filenames",)), gives="mimetypes.MimeTypes"
    ),
    "mimetypes.MimeTypes.read(self, filename, strict)": read("filename"),
    "mailcap.getcaps()": effect(
        Environment("read", fixed=("MAILCAPS", "HOME")),
        Files("read", (), "/home/agent/.mailcap"),
        Files("read", (), "/etc/mailcap"),
        Files("read", (), "/usr/etc/mailcap"),
        Files("read", (), "/usr/local/etc/mailcap"),
    ),
    "mailcap.findmatch(caps, MIMEtype, key, filename, plist)": effect(
        Unlisted("runs what the table says is to be run")
    ),
    "netrc.netrc(file)": read("file", default="~/.netrc"),
    "wave.open(f, mode)": SOUND,
    "wave.Wave_read(f)": effect(Files("read", ("f",)), gives=FILE),
    "wave.Wave_write(f)": effect(Files("write", ("f",)), gives=FILE),
    "aifc.open(f, mode)": SOUND,
    "aifc.Aifc_read(f)": effect(Files("read", ("f",)), gives=FILE),
    "aifc.Aifc_write(f)": effect(Files("write", ("f",)), gives=FILE),
    "sunau.open(f, mode)": SOUND,
    "sunau.Au_read(f)": effect(Files("read", ("f",)), gives=FILE),
    "sunau.Au_write(f)": effect(Files("write", ("f",)), gives=FILE),
    "sndhdr.what(filename)": read("filename"),
    "sndhdr.whathdr(filename)": read("filename"),
    "imghdr.what(file, h)": read("file"),
    "uu.encode(in_file, out_file, name, mode, *, backtick)": effect(
        Files("read", ("in_file",)), Files("write", ("out_file",))
    ),
    "uu.decode(in_file, out_file, mode, quiet)": effect(
        Files("read", ("in_file",)), Files("write", ("out_file",))
    ),
    "binhex.binhex(inp, out)": effect(Files("read", ("inp",)), Files("write", ("out",))),
    "binhex.hexbin(inp, out)": effect(Files("read", ("inp",)), Files("write", ("out",))),
    "mailbox.Mailbox(path, factory, create)": MAIL,
    "mailbox.Maildir(dirname, factory, create)": effect(
        Files("read", ("dirname",), recursive=True),
        Files("write", ("dirname",), recursive=True),
        Files("create", ("dirname",), recursive=True),
        Calls("factory"),
        gives="mailbox.Mailbox",
    ),
    "mailbox.mbox(path, factory, create)": MAIL,
    "mailbox.MH(path, factory, create)": effect(
        Files("read", ("path",), recursive=True),
        Files("write", ("path",), recursive=True),
        Files("create", ("path",), recursive=True),
        gives="mailbox.Mailbox",
        keeps=("path",),
    ),
    "mailbox.Babyl(path, factory, create)": MAIL,
    "mailbox.MMDF(path, factory, create)": MAIL,
    # XML
    "xml.etree.ElementTree.parse(source, parser)": PARSE,
    "xml.etree.ElementTree.iterparse(source, events, parser)": read("source"),
    "xml.etree.ElementTree.ElementTree(element, file)": effect(
        Files("read", ("file",)), gives="xml.etree.ElementTree.ElementTree"
    ),
    "xml.etree.ElementTree.ElementTree.parse(self, source, parser)": read("source"),
    "xml.etree.ElementTree.ElementTree.write(self, file_or_filename, encoding, xml_declaration, default_namespace, method, *, short_empty_elements)": write(
        "file_or_filename"
    ),
    "xml.etree.ElementTree.ElementTree.write_c14n(self, file)": write("file"),
    "xml.etree.ElementTree.canonicalize(xml_data, *, out, from_file, **options)": read("from_file"),
    "xml.etree.ElementInclude.default_loader(href, parse, encoding)": read("href"),
    "xml.etree.ElementInclude.include(elem, loader, base_url, max_depth)": effect(
        Unlisted("reads the files that the document names")
    ),
    "xml.dom.minidom.parse(file, parser, bufsize)": read("file"),
    "xml.dom.pulldom.parse(stream_or_string, parser, bufsize)": read("stream_or_string"),
    "xml.dom.expatbuilder.parse(file, namespaces)": read("file"),
    "xml.dom.expatbuilder.parseFragment(file, context, namespaces)": read("file"),
    "xml.sax.parse(source, handler, errorHandler)": effect(Files("read", ("source",), urls=True)),
    "xml.sax.make_parser(parser_list)": effect(Imports("parser_list[]"), gives="xml.sax.xmlreader.XMLReader"),
    "xml.sax._create_parser(parser_name)": effect(
        Imports("parser_name"), gives="xml.sax.xmlreader.XMLReader"
    ),
    "xml.sax.xmlreader.XMLReader.parse(self, source)": effect(Files("read", ("source",), urls=True)),
    "xml.sax.expatreader.create_parser(*args, **kwargs)": returns("xml.sax.xmlreader.XMLReader"),
    "xml.sax.expatreader.ExpatParser(namespaceHandling, bufsize)": returns("xml.sax.xmlreader.XMLReader"),
    "xml.sax.saxutils.prepare_input_source(source, base)": effect(Files("read", ("source",), urls=True)),
    "xml.dom.xmlbuilder.DOMBuilder()": returns("xml.dom.xmlbuilder.DOMBuilder"),
    "xml.dom.xmlbuilder.DOMBuilder.parseURI(self, uri)": effect(Reaches(url="uri", method="GET")),
    "xml.dom.xmlbuilder.DOMEntityResolver()": returns("xml.dom.xmlbuilder.DOMEntityResolver"),
    "xml.dom.xmlbuilder.DOMEntityResolver.resolveEntity(self, publicId, systemId)": effect(
        Reaches(url="systemId", method="GET")
    ),
    # logs
    "logging.basicConfig(*, filename, filemode, format, datefmt, style, level, stream, handlers, force, encoding, errors)": effect(
        Opens("filename", "filemode", default="a")
    ),
    "logging.FileHandler(filename, mode, encoding, delay, errors)": LOG,
    f"{ROTATING}(filename, mode, encoding, delay, errors)": ROTATED,
    "logging.handlers.RotatingFileHandler(filename, mode, maxBytes, backupCount, encoding, delay, errors)": ROTATED
    + effect(
        Files("move", ("filename",), endings=("", ".*"), when="backupCount"),
        Files("delete", ("filename",), endings=(".*",), when="backupCount"),
    ),
    "logging.handlers.TimedRotatingFileHandler(filename, when, interval, backupCount, encoding, delay, utc, atTime, errors)": effect(
        Files("append", ("filename",)),
        Files("move", ("filename",), endings=("", ".*")),
        Files("delete", ("filename",), endings=(".*",)),
        gives=ROTATING,
        keeps=("filename",),
    ),
    f"{ROTATING}.rotate(self, source, dest)": move("source", "dest"),
    f"{ROTATING}.namer.__set__(self, value)": effect(
        Calls("value"), Unlisted("decides by a function which file a log is moved to")
    ),
    "logging.handlers.WatchedFileHandler(filename, mode, encoding, delay, errors)": LOG,
    "logging.handlers.SocketHandler(host, port)": effect(
        Reaches(host="host", port="port", method="connect"), gives="logging.Handler"
    ),
    "logging.handlers.DatagramHandler(host, port)": effect(
        Reaches(host="host", port="port", method="send"), gives="logging.Handler"
    ),
    "logging.handlers.SysLogHandler(address, facility, socktype)": effect(
        Reaches(address="address", method="send", default="localhost"), gives="logging.Handler"
    ),
    "logging.handlers.SMTPHandler(mailhost, fromaddr, toaddrs, subject, credentials, secure, timeout)": effect(
        Reaches(host="mailhost", scheme="smtp", method="connect"), gives="logging.Handler"
    ),
    "logging.handlers.HTTPHandler(host, url, method, secure, credentials, context)": effect(
        Reaches(host="host", url="url", method="=method"), gives="logging.Handler"
    ),
    "logging.handlers.NTEventLogHandler(appname, dllname, logtype)": effect(
        Unlisted("writes to the log of another system")
    ),
    "logging.handlers.MemoryHandler(capacity, flushLevel, target, flushOnClose)": returns("logging.Handler"),
    "logging.handlers.BufferingHandler(capacity)": returns("logging.Handler"),
    "logging.handlers.QueueHandler(queue)": returns("logging.Handler"),
    "logging.handlers.QueueListener(queue, *handlers, respect_handler_level)": nothing(),
    "logging.config.dictConfig(config)": effect(Dynamic("import")),
    "logging.config.fileConfig(fname, defaults, disable_existing_loggers, encoding)": effect(
        Files("read", ("fname",)), Dynamic("eval")
    ),
    "logging.config.listen(port, verify)": effect(
        Reaches(fixed="localhost", port="port", method="listen"), Dynamic("eval"), Calls("verify")
    ),
    "logging.config.stopListening()": nothing(),
    "logging.config.valid_ident(s)": nothing(),
    "logging.config.BaseConfigurator(config)": effect(Dynamic("import")),
    "logging.config.DictConfigurator(config)": effect(Dynamic("import")),
    "logging.config.dictConfigClass(config)": effect(Dynamic("import")),
    "logging.config.ConvertingDict(*args, **kwargs)": effect(Dynamic("import")),
    "logging.config.ConvertingList(iterable)": effect(Dynamic("import")),
    "logging.config.ConvertingTuple(iterable)": effect(Dynamic("import")),
    "logging.config.ConvertingMixin()": effect(Dynamic("import")),
    "syslog.syslog(priority, message)": effect(Files("append", (), "/dev/log")),
    "syslog.openlog(ident, logoption, facility)": effect(Files("append", (), "/dev/log")),
    # Python's own files
    "tabnanny.check(file)": read("file"),
    "pyclbr.readmodule(module, path)": effect(Imports("module")),
    "pyclbr.readmodule_ex(module, path)": effect(Imports("module")),
    "modulefinder.ModuleFinder(path, debug, excludes, replace_paths)": returns("modulefinder.ModuleFinder"),
    "modulefinder.ModuleFinder.run_script(self, pathname)": read("pathname"),
    "modulefinder.ModuleFinder.load_file(self, pathname)": read("pathname"),
    "modulefinder.AddPackagePath(packagename, path)": nothing(),
    "modulefinder.ReplacePackage(oldname, newname)": nothing(),
    "modulefinder.test()": COMMAND_LINE,
    "py_compile.compile(file, cfile, dfile, doraise, optimize, invalidation_mode, quiet)": effect(
        Files("read", ("file",)), Files("create", ("cfile", "file"), endings=("", ".*"))
    ),
    "py_compile.main()": COMMAND_LINE,
    "compileall.compile_dir(dir, maxlevels, ddir, force, rx, quiet, legacy, optimize, workers, invalidation_mode, *, stripdir, prependdir, limit_sl_dest, hardlink_dupes)": effect(
        Files("list", ("dir",), recursive=True),
        Files("read", ("dir",), recursive=True),
        Files("create", ("dir",), recursive=True),
    ),
    "compileall.compile_file(fullname, ddir, force, rx, quiet, legacy, optimize, invalidation_mode, *, stripdir, prependdir, limit_sl_dest, hardlink_dupes)": effect(
        Files("read", ("fullname",)), Files("create", ("fullname",))
    ),
    "compileall.compile_path(skip_curdir, maxlevels, force, quiet, legacy, optimize, invalidation_mode)": effect(
        Unlisted("compiles whatever is on the import path")
    ),
    "compileall.main()": COMMAND_LINE,
    "pkgutil.get_data(package, resource)": PACKAGE,
    "importlib.metadata.PathDistribution(path)": read("path"),
    "importlib.metadata.FastPath(root)": listing("root"),
    "importlib.metadata.Distribution.at(path)": read("path"),
    "importlib.metadata.distributions(*, name, path)": listing("path"),
    "importlib.resources.files(package, anchor)": effect(
        Imports("package"), Imports("anchor"), gives="pathlib.Path"
    ),
    "importlib.resources.open_text(package, *resource, encoding, errors)": effect(
        Imports("package"), gives=FILE
    ),
    "importlib.resources.open_binary(package, *resource)": effect(Imports("package"), gives=FILE),
    "importlib.resources.read_text(package, *resource, encoding, errors)": PACKAGE,
    "importlib.resources.read_binary(package, *resource)": PACKAGE,
    "importlib.resources.path(package, *resource)": PACKAGE,
    "importlib.resources.is_resource(package, *name)": PACKAGE,
    "importlib.resources.contents(package, *path_names)": PACKAGE,
    "importlib.resources.as_file(path)": nothing(),
    "inspect.getsource(object)": nothing(),
    "pydoc.writedoc(thing, forceload)": effect(
        Imports("thing"), Files("write", ("thing",), endings=(".html",))
    ),
    "shelve.open(filename, flag, protocol, writeback)": effect(
        Opens("filename", "flag", default="c", kind="dbm", endings=KEYS),
        Deserializes("shelve", "filename"),
        gives="shelve.Shelf",
        keeps=("filename",),
    ),
    "shelve.Shelf(dict, protocol, writeback, keyencoding)": effect(
        Deserializes("shelve"), gives="shelve.Shelf"
    ),
    "shelve.BsdDbShelf(dict, protocol, writeback, keyencoding)": effect(
        Deserializes("shelve"), gives="shelve.Shelf"
    ),
    "shelve.DbfilenameShelf(filename, flag, protocol, writeback)": effect(
        Opens("filename", "flag", default="c", kind="dbm", endings=KEYS),
        Deserializes("shelve", "filename"),
        gives="shelve.Shelf",
        keeps=("filename",),
    ),
    "dbm.open(file, flag, mode)": effect(Opens("file", "flag", kind="dbm", endings=KEYS), keeps=("file",)),
    "dbm.whichdb(filename)": effect(Files("read", ("filename",), endings=KEYS)),
    "dbm.dumb.open(file, flag, mode)": effect(
        Opens("file", "flag", default="c", kind="dbm", endings=KEYS), keeps=("file",)
    ),
    "dbm.gnu.open(filename, flag, mode)": effect(
        Opens("filename", "flag", kind="dbm", endings=KEYS), keeps=("filename",)
    ),
    "dbm.ndbm.open(filename, flag, mode)": effect(
        Opens("filename", "flag", kind="dbm", endings=KEYS), keeps=("filename",)
    ),
    "dbm.sqlite3.open(filename, flag, mode)": effect(
        Opens("filename", "flag", kind="dbm", endings=KEYS), keeps=("filename",)
    ),
    # main functions and other odd ends
    "gzip.main()": COMMAND_LINE,
    "base64.main()": COMMAND_LINE,
    "quopri.main()": COMMAND_LINE,
    "dis.main()": COMMAND_LINE,
    "dis._test()": COMMAND_LINE,
    "ast.main()": COMMAND_LINE,
    "symtable.main(args)": COMMAND_LINE,
    "json.tool.main()": COMMAND_LINE,
    "calendar.main(args)": nothing(),
    "contextlib.chdir(path)": stat("path"),
    "shlex.shlex(instream, infile, posix, punctuation_chars)": returns("shlex.shlex"),
    "shlex.shlex.sourcehook(self, newfile)": effect(Files("read", ("newfile",)), gives=FILE),
    "gettext.c2py(plural)": effect(Dynamic("eval", "plural")),
    "optparse.Values(defaults)": returns("optparse.Values"),
    "optparse.Values.read_module(self, modname, mode)": effect(Imports("modname")),
    "optparse.Values.read_file(self, filename, mode)": effect(Files("read", ("filename",)), Dynamic("exec")),
    "turtle.write_docstringdict(filename)": write("filename"),
    "turtle.config_dict(filename)": read("filename"),
    "turtle.readconfig(cfgdict)": nothing(),
    "email.utils.make_msgid(idstring, domain)": effect(Accesses("interfaces")),
    "sysconfig.is_python_build(check_home)": nothing(),
    "xml.dom.xmlbuilder.DOMBuilder.parse(self, input)": effect(Unlisted("reads what the document names")),
}

"""From what the catalogue says of a call to operations with their operands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import libcst as cst

from execgate.analysis import attributes, escaping, iteration, paths, texts
from execgate.analysis.binding import Bindings, bind, is_false, place
from execgate.analysis.machine import Machine
from execgate.analysis.values import (
    DYNAMIC,
    MAX_ALTERNATIVES,
    NONE,
    NUM,
    OWN,
    Anything,
    Args,
    Const,
    Inst,
    Map,
    Num,
    Obj,
    Ref,
    Seq,
    Value,
    alternatives,
    derived,
    union,
)
from execgate.model.operation import (
    DatabaseOperation,
    Deserialization,
    DynamicCode,
    EnvironmentAccess,
    FileOperation,
    ModuleImport,
    NativeCode,
    NetworkCall,
    PackageInstall,
    PaymentCall,
    ProcessControl,
    ProcessSpawn,
    SystemAccess,
)
from execgate.model.values import Hole, Template, Text, Unknown
from execgate.operations import entry as catalogue
from execgate.operations.entry import Entry

MAX_COMBINATIONS = 64
"""How many operations one effect of one call may give before its operands count as unknown."""


class Site:
    """One call of a catalogued function: its machine, entry, bound arguments and place."""

    __slots__ = ("bound", "called", "entry", "m", "node", "result")

    def __init__(self, m: Machine, entry: Entry, bound: Bindings, node: cst.CSTNode) -> None:
        self.m = m
        self.entry = entry
        self.bound = bound
        self.node = node
        self.result: Value | None = None
        """What an effect found the call to give back."""
        self.called: Value | None = None
        """What a function gave that the call calls."""

    def at(self, where: str) -> Value | None:
        """Return the value at a place of the call."""
        return place(self.m, self.bound, where, self.node)

    def report(self, family: Any, /, **fields: Any) -> None:
        """Record an operation of this call."""
        self.m.report(family, self.node, via=self.entry.name.removeprefix("builtins."), **fields)

    def texts(self, value: Value, what: str) -> list[Text]:
        """Return the texts that an argument can be."""
        why = f"the {what} of `{self.entry.name}` could not be worked out"
        found = []
        for alternative in alternatives(value):
            inner = paths.text_of(held(alternative))
            found += [texts.to_text(text, why) for text in alternatives(inner)]
        return list(dict.fromkeys(found))

    def paths(self, value: Value) -> list[Text]:
        """Return the paths that an argument names: none for open files, descriptors and None."""
        found: list[Text] = []
        for alternative in alternatives(value):
            if isinstance(alternative, (Num, Seq)) or (
                isinstance(alternative, Const) and not isinstance(alternative.value, (str, bytes))
            ):
                if isinstance(alternative, Seq):
                    for item in [*alternative.items, *([alternative.more] if alternative.more else [])]:
                        found += self.paths(item)
                continue
            if isinstance(alternative, Obj) and alternative.type not in {paths.PATH, DYNAMIC}:
                inner = alternative.fields.get("path")
                found += self.paths(inner) if inner is not None and alternative.type == "os.DirEntry" else []
                continue
            if isinstance(alternative, Inst):
                found += self._paths_of_instance(alternative)
                continue
            found += self.texts(alternative, "path")
        return self.m.in_working_folder(list(dict.fromkeys(found)))

    def _paths_of_instance(self, value: Inst) -> list[Text]:
        if value.cls.lookup("__fspath__") is not None:
            named = attributes.get(self.m, value, "__fspath__", self.node)
            return self.paths(self.m.call(named, Args(), self.node))
        if value.made is not None:
            return self.paths(value.made)
        if any(not isinstance(base, Ref) for base in value.cls.foreign_bases()):
            return self.texts(Anything(f"what `{value.cls.name}` inherits is not known"), "path")
        return []


def perform(m: Machine, entry: Entry, args: Args, node: cst.CSTNode) -> Value:
    """Record what a call of a catalogued function does, and return what it gives."""
    site = Site(m, entry, bind(entry, args), node)
    for effect in entry.effects:
        RULES[type(effect)](site, effect)
    if entry.name in _MOVES:
        _move(site)
    called = {effect.function for effect in entry.effects if isinstance(effect, catalogue.Calls)}
    others = [value for name, value in site.bound.items() if name not in called and name != "self"]
    escaping.let_go(m, others, node)
    if site.result is not None:
        return site.result
    return _result(site)


_MOVES = {"os.chdir", "contextlib.chdir", "os.fchdir"}
"""What changes the working folder, and so what relative paths mean from then on."""


def _move(site: Site) -> None:
    value = site.at("path")
    found: list[Text] = site.paths(value) if value is not None else []
    for folder in found or [Unknown("the program changes its working folder to one that is not known")]:
        if folder not in site.m.folders and folder not in {paths.WORKSPACE, "."}:
            site.m.folders.append(folder)
            site.m.rebound += 1


CALLED = "called()"
"""The field of an object that holds what a function gave that it called."""


def held(value: Value) -> Value:
    """Return the text or path that an instance of the program's own subclass of one stands for."""
    return value.made if isinstance(value, Inst) and value.made is not None else value


def _result(site: Site) -> Value:
    entry, bound = site.entry, site.bound
    kept: dict[str, Value] = {}
    receiver = bound.get("self")
    for alternative in alternatives(receiver) if receiver is not None else ():
        if isinstance(alternative, Obj) and alternative.type != paths.PATH:
            kept.update(alternative.fields)
    for name in entry.keeps:
        if name in bound and name != "self":
            kept[name] = bound[name]
    if site.called is not None:
        kept[CALLED] = site.called
    if entry.returns is not None:
        if entry.returns == paths.PATH:
            return paths.make(Anything(f"it is the result of `{entry.name}`"))
        return Obj(entry.returns, kept)
    if entry.yields is not None:
        return site.m.sequence([], Obj(entry.yields, kept))
    return derived(f"it is the result of `{entry.name}`", bound.values())


# Files.


def _files(site: Site, effect: catalogue.Files) -> None:
    if effect.when is not None and is_false(site.at(effect.when)):
        return
    if not effect.paths and effect.default is not None:
        _each_path(site, effect.operation, [[effect.default]], recursive=effect.recursive)
        return
    columns: list[list[Text]] = []
    for index, where in enumerate(effect.paths):
        value = site.at(where)
        if value is None and index == 0 and effect.default is not None:
            value = Const(effect.default)
        if value is None:
            continue
        found = site.paths(value)
        if effect.urls:
            found = _without_urls(site, found)
        if not found:
            return
        columns.append([_below(path) for path in found] if effect.below else found)
    if columns:
        _each_path(site, effect.operation, columns, recursive=effect.recursive)


def _below(path: Text) -> Text:
    if isinstance(path, Unknown):
        return path
    parts = path.parts if isinstance(path, Template) else (path,)
    return Template(paths.child(parts))


def _each_path(site: Site, operation: Text, columns: list[list[Text]], *, recursive: bool = False) -> None:
    combinations = list(product(*columns))
    if len(combinations) > MAX_COMBINATIONS:
        combinations = [(Unknown("there are too many possible paths"),) * len(columns)]
    for combination in combinations:
        site.report(FileOperation, operation=operation, paths=combination, recursive=recursive)


def _without_urls(site: Site, found: list[Text]) -> list[Text]:
    remaining = []
    for path in found:
        first = path.parts[0] if isinstance(path, Template) else path
        if isinstance(first, str) and "://" in first[:12]:
            reach_url(site, path, None)
        else:
            remaining.append(path)
    return remaining


_MODES = {"r": ("read",), "w": ("write",), "a": ("append",), "x": ("create",)}
_DBM_MODES = {"r": ("read",), "w": ("write",), "c": ("create", "write"), "n": ("create", "write")}


def _opens(site: Site, effect: catalogue.Opens) -> None:
    target = site.at(effect.path)
    if target is None:
        return
    found = site.paths(target)
    if effect.urls:
        found = _without_urls(site, found)
    if not found:
        return
    given = site.at(effect.mode) if effect.mode is not None else None
    operations: dict[Text, None] = {}
    for mode in alternatives(given) if given is not None else (Const(effect.default),):
        for operation in _operations_of(mode, effect):
            operations[operation] = None
    for operation in operations:
        _each_path(site, operation, [found])


def _operations_of(mode: Value, effect: catalogue.Opens) -> tuple[Text, ...]:
    constant = mode.value if isinstance(mode, Const) else None
    if effect.kind == "flags":
        return _flags(constant) if type(constant) is int else (Unknown("its flags could not be worked out"),)
    if isinstance(constant, str):
        table = _DBM_MODES if effect.kind == "dbm" else _MODES
        for letter in constant:
            if letter in table:
                both = "+" in constant
                operations = table[letter]
                return (
                    (*operations, "write")
                    if both and letter == "r"
                    else ((*operations, "read") if both else operations)
                )
        return ("read",)
    return (Unknown("its mode could not be worked out"),)


def _flags(flags: int) -> tuple[Text, ...]:
    """Linux's numbers: the two lowest bits are the access mode."""
    operations: list[Text] = []
    access = flags & 3
    if access in {0, 2}:
        operations.append("read")
    if access in {1, 2}:
        operations.append("append" if flags & 0o2000 else "write")
    if flags & 0o100 or flags & 0o20000000:
        operations.append("create")
    if flags & 0o1000 and "write" not in operations:
        operations.append("write")
    return tuple(operations)


# Network.


def _reaches(site: Site, effect: catalogue.Reaches) -> None:
    method = _method(site, effect)
    url = site.at(effect.url) if effect.url is not None else None
    if url is not None:
        for text in _urls(site, url, effect):
            if effect.host is not None and not _names_host(text):
                _reach_host(site, effect, method)
            else:
                reach_url(site, text, method)
        return
    address = site.at(effect.address) if effect.address is not None else None
    if address is not None:
        _reach_address(site, effect, address, method)
        return
    base = site.at(effect.base) if effect.base is not None else None
    if base is not None:
        for text in site.texts(base, "URL"):
            reach_url(site, text, method)
        return
    _reach_host(site, effect, method)


def _names_host(url: Text) -> bool:
    """Return whether a URL that may be relative to a connection's host names one of its own."""
    first = url.parts[0] if isinstance(url, Template) else url
    return not isinstance(first, str) or "://" in first or first.startswith("//")


def _method(site: Site, effect: catalogue.Reaches) -> Text | None:
    if effect.method is None:
        if effect.url is None:
            return None
        given = site.at(f"{effect.url}.method")
        if given is not None:
            return _named_method(site, given)
        posted = any(not is_false(site.at(name)) for name in (*effect.body, f"{effect.url}.data"))
        return "POST" if posted else "GET"
    if not effect.method.startswith("="):
        return effect.method
    value = site.at(effect.method[1:])
    if value is None:
        return "GET"
    return _named_method(site, value)


def _named_method(site: Site, value: Value) -> Text:
    found = site.texts(value, "method")
    return (
        found[0].upper()
        if len(found) == 1 and isinstance(found[0], str)
        else Unknown("its method is not known")
    )


def _urls(site: Site, value: Value, effect: catalogue.Reaches) -> list[Text]:
    found: list[Text] = []
    for alternative in alternatives(value):
        kept = alternative.fields.get("url") if isinstance(alternative, Obj) else None
        found += site.texts(kept if kept is not None else alternative, "URL")
    base = site.at(effect.base) if effect.base is not None else None
    if base is None:
        return found
    joined: list[Text] = []
    for url in found:
        first = url.parts[0] if isinstance(url, Template) else url
        if isinstance(first, str) and "://" not in first and not first.startswith("//"):
            joined += site.texts(base, "URL")
        else:
            joined.append(url)
    return joined


def reach_url(site: Site, url: Text, method: Text | None) -> None:
    """Record that a URL is contacted, and the payment that it may be."""
    from execgate.analysis.urls import split

    if isinstance(url, Template):
        # A file's name can hold what ends a host; only a number can't.
        url = Template(tuple(Hole.ANY if part is Hole.WORD else part for part in url.parts))
    parts = split(url)
    if parts.scheme == "file":
        site.report(FileOperation, operation="read", paths=(parts.path,))
        return
    if parts.host is None:
        return
    site.report(NetworkCall, destination=parts.host, port=parts.port, scheme=parts.scheme, method=method)
    _pay_by_http(site, parts.host, parts.path, method)


def _reach_address(site: Site, effect: catalogue.Reaches, value: Value, method: Text | None) -> None:
    for alternative in alternatives(value):
        items = iteration.exact_items(site.m, alternative) if isinstance(alternative, Seq) else None
        if items is not None and len(items) >= 2:
            _report_host(site, items[0], items[1], effect.scheme, method)
        elif isinstance(alternative, Const) and isinstance(alternative.value, (str, bytes)):
            # A socket in the file system.
            operation = "create" if method == "listen" else "write"
            site.report(FileOperation, operation=operation, paths=tuple(site.paths(alternative)))
        else:
            site.report(
                NetworkCall,
                destination=Unknown(f"the address of `{site.entry.name}` could not be worked out"),
                port=None,
                scheme=effect.scheme,
                method=method,
            )


def _reach_host(site: Site, effect: catalogue.Reaches, method: Text | None) -> None:
    host = site.at(effect.host) if effect.host is not None else None
    if host is None:
        default = effect.fixed or effect.default
        if default is None:
            if method == "listen":
                site.report(NetworkCall, destination=None, port=None, scheme=effect.scheme, method=method)
            return
        if "://" in default:
            reach_url(site, default, method)
            return
        host = Const(default)
    port: Value | None = None
    if isinstance(effect.port, int):
        port = Const(effect.port)
    elif effect.port is not None:
        port = site.at(effect.port)
    _report_host(site, host, port, effect.scheme, method)


def _report_host(
    site: Site, host: Value, port: Value | None, scheme: str | None, method: Text | None
) -> None:
    number: int | Unknown | None = None
    if isinstance(port, Const) and isinstance(port.value, (int, str)) and str(port.value).isdecimal():
        number = int(port.value)
    elif port is not None:
        number = Unknown("the port could not be worked out")
    for text in site.texts(host, "host"):
        named: Text | None = text
        if text == "" and method == "listen":
            named = None
        elif isinstance(text, str) and ":" in text and number is None and text.count(":") == 1:
            named, _, tail = text.partition(":")
            number = int(tail) if tail.isdecimal() else None
        elif isinstance(text, Template) and Hole.WORD in text.parts:
            named = Unknown("a part of the host could not be worked out")
        site.report(NetworkCall, destination=named, port=number, scheme=scheme, method=method)


# Processes.


def _spawns(site: Site, effect: catalogue.Spawns) -> None:
    if effect.command is None:
        words: tuple[Text, ...] = effect.fixed or (Unknown("the program is not known"),)
        site.report(ProcessSpawn, command=words, shell=False, programs=words[:1])
        return
    value = site.at(effect.command)
    if value is None:
        return
    shells = _shells(site, effect)
    for alternative in alternatives(value):
        for shell in shells:
            if shell:
                _spawn_text(site, alternative)
            else:
                _spawn_words(site, effect, alternative)


def _shells(site: Site, effect: catalogue.Spawns) -> tuple[bool, ...]:
    if isinstance(effect.shell, bool):
        return (effect.shell,)
    value = site.at(effect.shell)
    if value is None:
        return (False,)
    if isinstance(value, Const):
        return (bool(value.value),)
    return (True, False)


def _spawn_text(site: Site, value: Value) -> None:
    from execgate.analysis import shell

    if isinstance(value, Seq):
        # With a list and a shell, the first element is the text.
        value = value.items[0] if value.items else Anything("the command is not known")
    for text in site.texts(value, "command"):
        command = _no_words(text)
        programs = shell.programs(command) or (Unknown("the command is empty"),)
        site.report(ProcessSpawn, command=command, shell=True, programs=programs)  # noqa: S604 - says so
        for operation, path in shell.redirections(command):
            site.report(FileOperation, operation=operation, paths=(path,))
        packages = shell.packages(command)
        if packages:
            site.report(PackageInstall, packages=packages)


def _no_words(text: Text) -> Text:
    """Give up on file names in a text: they can hold what a shell or a database acts on."""
    if isinstance(text, Template):
        return Template(tuple(Hole.ANY if part is Hole.WORD else part for part in text.parts))
    return text


def _spawn_words(site: Site, effect: catalogue.Spawns, value: Value) -> None:
    from execgate.analysis import shell

    words: list[Text] = list(effect.fixed or ())
    items = iteration.exact_items(site.m, value) if isinstance(value, Seq) else None
    if items is not None:
        words += [_one(site, item) for item in items]
    elif isinstance(value, Seq) and value.items:
        words += [
            *(_one(site, item) for item in value.items),
            Unknown("more arguments follow that are not known"),
        ]
    else:
        words.append(_one(site, value))
    if effect.rest is not None:
        rest = site.bound.get(effect.rest)
        if isinstance(rest, Seq):
            words += [_one(site, item) for item in rest.items]
            if rest.more is not None:
                words.append(Unknown("more arguments follow that are not known"))
    programs = shell.started_by(tuple(words)) or (Unknown("the command is empty"),)
    program = site.at(effect.program) if effect.program is not None else None
    if program is not None:
        programs = (_one(site, program), *programs[1:])
    site.report(ProcessSpawn, command=tuple(words), shell=False, programs=programs)
    packages = shell.packages(tuple(words))
    if packages:
        site.report(PackageInstall, packages=packages)


def _one(site: Site, value: Value) -> Text:
    """Return one word of a command; several possible ones are not worked out."""
    found = site.texts(value, "command")
    return found[0] if len(found) == 1 else Unknown("a word of the command can be one of several")


# Environment.


def _environment(site: Site, effect: catalogue.Environment) -> None:
    names: list[Text] = list(effect.fixed)
    if effect.name is not None:
        value = site.at(effect.name)
        names += site.texts(value, "name of the variable") if value is not None else []
    elif effect.mapping is not None:
        value = site.at(effect.mapping)
        if value is None:
            return
        for alternative in alternatives(value):
            keys = iteration.exact_items(site.m, alternative) if isinstance(alternative, Map) else None
            if keys is None:
                names.append(Unknown("the names of the variables are not known"))
            else:
                names += [texts.to_text(key, "a name is not known") for key in keys]
    elif effect.within is not None:
        value = site.at(effect.within)
        for text in site.texts(value, "text") if value is not None else []:
            names += _variables(text)
        if not names:
            return
    elif not names and effect.operation == "write":
        names.append(Unknown("the names of the variables are not known"))
    if effect.operation == "list":
        site.report(EnvironmentAccess, operation="list", names=())
    else:
        for name in names:
            site.report(EnvironmentAccess, operation=effect.operation, names=(name,))


def _variables(text: Text) -> list[Text]:
    import re

    if not isinstance(text, str):
        return [Unknown("a text with variables is not known")]
    return [name or braced for name, braced in re.findall(r"\$(?:(\w+)|\{([^}]*)\})", text)]


# Databases.


def _sql(site: Site, effect: catalogue.Sql) -> None:
    destination = _destination(site, effect)
    if effect.statement is None:
        table = site.at(effect.table) if effect.table is not None else None
        tables = tuple(site.texts(table, "table")) if table is not None else ()
        site.report(
            DatabaseOperation, operation=effect.operation or "execute", tables=tables, destination=destination
        )
        return
    value = site.at(effect.statement)
    if value is not None:
        run_sql(site, value, destination)


def run_sql(site: Site, value: Value, destination: Text | None) -> None:
    """Record what an SQL text does."""
    from execgate.analysis.sql import statements

    for text in site.texts(value, "statement"):
        for statement in statements(_no_words(text)):
            site.report(
                DatabaseOperation,
                operation=statement.operation,
                tables=statement.tables,
                destination=destination,
            )
            for path in statement.files:
                site.report(FileOperation, operation="write", paths=(path,))


_DESTINATIONS = ("database", "host", "dsn", "filename", "path", "destination", "conninfo", "url")


def _destination(site: Site, effect: catalogue.Sql) -> Text | None:
    value = _first(site, (effect.destination or "").split("|"))
    receiver = site.bound.get("self")
    for alternative in alternatives(receiver) if receiver is not None and value is None else ():
        if isinstance(alternative, Obj):
            for name in _DESTINATIONS:
                if name in alternative.fields:
                    value = alternative.fields[name]
                    break
    if value is None:
        return None
    found = site.texts(value, "database")
    return found[0] if len(found) == 1 else Unknown("the database can be one of several")


# Code.


def _dynamic(site: Site, effect: catalogue.Dynamic) -> None:
    if effect.when is not None and is_false(site.at(effect.when)):
        return
    site.report(DynamicCode, kind=effect.kind)
    code = site.at(effect.code) if effect.code is not None else None
    results: list[Value] = []
    for alternative in alternatives(code) if code is not None else ():
        if isinstance(alternative, Const) and isinstance(alternative.value, (str, bytes)):
            from execgate.analysis.nested import follow

            results.append(follow(site.m, alternative.value, effect.kind, site.node))
        elif isinstance(alternative, Obj) and alternative.type == "builtins.code":
            results.append(alternative.fields.get("value", NONE))
        else:
            results.append(Obj(DYNAMIC))
    if effect.kind == "compile":
        site.result = Obj("builtins.code", {"value": union(results)} if results else {})
    elif effect.kind in {"eval", "exec", "attribute"}:
        site.result = union(results) if results else Obj(DYNAMIC)


def _imports(site: Site, effect: catalogue.Imports) -> None:
    value = site.at(effect.module)
    if value is not None and not all(isinstance(v, NO_NAMES) for v in alternatives(value)):
        site.result = import_by_name(site.m, value, site.entry.name, site.node)


NO_NAMES = (Ref, *OWN, Num)
"""Values that are no text, which could name a module."""


def import_by_name(m: Machine, value: Value, via: str, node: cst.CSTNode) -> Value:
    """Record an import whose module is a value, and return the module."""
    from execgate.analysis.names import canonical

    results: list[Value] = []
    for alternative in alternatives(value):
        if isinstance(alternative, Const) and isinstance(alternative.value, str):
            m.imported(alternative.value, via, node)
            results.append(Ref(canonical(alternative.value)))
        else:
            m.report(DynamicCode, node, kind="import", via=via)
            why = alternative.why if isinstance(alternative, Anything) else "its name is not constant"
            m.report(ModuleImport, node, module=Unknown(why), via=via)
            results.append(Obj(DYNAMIC))
    return union(results)


def _native(site: Site, effect: catalogue.Native) -> None:
    site.report(NativeCode, kind=effect.kind)


def _deserializes(site: Site, effect: catalogue.Deserializes) -> None:
    if effect.when is not None and is_false(site.at(effect.when)):
        return
    if any(_holds(site, condition) for condition in effect.unless):
        return
    value = site.at(effect.path) if effect.path is not None else None
    named = tuple(site.paths(value)) if value is not None else ()
    site.report(Deserialization, format=effect.format, paths=named)


def _holds(site: Site, condition: str) -> bool:
    """Return whether a parameter is certainly set, or certainly to the thing or text behind `=`."""
    name, _, wanted = condition.partition("=")
    value = site.at(name)
    if isinstance(value, Ref):
        return value.name == wanted
    return isinstance(value, Const) and (value.value == wanted if wanted else bool(value.value))


def _installs(site: Site, effect: catalogue.Installs) -> None:
    value = site.at(effect.packages)
    found: list[Text] = []
    for alternative in alternatives(value) if value is not None else ():
        items = iteration.exact_items(site.m, alternative) if isinstance(alternative, Seq) else None
        for item in items if items is not None else [alternative]:
            found += site.texts(item, "packages")
    from execgate.analysis import shell

    found = list(shell.packages(("pip", *found))) if found[:1] == ["install"] else found
    site.report(PackageInstall, packages=tuple(found) or (Unknown("the packages are not known"),))


def _controls(site: Site, effect: catalogue.Controls) -> None:
    site.report(ProcessControl, operation=effect.operation)


def _accesses(site: Site, effect: catalogue.Accesses) -> None:
    site.report(SystemAccess, kind=effect.kind)


def _calls(site: Site, effect: catalogue.Calls) -> None:
    function = site.at(effect.function)
    if function is None:
        return
    m = site.m
    args = Args()
    if effect.each:
        for where in effect.each:
            value = site.at(where)
            element = iteration.element(m, value, site.node) if value is not None else NUM
            args.positional.append(element)
    elif effect.arguments is not None or effect.rest is not None:
        value = (
            site.at(effect.arguments) if effect.arguments is not None else site.bound.get(effect.rest or "")
        )
        if value is not None:
            items = iteration.exact_items(m, value)
            if items is not None:
                args.positional.extend(items)
            else:
                args.rest = iteration.element(m, value, site.node)
    else:
        args.rest = derived("it is passed by the library", site.bound.values())
    keywords = site.at(effect.keywords) if effect.keywords is not None else None
    for alternative in alternatives(keywords) if keywords is not None else ():
        if isinstance(alternative, Map):
            args.keywords.update({k: v for k, v in alternative.items.items() if isinstance(k, str)})
            args.others = alternative.more
    result = m.call(function, args, site.node)
    site.called = result
    # It may be called later, in another state of the program.
    m.defer(lambda: m.call(function, args, site.node), site.node)
    if site.result is None and site.entry.returns is None:
        site.result = derived(f"it is the result of `{site.entry.name}`", [result, *site.bound.values()])


def _unlisted(site: Site, effect: catalogue.Unlisted) -> None:
    if effect.when is not None and is_false(site.at(effect.when)):
        return
    site.m.gap(f"`{site.entry.name}`: {effect.why}", site.node)


# Payments.


def _pays(site: Site, effect: catalogue.Pays) -> None:
    amount = _first(site, (effect.amount or "").split("|"))
    currency = _first(site, (effect.currency or "").split("|"))
    recipient = _first(site, effect.recipient)
    report_payment(site, effect.provider, effect.operation, effect.unit, (amount, currency, recipient))


def _first(site: Site, places: Iterable[str]) -> Value | None:
    for where in places:
        value = site.at(where) if where else None
        if value is not None:
            return value
    return None


def report_payment(
    site: Site,
    provider: str,
    operation: str,
    unit: str,
    operands: tuple[Value | None, Value | None, Value | None],
) -> None:
    """Record a payment, with its amount in the currency's major unit."""
    amount, currency, recipient = operands
    currencies: list[Text | None] = list(site.texts(currency, "currency")) if currency is not None else [None]
    recipients: list[Text | None] = (
        list(site.texts(recipient, "recipient")) if recipient is not None else [None]
    )
    amounts = alternatives(amount) if amount is not None else (None,)
    for value, money, payee in list(product(amounts, currencies, recipients))[:MAX_ALTERNATIVES]:
        code = money.upper() if isinstance(money, str) else money
        site.report(
            PaymentCall,
            provider=provider,
            operation=operation,
            amount=_amount(value, code, unit, provider),
            currency=code,
            recipient=payee,
        )


def _amount(value: Value | None, currency: Text | None, unit: str, provider: str) -> Text | None:
    from execgate.model import money

    if value is None:
        return None
    if (
        not isinstance(value, Const)
        or isinstance(value.value, bool)
        or not isinstance(value.value, (int, str, float))
    ):
        return Unknown(value.why if isinstance(value, Anything) else "the amount could not be worked out")
    if unit != "minor":
        return str(value.value)
    if not isinstance(currency, str) or not str(value.value).isascii() or not str(value.value).isdecimal():
        return Unknown("the amount is in a minor unit, and its currency is not known")
    try:
        return money.major(int(value.value), currency, provider)
    except ValueError as error:
        return Unknown(str(error))


def _pay_by_http(site: Site, host: Text, path: Text, method: Text | None) -> None:
    from execgate.operations.payments import payment_at

    if not isinstance(host, str):
        return
    found = payment_at(
        host,
        method if isinstance(method, str) else None,
        str(path) if not isinstance(path, Unknown) else None,
    )
    if found is None:
        return
    body = None
    for name in ("data", "json", "params", "body", "content"):
        value = site.bound.get(name)
        if value is not None and not is_false(value):
            body = value
            break

    def operand(keys: Iterable[str]) -> Value | None:
        if body is None:
            return None
        for key in keys:
            value = place(site.m, {"body": body}, f"body.{key}", site.node) if key else None
            if value is not None:
                return value
        return (
            None
            if isinstance(body, Map) and body.more is None
            else Anything("the body of the request is not known")
        )

    report_payment(
        site,
        found.provider,
        found.operation,
        found.unit,
        (
            operand((found.amount or "").split("|")),
            operand((found.currency or "").split("|")),
            operand(found.recipient),
        ),
    )


RULES: dict[type[catalogue.Effect], Callable[[Site, Any], None]] = {
    catalogue.Files: _files,
    catalogue.Opens: _opens,
    catalogue.Reaches: _reaches,
    catalogue.Spawns: _spawns,
    catalogue.Environment: _environment,
    catalogue.Sql: _sql,
    catalogue.Dynamic: _dynamic,
    catalogue.Imports: _imports,
    catalogue.Native: _native,
    catalogue.Deserializes: _deserializes,
    catalogue.Installs: _installs,
    catalogue.Controls: _controls,
    catalogue.Accesses: _accesses,
    catalogue.Calls: _calls,
    catalogue.Unlisted: _unlisted,
    catalogue.Pays: _pays,
}
"""One rule for each effect of the catalogue; a test holds the two together."""

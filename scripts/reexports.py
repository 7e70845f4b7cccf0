"""Make the index of what popular packages and the standard library re-export.

    python scripts/reexports.py

installs the packages of `reexports.txt`, at the versions that stand there and without what they depend on,
into an environment that is thrown away, reads their sources, and writes one text a package into
`execgate/operations/reexports/`.  Nothing that is installed is imported.  `--environment FOLDER` reads an
environment that is there; `--python PROGRAM`, given once a version, says whose standard libraries are read.
An older Python can't read what a newer one writes: this is for the newest to run.
`execgate/operations/reexports.py` says what the texts hold.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import tempfile
import venv
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from execgate.operations import ATTRIBUTES, CATALOGUE  # noqa: E402 - the checkout comes first
from execgate.operations.modules import ALIASES, CONSTANTS, LISTED, PURE, REFUSED  # noqa: E402
from execgate.operations.reexports import STANDARD, renamed  # noqa: E402
from execgate.operations.submodules import SUBMODULES  # noqa: E402

PINS = HERE / "reexports.txt"
INDEX = HERE.parent / "execgate" / "operations" / "reexports"

UNREAD = frozenset(
    """
    __pycache__ benchmarks conftest dist-packages doc docs ensurepip example examples idlelib lib2to3 scripts
    site-packages test testing_data tests turtledemo
    """.split()
)
"""Folders and files of which nobody imports anything, or which are no part of the package."""

UNREAD_PACKAGES = frozenset(
    """
    plotly.graph_objs plotly.validators selenium.webdriver.common.devtools torch._dynamo torch._inductor
    torch.testing transformers.models
    """.split()
)
"""Packages of hundreds of modules that are all alike, or that serve the library itself alone."""

MAX_CHAIN = 24
"""How often a name may be handed on; modules that import each other in circles end there."""

HEADS = frozenset(
    name[:end]
    for name in (*CATALOGUE, *ATTRIBUTES)
    for end in (*(i for i, c in enumerate(name) if c == "."), len(name))
)
"""The names of the catalogue, and every name in front of one."""


# What one module binds.


@dataclass(slots=True)
class Module:
    """What a module's source binds: each name to where it may come from, in the order of the text."""

    name: str
    package: str
    bound: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """To a module and a dotted name in it: no name means the module, no module means what is defined here."""
    stars: list[str] = field(default_factory=list)
    public: frozenset[str] | None = None
    """What `__all__` lists, None where there is none that can be read."""
    tables: list[ast.Dict] = field(default_factory=list)
    lazy: bool = False
    """Whether attributes are made, from the tables, when they are asked for."""

    def bind(self, name: str, module: str = "", attribute: str = "") -> None:
        """Note that a name may stand for something."""
        held = self.bound.setdefault(name, [])
        if (module, attribute) not in held:
            held.append((module, attribute))

    def absolute(self, level: int, module: str | None) -> str:
        """Return the full name of the module in `from ..module import`."""
        if not level:
            return module or ""
        base = self.package.split(".")
        return ".".join([*base[: len(base) - level + 1], *([module] if module else [])])

    def exports(self, name: str) -> bool:
        """Return whether a star import takes a name."""
        return name in self.public if self.public is not None else not name.startswith("_")


class Reader:
    """Fills a module from its tree: what runs when it is imported, or says that it binds a global name."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.cls = ""
        """The classes around what is read, with a dot behind each."""
        self.globals: set[str] | None = None
        """In a function: the names that are the module's."""

    def run(self, statements: Iterable[ast.stmt]) -> None:
        """Read statements, and those inside them."""
        for statement in statements:
            rule = _RULES.get(type(statement))
            if rule is not None:
                rule(self, statement)
                continue
            for _, inner in ast.iter_fields(statement):
                for part in inner if isinstance(inner, list) else ():
                    self.run([part] if isinstance(part, ast.stmt) else getattr(part, "body", ()))

    def bind(self, name: str, module: str = "", attribute: str = "") -> None:
        """Bind a name where the statement stands."""
        if self.globals is None or name in self.globals:
            self.module.bind(self.cls + name, module, attribute)


def _import(reader: Reader, node: ast.Import) -> None:
    for alias in node.names:
        top = alias.name.partition(".")[0]
        reader.bind(alias.asname or top, alias.name if alias.asname else top)


def _import_from(reader: Reader, node: ast.ImportFrom) -> None:
    source = reader.module.absolute(node.level, node.module)
    for alias in node.names:
        if alias.name == "*":
            reader.module.stars.append(source)
        else:
            reader.bind(alias.asname or alias.name, source, alias.name)


def _class(reader: Reader, node: ast.ClassDef) -> None:
    if reader.globals is None:
        reader.bind(node.name)
        outer, reader.cls = reader.cls, f"{reader.cls}{node.name}."
        reader.run(node.body)
        reader.cls = outer


def _function(reader: Reader, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    if reader.globals is not None or reader.cls:
        return
    reader.bind(node.name)
    reader.module.lazy |= node.name == "__getattr__"
    reader.globals = {name for n in ast.walk(node) if isinstance(n, ast.Global) for name in n.names}
    reader.run(node.body)
    reader.globals = None


def _if(reader: Reader, node: ast.If) -> None:
    # What is imported for type checkers alone, or on Windows, is not there.
    if not re.search(r"TYPE_CHECKING|[em] == '(nt|win32)'", ast.unparse(node.test)):
        reader.run(node.body)
    reader.run(node.orelse)


def _assign(reader: Reader, node: ast.Assign | ast.AnnAssign) -> None:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Name) and node.value is not None:
            _assign_name(reader, target.id, node.value)
        elif isinstance(target, ast.Subscript) and ast.unparse(target.value) == "sys.modules":
            reader.module.lazy = True
    if isinstance(node.value, ast.Dict):
        reader.module.tables.append(node.value)


def _assign_name(reader: Reader, name: str, value: ast.expr) -> None:
    if name == "__all__" and not reader.cls:
        reader.module.public = _texts(value)
    if isinstance(value, ast.Call) and dotted(value.func) in {"staticmethod", "classmethod"} and value.args:
        value = value.args[0]
    source = dotted(value)
    if source is None:
        reader.bind(name)
    else:
        # An assignment is a name of the module itself.
        reader.bind(name, f"{reader.module.name}:", source)
    if isinstance(value, ast.Call) and (dotted(value.func) or "").rpartition(".")[2] == "attach":
        # Of `lazy_loader`, which takes the name of the module, its submodules, and a table.
        reader.module.lazy = True
        given = (*value.args, *(keyword.value for keyword in value.keywords))
        reader.module.tables += [table for table in given if isinstance(table, ast.Dict)]


def _extend(reader: Reader, node: ast.AugAssign) -> None:
    if isinstance(node.target, ast.Name) and node.target.id == "__all__":
        reader.module.public = None


def _texts(node: ast.expr) -> frozenset[str] | None:
    parts = getattr(node, "elts", None)
    if parts is None or not all(isinstance(part, ast.Constant) for part in parts):
        return None
    return frozenset(str(part.value) for part in parts)


_RULES: dict[type[ast.stmt], Callable[[Reader, Any], None]] = {
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.ClassDef: _class,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.If: _if,
    ast.Assign: _assign,
    ast.AnnAssign: _assign,
    ast.AugAssign: _extend,
}
"""The rules of statements that bind; of the others, those inside them are read."""


def dotted(node: ast.expr) -> str | None:
    """Return `a.b.c` as a text, None for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def parsed(path: Path) -> ast.Module | None:
    """Return the tree of a source, None where it can't be parsed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            return None


def read(name: str, path: Path) -> Iterator[Module]:
    """Yield what a module's source binds, and the modules that it makes."""
    tree = parsed(path)
    if tree is None:
        return
    module = Module(name, name if path.name == "__init__.py" else name.rpartition(".")[0])
    Reader(module).run(tree.body)
    stub = path.with_suffix(".pyi")
    if "lazy_loader" in module.bound or "lazy" in module.bound:
        # `attach_stub` takes its table from there.
        stubbed = parsed(stub) if stub.is_file() else None
        Reader(module).run(stubbed.body if stubbed is not None else ())
    if module.lazy:
        for table in module.tables:
            _hand_out(module, table)
    module.tables.clear()
    yield module
    if name.rpartition(".")[2] == "six":
        yield from _moves(name, tree)


def _hand_out(module: Module, table: ast.Dict) -> None:
    """Bind the names in a table of attributes that are made when they are asked for.

    It goes from a name to the module that has it, alone or in front of a name in it, or from a module to the
    names that it has.
    """
    for key, value in zip(table.keys, table.values, strict=True):
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            continue
        constants = [part for part in getattr(value, "elts", [value]) if isinstance(part, ast.Constant)]
        texts = [part.value for part in constants if isinstance(part.value, str)]
        if isinstance(value, (ast.List, ast.Set)):
            for text in texts:
                _offer(module, text, key.value, text)
        elif texts:
            _offer(module, key.value, texts[0], texts[1] if texts[1:] else key.value)


def _offer(module: Module, name: str, origin: str, attribute: str) -> None:
    """Bind a name to what a table says, which may count from the package or from the top."""
    if not name.isidentifier():
        return
    if origin.startswith("."):
        level = len(origin) - len(origin.lstrip("."))
        module.bind(name, module.absolute(level, origin.lstrip(".") or None), attribute)
    elif all(part.isidentifier() for part in origin.split(".")):
        module.bind(name, f"{module.package}.{origin}", attribute)
        module.bind(name, origin, attribute)


def _moves(name: str, tree: ast.Module) -> Iterator[Module]:
    """Yield the modules that a copy of six makes, its `moves`, from the lists that it holds."""
    found = {key: Module(f"{name}.{key}", f"{name}.{key}") for key in ("moves", "moves.urllib")}
    for node in tree.body:
        listed = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""
        if not (listed.endswith("_moved_attributes") and isinstance(node, ast.Assign)):
            continue
        part = listed.removesuffix("moved_attributes").strip("_").removesuffix("_moved")
        key = f"moves.{part}" if part else "moves"
        module = found.setdefault(key, Module(f"{name}.{key}", f"{name}.{key}"))
        for call in getattr(node.value, "elts", ()):
            words = [a.value for a in getattr(call, "args", ()) if isinstance(a, ast.Constant)]
            if isinstance(call, ast.Call) and dotted(call.func) == "MovedModule":
                module.bind(words[0], words[-1] if words[2:] else words[0])
            elif words[2:]:
                # Name, old module, new module, old attribute, new attribute; without it is the one before.
                module.bind(words[0], words[2], words[-1] if words[3:] else words[0])
    for key in [key for key in found if key.startswith("moves.urllib_")]:
        found["moves.urllib"].bind(key.removeprefix("moves.urllib_"), f"{name}.{key}")
    yield from found.values()


# What names really are.


class Sources:
    """All modules that are read."""

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}
        self.standard: set[str] = set()
        """The first names of the standard library."""
        self.homes: dict[str, str] = {}
        """From where a catalogued thing is defined to its catalogued name."""
        self.resolved: dict[str, str | None] = {}

    def add(self, root: Path, tops: Iterable[str]) -> None:
        """Read the packages below a folder; what another Python has beside it is added to what is there."""
        for top in sorted(tops):
            if (root / top).is_dir():
                self._folder(root / top, top)
            elif (root / f"{top}.py").is_file():
                self._file(root / f"{top}.py", top)

    def _folder(self, folder: Path, name: str) -> None:
        if (folder / "__init__.py").is_file():
            self._file(folder / "__init__.py", name)
        else:
            self.modules.setdefault(name, Module(name, name))
        for path in sorted(folder.iterdir()):
            stem = path.stem if path.suffix == ".py" else path.name
            inner = f"{name}.{stem}"
            if stem in UNREAD or inner in UNREAD_PACKAGES or not stem.isidentifier():
                continue
            if path.is_dir() and (any(path.glob("*.py")) or any(path.glob("*/*.py"))):
                self._folder(path, inner)
            elif path.suffix == ".py" and stem != "__init__" and not stem.endswith("_test"):
                self._file(path, inner)

    def _file(self, path: Path, name: str) -> None:
        for module in read(name, path):
            known = self.modules.setdefault(module.name, module)
            if known is not module:
                for bound, origins in module.bound.items():
                    for origin in origins:
                        known.bind(bound, *origin)
                known.stars += [star for star in module.stars if star not in known.stars]

    def find_homes(self) -> None:
        """Learn where the things that the catalogue names are defined."""
        for name in sorted((*CATALOGUE, *ATTRIBUTES), key=lambda name: (name.count("."), name)):
            module = name
            while module and module not in self.modules:
                module = module.rpartition(".")[0]
            thing = name[len(module) + 1 :].partition(".")[0]
            home = self._look(module, thing, MAX_CHAIN) if module and thing else None
            if home is not None and not self.is_decided(home) and home not in self.modules:
                self.homes.setdefault(home, f"{module}.{thing}")

    def resolve(self, module: str, name: str, left: int = MAX_CHAIN) -> str | None:
        """Return what `module.name` really is, None where it is nothing that is known."""
        full = f"{module}.{name}" if name else module
        if self.is_decided(full) or not left:
            return full
        if full not in self.resolved:
            self.resolved[full] = self._look(module, name, left)
        return self.resolved[full]

    def _look(self, module: str, name: str, left: int) -> str | None:
        full = f"{module}.{name}" if name else module
        known = self.modules.get(module)
        if known is None:
            # Of what is not read nothing is known but its name.
            return full if module.partition(".")[0] not in self.modules else None
        origins = known.bound.get(name, ()) if name else ()
        found = [got for origin in origins if (got := self._follow(known, name, origin, left)) is not None]
        if full in self.modules:
            found.append(full)
        for star in reversed(known.stars if not any(map(self._is_read, found)) else ()):
            source = self.modules.get(star)
            if source is not None and source.exports(name):
                found += [got for got in [self.resolve(star, name, left - 1)] if got is not None]
        # Of several that it may be, what is imported, and of that what does most.
        return min(found, key=lambda got: (got == full, self._harmlessness(got))) if found else None

    def _is_read(self, name: str) -> bool:
        top = name.partition(".")[0]
        return top in self.modules or top in self.standard

    def _harmlessness(self, name: str) -> int:
        if name in CATALOGUE:
            return 0
        if acts(name):
            return 1
        if name.partition(".")[0] in self.standard:
            return 2
        return 3 if self._is_read(name) else 4

    def _follow(self, module: Module, name: str, origin: tuple[str, str], left: int) -> str | None:
        source, attribute = origin
        own = f"{module.name}.{name}"
        if source.endswith(":"):
            return self._assigned(module, attribute, left) or own
        if not source:
            return own
        if (source, attribute) == (module.name, name):
            return own if own in self.modules else None
        return self.resolve(source, attribute, left - 1)

    def _assigned(self, module: Module, source: str, left: int) -> str | None:
        """Return what a dotted name is inside a module, None where that is not known."""
        head, *rest = source.split(".")
        if head in module.bound:
            value = self.resolve(module.name, head, left - 1)
        else:
            value = f"builtins.{head}" if f"builtins.{head}" in CATALOGUE else None
        for part in rest:
            value = self.resolve(value, part, left - 1) if value is not None else None
        return value

    def names(self, module: Module, seen: frozenset[str] = frozenset()) -> set[str]:
        """Return every name that a module binds, through its star imports too."""
        found = set(module.bound)
        for star in module.stars:
            source = self.modules.get(star)
            if source is not None and star not in seen:
                inner = self.names(source, seen | {module.name})
                found |= {name for name in inner if "." not in name and source.exports(name)}
        return found

    def lines(self, top: str) -> Iterator[str]:
        """Yield a line for every module of a package, and every class, that hands on what is not its own."""
        for name in sorted(self.modules):
            if name == top or name.startswith(f"{top}."):
                entries: dict[str, list[str]] = {}
                for bound in sorted(self.names(self.modules[name])):
                    owner = f"{name}.{bound}".rpartition(".")[0]
                    entry = self._entry(f"{name}.{bound}", name, bound, top)
                    if entry is not None:
                        entries.setdefault(owner, []).append(entry)
                yield from (" ".join([self._short(o, top), *sorted(entries[o])]) for o in sorted(entries))

    def _entry(self, full: str, module: str, name: str, top: str) -> str | None:
        last = full.rpartition(".")[2]
        if last.startswith("__") or self.is_decided(full):
            return None
        found = self.resolve(module, name)
        if found is None:
            return None
        home = self.homes.get(found, found)
        target = renamed(home)
        is_module = target in self.modules or target in SUBMODULES or target in self.standard
        known = is_module or target in HEADS or target in CONSTANTS
        if f"{target}.".startswith(f"{full}.") or not (
            known or (acts(target) and not home.startswith(f"{top}."))
        ):
            return None
        shown = self._short(target, top)
        if not is_module:
            shown = ":".join(shown.rsplit(".", 1))
        return shown if target.rpartition(".")[2] == last and target != top else f"{last}={shown}"

    def _short(self, name: str, top: str) -> str:
        """Return a name as the text of a package has it: its own names begin with a dot."""
        within = name == top or name.startswith(f"{top}.")
        return name[len(top) :] or "." if within and top not in self.standard else name

    def is_decided(self, name: str) -> bool:
        """Return whether the catalogue itself says what a name is."""
        if name in ALIASES or name in HEADS or name in CONSTANTS or name in PURE:
            return True
        if name in SUBMODULES or name in self.standard:
            return True
        return renamed(name) in HEADS and not self._is_import(name)

    def _is_import(self, name: str) -> bool:
        owner, _, last = name.rpartition(".")
        module = self.modules.get(owner)
        return module is not None and any(source and not rest for source, rest in module.bound.get(last, ()))


def acts(name: str) -> bool:
    """Return whether a name stands below a module of the standard library that acts on the world."""
    while name and name not in PURE:
        if name in LISTED or name in REFUSED:
            return True
        name = name.rpartition(".")[0]
    return False


# Where packages lie, and the texts.


def tops_of(distribution: Distribution) -> set[str]:
    """Return the names that a distribution's modules start with."""
    files = (file for file in distribution.files or () if file.suffix == ".py" and ".." not in file.parts)
    return {top for file in files if (top := file.parts[0].removesuffix(".py")).isidentifier()} - UNREAD


def normal(name: str) -> str:
    """Return a distribution's name in its normal form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def standard_library(program: str) -> tuple[Path, frozenset[str], str]:
    """Return where a Python's library lies, what it holds, and which version it is."""
    code = "import os, sys; print(os.__file__, sys.version.split()[0], *sys.stdlib_module_names)"
    words = subprocess.run([program, "-I", "-c", code], check=True, capture_output=True, text=True).stdout
    path, version, *names = words.split()
    return Path(path).parent, frozenset(names) - UNREAD, version


def install(folder: Path) -> Path:
    """Make an environment with the packages and return where they lie."""
    venv.create(folder, with_pip=True)
    program = folder / "bin" / "python"
    options = ["--no-deps", "--no-compile", "--only-binary", ":all:", "--quiet", "--requirement", str(PINS)]
    subprocess.run([program, "-m", "pip", "install", *options], check=True)
    return next((folder / "lib").glob("python*/site-packages"))


def make(packages: Path, programs: list[str]) -> dict[str, str]:
    """Return the texts of the index by the name of their file."""
    sources = Sources()
    versions: dict[str, list[str]] = {STANDARD: []}
    for program in programs:
        library, names, version = standard_library(program)
        sources.standard |= names
        sources.add(library, names)
        versions[STANDARD].append(version)
    pinned = {line.partition("==")[0] for line in PINS.read_text(encoding="utf-8").split()}
    for distribution in distributions(path=[str(packages)]):
        name = distribution.metadata["Name"]
        tops = tops_of(distribution) - sources.standard if normal(name) in pinned else set()
        sources.add(packages, tops - versions.keys())
        for top in tops:
            versions.setdefault(top, []).append(f"{name} {distribution.version}")
    sources.find_homes()
    texts: dict[str, str] = {}
    for top, made_from in versions.items():
        parts = sorted(sources.standard) if top == STANDARD else [top]
        lines = [line for part in parts for line in sources.lines(part)]
        if lines:
            texts[top] = "\n".join([f"# {', '.join(sorted(made_from))}", *lines, ""])
    return texts


def main() -> int:
    """Write the index; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--environment", type=Path, help="a site-packages folder that is read instead")
    parser.add_argument("--python", action="append", help="a Python whose standard library is read")
    options = parser.parse_args()
    programs = options.python or [sys.executable]
    with tempfile.TemporaryDirectory() as folder:
        texts = make(options.environment or install(Path(folder)), programs)
    INDEX.mkdir(exist_ok=True)
    for path in INDEX.glob("*.txt"):
        path.unlink()
    for top, text in texts.items():
        (INDEX / f"{top}.txt").write_text(text, encoding="utf-8")
    print(f"{len(texts)} packages, {sum(map(len, texts.values())):,} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())

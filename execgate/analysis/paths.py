"""Paths, as `os.path` and `pathlib` compute them, with holes where a part is not known.

The program will run in `/workspace` with `/home/agent` as its home, whatever the machine of the gate is like.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from execgate.analysis.holes import flatten, restore
from execgate.analysis.texts import from_parts, parts_of
from execgate.analysis.values import (
    MAX_ALTERNATIVES,
    NUM,
    Anything,
    Args,
    Const,
    Obj,
    Part,
    Seq,
    Str,
    Value,
    alternatives,
    union,
)
from execgate.model.places import HOME, WORKSPACE
from execgate.model.values import Hole, Template, Text, Unknown

PATH = "pathlib.Path"

_ANY: tuple[Part, ...] = (Hole.ANY,)

Parts = tuple[Part, ...]


def make(text: Value) -> Value:
    """Return a path object for each text that `text` can be."""
    return union(Obj(PATH, {"path": alternative}) for alternative in alternatives(text))


def text_of(value: Value) -> Value:
    """Return the text behind a path object, and other values as they are."""
    if isinstance(value, Obj) and value.type == PATH:
        return value.fields.get("path", Anything("it is a path that is not known"))
    if isinstance(value, Const) and isinstance(value.value, bytes):
        return Const(value.value.decode("utf-8", "surrogateescape"))
    return value


def each(function: Callable[..., Parts], *values: Value) -> Value:
    """Return what a function of texts gives for every combination of what its arguments can be."""
    combinations: list[tuple[Parts, ...]] = [()]
    for value in values:
        options = [
            parts_of(inner)
            for alternative in alternatives(value)
            for inner in alternatives(text_of(alternative))
        ]
        if len(combinations) * len(options) > MAX_ALTERNATIVES:
            options = [_ANY]
        combinations = [(*left, right) for left in combinations for right in options]
    return union(from_parts(function(*combination)) for combination in combinations)


def join_parts(*pieces: Parts) -> Parts:
    """`os.path.join`: an absolute piece starts anew."""
    result: Parts = ()
    for piece in pieces:
        first = piece[0] if piece else ""
        if not result or (isinstance(first, str) and first.startswith("/")):
            result = piece
        elif isinstance(result[-1], str) and result[-1].endswith("/"):
            result += piece
        else:
            result += ("/", *piece)
    return result


def _literal(parts: Parts) -> str | None:
    if not parts:
        return ""
    return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else None


def _cut(parts: Parts) -> tuple[Parts, Parts] | None:
    """Split behind the last separator; None where a hole could hold one."""
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if part is Hole.ANY:
            return None
        if isinstance(part, str) and "/" in part:
            head, _, tail = part.rpartition("/")
            return (*parts[:index], head + "/"), ((tail,) if tail else ()) + parts[index + 1 :]
    return (), parts


def dirname(parts: Parts) -> Parts:
    """`os.path.dirname`."""
    literal = _literal(parts)
    if literal is not None:
        return (posixpath.dirname(literal),)
    cut = _cut(parts)
    if cut is None:
        return _ANY
    head = list(cut[0])
    if head and isinstance(head[-1], str) and head != ["/"]:
        head[-1] = head[-1].rstrip("/")
    return tuple(head)


def basename(parts: Parts) -> Parts:
    """`os.path.basename`."""
    cut = _cut(parts)
    return _ANY if cut is None else cut[1]


def absolute(parts: Parts) -> Parts:
    """`os.path.abspath`."""
    literal = _literal(parts)
    if literal is not None:
        return (posixpath.normpath(posixpath.join(WORKSPACE, literal)),)
    return join_parts((WORKSPACE,), parts)


def normal(parts: Parts) -> Parts:
    """`os.path.normpath`; a text with holes is left to whoever judges it."""
    literal = _literal(parts)
    return (posixpath.normpath(literal),) if literal is not None else parts


def expanded(parts: Parts) -> Parts:
    """`os.path.expanduser` for the user that the program runs as."""
    first = parts[0] if parts else ""
    if isinstance(first, str) and (first == "~" or first.startswith("~/")):
        return (HOME + first[1:], *parts[1:])
    named = first.startswith("~") if isinstance(first, str) else first is not Hole.NUMBER
    return _ANY if named else parts


def _root(parts: Parts) -> Parts:
    cut = _extension(parts)
    return _ANY if cut is None else cut[0]


def _suffix(parts: Parts) -> Parts:
    cut = _extension(parts)
    return _ANY if cut is None else cut[1]


def _last_suffix(parts: Parts) -> Parts:
    literal = _literal(parts)
    if literal is None:
        return _ANY
    suffix = PurePosixPath(literal).suffix
    return (suffix,) if suffix else ()


def _extension(parts: Parts) -> tuple[Parts, Parts] | None:
    last = parts[-1] if parts else ""
    if last is Hole.WORD:
        # Whatever its extension is, what is left is a part of a name.
        return parts, (Hole.WORD,)
    if not isinstance(last, str):
        return None
    if len(parts) == 1:
        root, extension = posixpath.splitext(last)
        return (root,), ((extension,) if extension else ())
    # Something stands before it, so that a dot at its start is not that of a hidden file.
    root, extension = posixpath.splitext(f"_{last}")
    return ((*parts[:-1], root[1:]), (extension,)) if extension else None


def _stem(parts: Parts) -> Parts:
    return _root(basename(parts))


def globbed(pattern: Parts) -> Value:
    """Return what one result of `glob` can be: the pattern with its wild cards as names."""
    flat = flatten(Template(pattern)) if _literal(pattern) is None else _literal(pattern)
    if flat is None or Hole.ANY in pattern:
        return Str(_ANY)
    flat = _RECURSIVE.sub("**/", flat)
    if flat.count("**") > MAX_RECURSIVE:
        return Str(_ANY)
    levels = _DEPTHS if "**" in flat else (1,)
    return union(from_parts(_wild(flat, depth)) for depth in levels)


_DEPTHS = (0, 1, 2, 9)
"""How deep a recursive search is said to go: a policy that permits all of these permits every depth."""


MAX_RECURSIVE = 8
"""How many times a pattern may search recursively before its results count as unknown."""

_RECURSIVE = re.compile(r"(?:(?<![^/])\*\*/+)+")
_WILD_CARDS = re.compile(r"(?:\*|\?|\[!?\]?[^\]]*\])+")
_STARS = re.compile(r"[*?]+")


def _wild(pattern: str, depth: int) -> Parts:
    components: list[list[Part]] = []
    for component in pattern.split("/"):
        if component == "**":
            components += [[Hole.WORD]] * depth
            continue
        parts: list[Part] = []
        # Behind the last one that closes, no bracket opens a choice: there, none is looked for.
        head, bracket, tail = component.rpartition("]")
        first, *rest = _STARS.split(tail)
        pieces = _WILD_CARDS.split(head + bracket)
        for place, piece in enumerate([*pieces[:-1], pieces[-1] + first, *rest]):
            if place and parts[-1:] != [Hole.WORD]:
                parts.append(Hole.WORD)
            known = restore(piece)
            parts += known.parts if isinstance(known, Template) else (piece,) if piece else ()
        components.append(parts)
    return tuple(part for index, found in enumerate(components) for part in (["/"] * (index > 0) + found))


def child(parts: Parts) -> Parts:
    """Return one entry of a folder."""
    return join_parts(parts, (Hole.WORD,))


def attribute(value: Obj, name: str) -> Value | None:
    """Return a path object's attribute, None where it has to be a method."""
    text = text_of(value)
    if name == "parent":
        return make(each(parent, text))
    if name in {"name", "stem", "suffix"}:
        found = each({"name": basename, "stem": _stem, "suffix": _suffix}[name], text)
        return union([found, Const("")]) if name == "suffix" and isinstance(found, Str) else found
    if name == "parents":
        above: list[Value] = []
        current = text
        for _ in range(8):
            current = each(parent, current)
            above.append(make(current))
        return Seq(above)
    if name in {"parts", "suffixes"}:
        known = [_literal(parts_of(alternative)) for alternative in alternatives(text)]
        if len(known) == 1 and known[0] is not None:
            return Seq(
                map(Const, getattr(PurePosixPath(known[0]), name)),
                kind="tuple" if name == "parts" else "list",
            )
        return Seq([], Str((Hole.WORD,)) if name == "suffixes" else Str(_ANY))
    if name in {"drive", "root", "anchor"}:
        return Const("") if name == "drive" else each(_anchor, text)
    return None


def _anchor(parts: Parts) -> Parts:
    first = parts[0] if parts else ""
    if isinstance(first, Hole):
        return _ANY if first is Hole.ANY else ()
    return ("/",) if first.startswith("/") else ()


def parent(parts: Parts) -> Parts:
    """`Path.parent`."""
    literal = _literal(parts)
    if literal is not None:
        return (posixpath.dirname(literal.rstrip("/")) or ("/" if literal.startswith("/") else "."),)
    found = dirname(parts)
    return found or (".",)


def method(name: str, value: Obj, args: Args, folders: Sequence[Text] = ()) -> Value | None:
    """Return what a path object's method gives, None where it is nothing that this module computes.

    `folders` are those that the program may have changed into.
    """
    text = text_of(value)
    given = args.positional
    if args.rest is not None or args.others is not None:
        given = [*given, Anything("it comes from unknown arguments")]
    if name in {"joinpath", "__truediv__", "with_segments"}:
        return make(each(join_parts, text, *given))
    if name == "__rtruediv__" and given:
        return make(each(join_parts, given[0], text))
    if name in {"resolve", "absolute", "readlink"}:
        if name == "readlink":
            return make(Str(_ANY))
        moved = [each(lambda parts, base=base: _from(base, parts), text) for base in map(_base, folders)]
        return union(map(make, [each(absolute, text), *moved]))
    if name == "expanduser":
        return make(each(expanded, text))
    if name in {"with_name", "with_stem"} and given:
        named = given[0]
        return (
            make(each(lambda path, new: join_parts(parent(path), new), text, named))
            if name == "with_name"
            else make(
                each(lambda path, new: join_parts(parent(path), (*new, *_last_suffix(path))), text, named)
            )
        )
    if name == "with_suffix" and given:
        return make(each(lambda path, new: (*_root(path), *new), text, given[0]))
    if name in {"as_posix", "__str__", "__fspath__"}:
        return text
    if name == "as_uri":
        return each(lambda path: ("file://", *absolute(path)), text)
    if name in {"rename", "replace", "copy", "move", "copy_into", "move_into"} and given:
        return make(given[0])
    if name == "relative_to":
        return make(each(_relative, text, given[0])) if given else None
    if name == "iterdir":
        return Seq([], make(each(child, text)))
    if name in {"glob", "rglob"} and given:
        pattern = each(lambda p: ("**/", *p), given[0]) if name == "rglob" else given[0]
        whole = each(join_parts, text, pattern)
        return Seq([], union(make(globbed(parts_of(alternative))) for alternative in alternatives(whole)))
    if name == "walk":
        return Seq([], _walked(text))
    if name == "samefile":
        return None
    return None


def _relative(path: Parts, base: Parts) -> Parts:
    left, right = _literal(path), _literal(base)
    if left is not None and right is not None:
        prefix = right.rstrip("/") + "/"
        if left.startswith(prefix):
            return (left[len(prefix) :],)
    return _ANY


def _walked(top: Value) -> Value:
    folders = union(
        from_parts(join_parts(parts_of(text_of(alternative)), *([(Hole.WORD,)] * depth)))
        for alternative in alternatives(top)
        for depth in _DEPTHS
    )
    names = Str((Hole.WORD,))
    return Seq([folders, Seq([], names), Seq([], names)], kind="tuple")


# What the functions of the library give.  Each takes the arguments of the call.


def _first(args: Args, *names: str) -> Value:
    if args.positional:
        return args.positional[0]
    for name in names:
        if name in args.keywords:
            return args.keywords[name]
    return Anything("it comes from unknown arguments") if args.rest or args.others else Const(".")


def _all(args: Args) -> Sequence[Value]:
    rest = [Anything("it comes from unknown arguments")] if args.rest is not None else []
    return [*args.positional, *rest]


def _on(function: Callable[..., Parts]) -> Callable[[Args], Value]:
    return lambda args: each(function, _first(args, "path", "p", "filename", "pathname"))


def _constructed(args: Args) -> Value:
    given = _all(args)
    return make(each(join_parts, *given) if given else Const("."))


def _listed(args: Args) -> Value:
    del args
    return Seq([], Str((Hole.WORD,)))


def _found(args: Args) -> Value:
    pattern = _first(args, "pathname")
    root = args.keywords.get("root_dir")
    if root is not None and not (isinstance(root, Const) and root.value is None):
        # Results are relative to the root.
        pattern = each(lambda parts: parts, pattern)
    return Seq([], union(globbed(parts_of(text_of(alternative))) for alternative in alternatives(pattern)))


def temporary(folder: Value | None) -> Value:
    """Return the path of something temporary: a made-up name in a folder, `/tmp` unless it is given."""
    if folder is None or (isinstance(folder, Const) and folder.value is None):
        folder = Const("/tmp")  # noqa: S108 - the guest's, not ours
    return each(child, folder)


def _temporary(args: Args) -> Value:
    return temporary(args.get(2, "dir"))


def _scanned(args: Args) -> Value:
    folder = _first(args, "path")
    path = each(child, folder)
    return Seq([], Obj("os.DirEntry", {"path": path, "name": Str((Hole.WORD,))}))


def _split(args: Args) -> Value:
    path = _first(args, "p")
    return Seq([each(dirname, path), each(basename, path)], kind="tuple")


def _split_extension(args: Args) -> Value:
    path = _first(args, "p")
    suffix = each(_suffix, path)
    if isinstance(suffix, Str):
        suffix = union([suffix, Const("")])
    return Seq([each(_root, path), suffix], kind="tuple")


FUNCTIONS: dict[str, Callable[[Args], Value]] = {
    "os.path.join": lambda args: each(join_parts, *_all(args)) if _all(args) else Str(_ANY),
    "os.path.dirname": _on(dirname),
    "os.path.basename": _on(basename),
    "os.path.abspath": _on(absolute),
    "os.path.realpath": _on(absolute),
    "os.path.normpath": _on(normal),
    "os._path_normpath": _on(normal),  # as Python 3.11 and later have it
    "posix._path_normpath": _on(normal),
    "os.path.normcase": _on(normal),
    "os.path.expanduser": _on(expanded),
    "os.path.split": _split,
    "os.path.splitext": _split_extension,
    "os.fspath": lambda args: text_of(_first(args, "path")),
    "os.fsdecode": lambda args: text_of(_first(args, "filename")),
    "os.getcwd": lambda _: Const(WORKSPACE),
    "os.listdir": _listed,
    "os.scandir": _scanned,
    "os.walk": lambda args: Seq([], _walked(_first(args, "top"))),
    "glob.glob": _found,
    "glob.iglob": _found,
    "tempfile.mkdtemp": _temporary,
    "tempfile.mktemp": _temporary,
    "tempfile.mkstemp": lambda args: Seq([NUM, _temporary(args)], kind="tuple"),
    "tempfile.gettempdir": lambda _: Const("/tmp"),  # noqa: S108 - the guest's, not ours
    "pathlib.Path": _constructed,
    "pathlib.PosixPath": _constructed,
    "pathlib.PurePath": _constructed,
    "pathlib.PurePosixPath": _constructed,
    "pathlib.Path.home": lambda _: make(Const(HOME)),
    "pathlib.Path.cwd": lambda _: make(Const(WORKSPACE)),
}


def function(name: str, args: Args, folders: Sequence[Text]) -> Value | None:
    """Return what a function of paths gives, None where this module does not compute it.

    `folders` are those that the program may have changed into.
    """
    computed = FUNCTIONS.get(name)
    if computed is None:
        return None
    result = computed(args)
    if not folders or name not in _STARTING_AT_THE_WORKING_FOLDER:
        return result
    given = Const(".") if name in _WORKING_FOLDER else _first(args, "path", "filename")
    moved = union(each(lambda parts, base=base: _from(base, parts), given) for base in map(_base, folders))
    return union([result, make(moved) if name.startswith("pathlib.") else moved])


_WORKING_FOLDER = frozenset({"os.getcwd", "os.getcwdb", "pathlib.Path.cwd"})
_STARTING_AT_THE_WORKING_FOLDER = _WORKING_FOLDER | {"os.path.abspath", "os.path.realpath"}


def _base(folder: Text) -> Parts:
    if isinstance(folder, Unknown):
        return _ANY
    return join_parts((WORKSPACE,), folder.parts if isinstance(folder, Template) else (folder,))


def _from(base: Parts, parts: Parts) -> Parts:
    return normal(parts_of(from_parts(join_parts(base, parts))))

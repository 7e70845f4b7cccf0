"""Whose doing an event is: the program's, or that of Python and its library for reasons of their own.

All that happens while a program runs is the program's doing, except:

1. What the recorder leaves out at once, since it is how a module is loaded: files of the library that are opened for
   reading, and code that is unmarshalled and run, where a frame of the import system is nearer than any frame of
   the program; and import statements of the library itself.
2. What a line of `OWN` says: named functions of the library, a kind of touch, the operands, and why.
3. What `tempfile` does to what it made itself a moment before.
4. That the program's own text is read, which Python does where it shows an error.

A line of `OWN` needs its function between the event and the program's frame, so that a program that does the same
by itself is not excused.  Where the library does what it was told to do in another way, a line of `REWORDED` says
which word stands for it; the operation on that path has to be there all the same.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from .touches import CODE, CONTROL, ENVIRONMENT, FILE, HOST, IMPORT, NATIVE, OBJECTS, PROCESS, Touch


@dataclass(frozen=True, slots=True)
class Own:
    """Something that the library does by itself; every field is a pattern, but `kind` and `why`."""

    functions: str
    """Names such as `tempfile._get_default_tempdir`; one of those in between has to match."""
    kind: str
    words: str
    operands: str
    why: str
    nearest: bool = False
    """Whether the nearest of those in between has to match."""


_LIBRARY = r"/usr/(?:local/)?lib(?:/python3.*)?"
OWN_TEXT = rf"(?:/workspace|{_LIBRARY})/main\.py"
"""The program's own file, and where Python looks for it: it is nowhere."""
_ASKING = r"(?:genericpath|posixpath|pathlib|os)\."

OWN: tuple[Own, ...] = (
    # files
    Own(
        r"tempfile\._get_default_tempdir", FILE, "read|create|write|delete", r"/tmp/\w{8}",
        "it tries whether a folder can be written to, with an empty file that it removes at once",
    ),
    Own(
        r"tempfile\.(?:Named)?TemporaryFile", FILE, "read|write", r".*",
        "the event names the folder, and the file is told by the opener", nearest=True,
    ),
    Own(
        r"gettext\.d?n?p?gettext", FILE, "read|stat", r"/usr/share/locale.*|/usr/lib/.*\.mo",
        "the library looks for its own words in the user's language",
    ),
    Own(
        r"mimetypes\.init", FILE, "read|stat", r"/etc/.*mime\.types|/usr/local/.*mime\.types",
        "the library's table of kinds of files",
    ),
    Own(
        r"(?:traceback|warnings|linecache|threading)\.\w+", FILE, "read|stat",
        rf"{_LIBRARY}.*\.py|/workspace/main\.py|/opt/execgate/.*",
        "a traceback or a warning shows the lines of the code that it is about",
    ),
    Own(r"pdb\.__init__", FILE, "read", r".*/\.pdbrc", "the settings of the debugger that runs examples"),
    Own(
        r"zoneinfo\..*", FILE, "read|stat", r".*/zoneinfo/.*|.*/tzdata/.*",
        "the library's table of zones; it refuses a name that leads out of it",
    ),
    Own(
        r"(?:importlib\.(?:metadata|resources)|sysconfig|modulefinder|pydoc|pkgutil|venv|inspect|trace)\b.*", FILE,
        "read|list|stat", rf"{_LIBRARY}.*", "what is installed is looked through, in the folders of the library",
    ),
    Own(r"venv\..*", FILE, "read", r"/usr/(?:local/)?bin/python3.*", "the interpreter is copied"),
    Own(
        r"(?:subprocess\._get_devnull|multiprocessing\.util\._close_stdin)", FILE, "read|write", r"/dev/null",
        "it is nowhere",
    ),
    Own(
        r"multiprocessing\..*", FILE, ".*", r"/dev/shm/.*|/tmp/pymp-.*",
        "memory and sockets that a program shares with its own processes",
    ),
    Own(
        r"logging\.handlers\.getFilesToDelete", FILE, "list", r".*",
        "the older logs are looked for, and no name is told",
    ),
    Own(
        r"posixpath\.(?:_joinrealpath|realpath|ismount)|pathlib\.resolve", FILE, "stat", r".*",
        "where the links of a path lead is asked, and nothing of a file",
    ),
    Own(r"os\.(?:makedirs|renames|removedirs)", FILE, "stat", r".*", "what is missing above a folder is asked"),
    Own(rf"(?!{_ASKING}).*", FILE, "stat", r".*", "a function asks for its own sake; what it then does is told"),
    # processes and hosts
    Own(r"pipes\.copy", PROCESS, "shell", r"cat <\S+ >\S+", "a pipeline of no programs copies"),
    Own(r"smtplib\.__init__", HOST, "resolve", r"sandbox", "a client says the name of its own machine"),
    # the rest
    Own(r"multiprocessing\.(?:heap|sharedctypes)\..*", NATIVE, ".*", r"", "memory that processes share"),
    Own(r"multiprocessing\..*", OBJECTS, "pickle", r"", "what a program hands to its own processes"),
    Own(
        r"(?:subprocess|multiprocessing\..*|asyncio\..*)\.(?:send_signal|_send_signal|kill|terminate)", CONTROL,
        "kill", r"", "a program ends a process that it started",
    ),
    Own(
        r"(?!(?:os|posixpath|collections\.abc|_collections_abc)\.).*", ENVIRONMENT, "read|list", r".*",
        "a function looks for its own settings",
    ),
    Own(r"posixpath\.expanduser", ENVIRONMENT, "read", r"HOME", "the home folder of the sandbox is known"),
    Own(r"os\.(?:_execvpe|get_exec_path)", ENVIRONMENT, "read", r"PATH", "a program is looked for"),
    Own(r"(?:_collections_abc|collections\.abc)\.clear", ENVIRONMENT, "read|list", r".*", "what is removed is not told"),
    Own(r".+", CODE, r".*", r"", "a function makes or looks at code of its own"),
    Own(r"zoneinfo\..*", IMPORT, ".*", r"tzdata.*", "the library's table of zones"),
    Own(
        r"(?:encodings|dbm|hashlib|xml\.sax|multiprocessing|asyncio|unittest)\b.*", IMPORT, ".*",
        r"encodings\..*|dbm\..*|_\w+|xml\..*|multiprocessing\..*",
        "a part of a module that is imported when it is needed",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reworded:
    """What the library does on the way to what it was told to do."""

    functions: str
    words: str
    word: str
    why: str


REWORDED: tuple[Reworded, ...] = (
    Reworded(r"mailbox\._create_carefully", "read", "write", "what was made just now is opened again"),
    Reworded(r"py_compile\..*", "create|move", "write", "what is written goes to its place when it is whole"),
    Reworded(
        r"shutil\.(?:rmtree|_rmtree_safe_fd)|os\._?fwalk", "read", "list",
        "a folder is opened to see what is in it",
    ),
    Reworded(
        r"fileinput\..*|mailbox\..*", "move|delete|chmod|create|link", "write",
        "a file that is changed in place is moved aside and written anew",
    ),
    Reworded(r"dbm\.dumb\..*", "move|delete|chmod", "write", "its index is moved aside and written anew"),
    Reworded(
        r"zipfile\.__init__|tarfile\.__init__", "write", "append",
        "what is added to an archive replaces the list at its end",
    ),
    Reworded(r"venv\..*", "read|write|chmod|link", "create", "an environment is made"),
)  # fmt: skip


def whose(touch: Touch, made: AbstractSet[str] = frozenset()) -> str | None:
    """Return why something is not the program's doing, None where it is.

    `made` are the paths that `tempfile` has made so far.
    """
    through = touch.record.through
    if touch.kind == FILE and touch.word in {"read", "stat"} and re.fullmatch(OWN_TEXT, touch.operand or ""):
        return "the program's own text is shown where it fails"
    if (
        _of_tempfile(touch)
        and touch.word != "create"
        and any(_is_below(touch.operand or "", path) for path in made)
    ):
        return "a temporary file goes as it came"
    for line in OWN:
        if (
            touch.kind == line.kind
            and re.fullmatch(line.words, touch.word)
            and re.fullmatch(line.operands, touch.operand or "")
            and any(re.fullmatch(line.functions, one) for one in (through[:1] if line.nearest else through))
        ):
            return line.why
    return None


def reworded(touch: Touch) -> Touch:
    """Return what the program was after, where the library does it in another way."""
    for line in REWORDED:
        if (
            touch.kind == FILE
            and re.fullmatch(line.words, touch.word)
            and any(re.fullmatch(line.functions, function) for function in touch.record.through)
        ):
            return replace(touch, word=line.word)
    return touch


def is_made_by_tempfile(touch: Touch) -> bool:
    """Return whether `tempfile` has just made a file or folder with a name of its own choice."""
    return touch.kind == FILE and touch.word == "create" and _of_tempfile(touch)


def _of_tempfile(touch: Touch) -> bool:
    return touch.kind == FILE and any(function.startswith("tempfile.") for function in touch.record.through)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")

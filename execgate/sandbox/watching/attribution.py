"""Whose doing a sight is: the program's, or that of Python, its libraries and the system, for their own sake.

All that happens while a program runs is the program's doing, except:

1. What a line of `PLACES` says: files of the image that hold nothing of anybody, whoever touches them, such
   as modules, time zones, fonts and certificates that are read, and `/dev/null`.
2. What a line of `OWN` says: named functions of the library, a kind of sight, the operands, and why.  Such a
   function has to lie between the event and the program's frame, so that a program that does the same by
   itself is not excused.
3. What loading a module consists of, where a frame of the import system is nearer than any frame of the
   program.
4. What `tempfile` does to what it made itself a moment before.
5. That the program's own text is read, which Python does where it shows an error.
6. A system call of which an audit event told before it: one thing is seen twice.
7. A helper of the library that is known by every word of its command, whoever starts it (`HELPER`).

Where the library does what it was told to do in another way, a line of `REWORDED` says which word stands for
it; the operation on that path has to be there all the same.
"""

# Each rule of the tables stands in one piece; the temporary folders are those inside the container.
# ruff: noqa: E501, S108

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from execgate.model.places import WORKSPACE
from execgate.sandbox.watching.events import (
    CODE,
    CONTROL,
    ENVIRONMENT,
    FILE,
    HOST,
    IMPORT,
    NATIVE,
    OBJECTS,
    PROCESS,
    Event,
    Sight,
)


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


@dataclass(frozen=True, slots=True)
class Place:
    """Something of the image or the system that is nobody's; both fields but `why` are patterns."""

    words: str
    paths: str
    why: str


PLACES: tuple[Place, ...] = (
    Place(
        "read|list|stat", r"/(?:usr/(?:local/)?)?(?:lib(?:32|64|exec|x32)?|s?bin|share)(?:/.*)?|/opt/execgate(?:/.*)?",
        "modules, programs, shared libraries, time zones, locales, fonts and certificates of the image",
    ),
    Place("create|write|delete", r"/usr/.*/__pycache__(?:/.*)?", "a compiled module, in a folder that is read-only"),
    Place(
        "read|list|stat",
        r"/etc/(?:ld\.so\..*|localtime|timezone|mime\.types|nsswitch\.conf|resolv\.conf|hosts|host\.conf|gai\.conf"
        r"|services|protocols|inputrc|os-release|ssl(?:/.*)?|pki(?:/.*)?|ca-certificates(?:/.*)?|fonts(?:/.*)?"
        r"|python3.*|terminfo(?:/.*)?|locale.*|apache2/mime\.types)",
        "settings of the image that the C library and Python's look for",
    ),
    Place(
        "read|list|stat",
        r"/proc/(?:self|\d+|thread-self)/(?:stat|statm|status|maps|smaps|cgroup|mountinfo|mounts|limits|auxv|exe"
        r"|cmdline|fd(?:/\d*)?|task)|/proc/(?:cpuinfo|meminfo|stat|version|loadavg|filesystems|uptime|mounts|self)"
        r"|/proc/sys/(?:vm/overcommit_memory|vm/max_map_count|kernel/(?:osrelease|ngroups_max|random/.*|cap_last_cap))",
        "figures of its own process and of the machine that run times and numeric libraries look at",
    ),
    Place(
        "read|list|stat", r"/sys/(?:devices/system/(?:cpu|node)|fs/cgroup|kernel/mm)(?:/.*)?",
        "processors and memory, counted by run times and numeric libraries",
    ),
    Place("read|write|append|chmod|stat", r"/dev/(?:null|zero|full|u?random|tty|std(?:in|out|err)|fd/\d+)",
          "nothing comes from there, or goes there, but the program's own output"),
    Place("write|append|stat", r"/proc/(?:self|\d+)/fd/[012]", "the program's own output"),
    Place("write|stat", r"/proc/(?:self|\d+)/(?:task/\d+/)?comm", "a thread says its name"),
    Place(".*", r"/dev/shm/(?:sem\..*|mp-.*|py[mp]-.*|[pw]n?sm_.*|__KMP_REGISTERED_LIB_.*)", "locks and memory that a program shares with its own processes"),
    Place(".*", r"/(?:var/)?tmp/etilqs_\w+", "a file of SQLite's own for what does not fit into its memory"),
    Place(
        "create|stat", r"/home/agent/\.(?:cache|config)(?:/matplotlib)?",
        "folders of its own that matplotlib makes as it is loaded, where a run did not find it loaded",
    ),
    Place(
        "create|read|write|delete|stat", r"/home/agent/\.cache/matplotlib/fontlist-v\d+\.json(?:\.matplotlib-lock)?",
        "matplotlib's list of fonts, which it makes where the image brings none",
    ),
    Place("socket|stat", r"/(?:var/)?run/(?:nscd/socket|uuidd/request)|/run/systemd/.*|/dev/log", "the C library asks for a service"),
    Place("read|write|create|stat", r"/var/lib/libuuid/clock\.txt", "libuuid's count, so that no two ids of one moment are the same"),
)  # fmt: skip

_LIBRARY = r"/usr/(?:local/)?lib"
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
        rf"{_LIBRARY}.*\.py|/workspace/.*|/opt/execgate/.*",
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
    Own(
        r"matplotlib\.animation\.to_jshtml", FILE, "read|write|stat",
        r"/tmp/tmp\w{8}/temp\.html", "a page is drawn into a folder that it has just made, and removes",
    ),
    # processes and hosts
    Own(r"pipes\.copy", PROCESS, "shell", r"cat <\S+ >\S+", "a pipeline of no programs copies"),
    Own(r"smtplib\.__init__|socket\.getfqdn", HOST, "resolve", r"sandbox", "a client says the name of its own machine"),
    Own(
        r"ctypes\.util\.(?:_findSoname_ldconfig|_findLib_gcc|_findLib_ld|_get_soname)", PROCESS, "spawn",
        r"/sbin/ldconfig|(?:/usr(?:/local)?/bin/|/bin/)?(?:gcc|cc|ld|objdump)",
        "where a library lies is asked of the tools that know it",
    ),
    Own(
        r"uuid\._get_command_stdout", PROCESS, "spawn", r"/(?:usr/)?s?bin/(?:ifconfig|ip|arp|netstat|lanscan)",
        "the address of the network card is asked",
    ),
    Own(r"platform\.from_subprocess", PROCESS, "spawn", r"uname", "the kind of processor is asked"),
    # the rest
    Own(r"multiprocessing\.(?:heap|sharedctypes)\..*", NATIVE, ".*", r"", "memory that processes share"),
    Own(r"PIL\..*", NATIVE, "mmap", r"", "a picture is read where it lies, in a file whose opening is told"),
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


def whose(sight: Sight, made: AbstractSet[str] = frozenset(), *, text: str = "main.py") -> str | None:
    """Return why something is not the program's doing, None where it is.

    `made` are the paths that `tempfile` has made so far, `text` is the name of the program's own file.
    """
    event, operand = sight.event, sight.operand or ""
    if sight.kind == FILE:
        if sight.word in {"read", "stat"} and operand == f"{WORKSPACE}/{text}":
            return "the program's own text is shown where it fails"
        if _of_tempfile(sight) and sight.word != "create" and any(_is_below(operand, path) for path in made):
            return "a temporary file goes as it came"
        for place in PLACES:
            if re.fullmatch(place.words, sight.word) and re.fullmatch(place.paths, operand):
                return place.why
    if sight.kind == PROCESS and HELPER.fullmatch(" ".join((operand, *sight.command[1:]))):
        return "the library's own keeps count of memory and locks that processes share"
    if sight.kind == IMPORT and not _is_asked_for(event):
        return "what a library imports is decided by the library"
    if event.importing and sight.kind in LOADING:
        return "a module is loaded"
    for line in OWN:
        if (
            sight.kind == line.kind
            and re.fullmatch(line.words, sight.word)
            and re.fullmatch(line.operands, operand)
            and any(
                re.fullmatch(line.functions, one)
                for one in (event.through[:1] if line.nearest else event.through)
            )
        ):
            return line.why
    return None


HELPER = re.compile(
    r"/usr/(?:local/)?bin/python3(?:\.\d+)?(?: -I| -X utf8)*"
    r" -c from multiprocessing\.resource_tracker import main;main\(\d+\)"
)
"""A program of the image that reads nothing but names which it is sent, and removes what shared them."""

LOADING = frozenset((CODE, OBJECTS, NATIVE, ENVIRONMENT))
"""The kinds of which nothing leaves the interpreter, while a module is loaded."""


def _is_asked_for(event: Event) -> bool:
    """Return whether a module is imported by the program itself, if by a call."""
    return not event.importing and all(one in IMPORTERS for one in event.through)


IMPORTERS = frozenset(
    ("importlib.import_module", "importlib.reload", "importlib.__import__", "builtins.__import__")
)


BY_WAY_OF = re.compile(r"(.*/)__db\.([^/]+)")
"""The name under which a library in C (Berkeley's) writes a file anew, before it is moved to its place."""


def reworded(sight: Sight) -> Sight:
    """Return what the program was after, where the library does it in another way."""
    if sight.kind == FILE and sight.event.kernel:
        names = [one for one in sight.event.arguments if isinstance(one, str)]
        if names and BY_WAY_OF.fullmatch(names[0]) and sight.word in {"create", "move", "delete"}:
            return replace(sight, word="write", operand=BY_WAY_OF.sub(r"\1\2", sight.operand or ""))
    for line in REWORDED:
        if (
            sight.kind == FILE
            and re.fullmatch(line.words, sight.word)
            and any(re.fullmatch(line.functions, function) for function in sight.event.through)
        ):
            return replace(sight, word=line.word)
    return sight


def is_made_by_tempfile(sight: Sight) -> bool:
    """Return whether `tempfile` has just made a file or folder with a name of its own choice."""
    return sight.kind == FILE and sight.word == "create" and _of_tempfile(sight)


def _of_tempfile(sight: Sight) -> bool:
    return sight.kind == FILE and any(function.startswith("tempfile.") for function in sight.event.through)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")

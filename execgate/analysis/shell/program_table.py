"""What well-known programs do to files, hosts, processes and the machine: one table for every shell text."""

from __future__ import annotations

import re
from itertools import pairwise

from execgate.analysis.shell import network_programs as network
from execgate.analysis.shell.operands import (
    Acts,
    Given,
    Program,
    Rule,
    both,
    each,
    notes,
    nothing,
    option,
    program,
    several,
)
from execgate.analysis.shell.starters import Argument
from execgate.model.operation import EnvironmentAccess, ProcessControl, SystemAccess


def _files(paths: list[Argument] | tuple[Argument, ...]) -> list[Argument]:
    return [path for path in paths if path != "-"]


_STRINGS_OF_AWK = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_FILE_OF_AWK = re.compile(r'>>?\s*"([^"\\]+)"\s*(?=[;}\n]|$)')


def _awk(given: Given, acts: Acts) -> None:
    """Note the files that `print` goes to besides those that are read."""
    _behind_pattern("f", "file")(given, acts)
    text = given.operands[0] if given.operands and not given.has("f", "file") else None
    if text is None or ">" not in text:
        return
    # A slash can begin a pattern, in which what ends a statement is none.
    ends = "" if "/" in text else ";}\n"
    rest = _FILE_OF_AWK.sub(" ", text)
    if re.search(rf"print[^{ends}]*>" if ends else r"(?s)print.*>", _STRINGS_OF_AWK.sub('""', rest)):
        acts.files("write", [None])
    if re.search(r"print", text):
        acts.files("write", _FILE_OF_AWK.findall(text))


def _behind_pattern(*pattern_options: str, recursive: str = "", without: str = "") -> Rule:
    """Return the rule of a program whose first operand is no file unless an option brings what it says."""
    letters = tuple(recursive.split())

    def rule(given: Given, acts: Acts) -> None:
        paths = list(given.operands if given.has(*pattern_options) else given.operands[1:])
        is_deep = given.has(*letters) or bool(without)
        if is_deep and not paths:
            paths = [without or "."]
        acts.files("read", _files(paths), recursive=is_deep)
        acts.files("read", given.values("f", "file", "from-file"))

    return rule


def _sed(given: Given, acts: Acts) -> None:
    scripts = given.has("e", "expression", "f", "file")
    paths = _files(given.operands if scripts else given.operands[1:])
    acts.files("read", paths)
    if given.has("i", "in-place"):
        acts.files("write", paths)


def _uniq(given: Given, acts: Acts) -> None:
    acts.files("read", _files(given.operands[:1]))
    acts.files("write", _files(given.operands[1:2]))


def _tee(given: Given, acts: Acts) -> None:
    acts.files("append" if given.has("a", "append") else "write", given.operands)


def _dd(given: Given, acts: Acts) -> None:
    for operand in given.operands:
        if operand is None:
            acts.files("write", [None])
        elif operand.startswith(("if=", "of=")):
            acts.files("read" if operand[0] == "i" else "write", [operand[3:]])


def _flock(given: Given, acts: Acts) -> None:
    acts.files("create", [path for path in given.operands[:1] if path is None or not path.isdigit()])


def _script(given: Given, acts: Acts) -> None:
    logs = [
        *given.operands[:1],
        *given.values("B", "I", "O", "T", "log-io", "log-in", "log-out", "log-timing"),
    ]
    acts.files("write", logs or ["typescript"])


def _tar(given: Given, acts: Acts) -> None:
    acts.files("write", given.values("g", "listed-incremental", "index-file"))
    operands = list(given.operands)
    letters = "".join(name for name, _ in given.options if len(name) == 1)
    archives = list(given.values("f", "file"))
    if operands and given.arguments[:1] == (operands[0],) and re.fullmatch(r"[A-Za-z]+", operands[0] or ""):
        letters = operands.pop(0) or ""  # the older form: `tar xzf archive`
        if "f" in letters:
            archives, operands = operands[:1], operands[1:]
    if any(name in letters for name in "cru") or given.has("create", "append", "update"):
        acts.files("write", _files(archives))
        acts.files("read", operands, recursive=True)
        if given.has("remove-files"):
            acts.files("delete", operands, recursive=True)
        return
    acts.files("read", _files(archives))
    if "x" in letters or given.has("extract", "get"):
        acts.files("write", given.values("C", "directory") or ["."], recursive=True)


def _unzip(given: Given, acts: Acts) -> None:
    acts.files("read", given.operands[:1])
    if not given.has("l", "t", "v", "Z", "p"):
        acts.files("write", given.values("d") or ["."], recursive=True)


def _zip(given: Given, acts: Acts) -> None:
    acts.files("write", _files(given.operands[:1]))
    acts.files("read", given.operands[1:], recursive=given.has("r", "recurse-paths"))
    if given.has("m", "move"):
        acts.files("delete", given.operands[1:], recursive=True)


def _compress(ending: str) -> Rule:
    def rule(given: Given, acts: Acts) -> None:
        paths = _files(given.operands)
        acts.files("read", paths)
        if given.has("c", "stdout", "l", "list", "t", "test"):
            return
        for path in paths:
            is_packed = path is not None and path.endswith(ending)
            acts.files(
                "write", [None if path is None else path[: -len(ending)] if is_packed else path + ending]
            )
        if not given.has("k", "keep"):
            acts.files("delete", paths)

    return rule


def _split(given: Given, acts: Acts) -> None:
    acts.files("read", _files(given.operands[:1]))
    acts.files("write", given.operands[1:2] or ["x"])


def _find(given: Given, acts: Acts) -> None:
    arguments = [value for value in given.arguments if value not in {"-H", "-L", "-P"}]
    is_root = [value is None or not re.match(r"-.|[(!]", value) for value in arguments]
    count = is_root.index(False) if False in is_root else len(arguments)
    roots, rest = arguments[:count], arguments[count:]
    acts.files("list", roots, recursive=True)
    roots = roots or ["."]
    if "-delete" in rest:
        acts.files("delete", roots, recursive=True)
    for value, following in pairwise(rest):
        if value in {"-fprint", "-fprint0", "-fprintf", "-fls"}:
            acts.files("write", [following])
        elif value in {"-newer", "-samefile", "-files0-from"}:
            acts.files("read", [following])


def _kill(given: Given, acts: Acts) -> None:
    if not given.has("l", "L", "list", "table"):
        acts.note(ProcessControl, operation="kill")


def _printenv(given: Given, acts: Acts) -> None:
    names = tuple(name for name in given.operands if name is not None)
    if names and len(names) == len(given.operands):
        acts.note(EnvironmentAccess, operation="read", names=names)
    else:
        acts.note(EnvironmentAccess, operation="list", names=())


def _env(given: Given, acts: Acts) -> None:
    starts_none = all(operand is not None and re.match(r"[^=]+=", operand) for operand in given.operands)
    if starts_none and not given.has("i", "S", "ignore-environment"):
        acts.note(EnvironmentAccess, operation="list", names=())


def _table(kind: Program, names: str) -> dict[str, Program]:
    return dict.fromkeys(names.split(), kind)


# The folder that it stands in needs no entry beside the program's.
_LISTS = program(each("list", recursive="R recursive"), "ITw", "ignore hide sort time width color")
_OWNERSHIP = program(each("chmod", skip=1, recursive="R recursive"), "", "from")

PROGRAMS: dict[str, Program] = {
    # Reading
    **_table(
        program(each("read"), "nbcsw", "lines bytes"),
        """
        cat tac nl rev head tail wc less more most od xxd hexdump strings file sum cksum md5sum
        sha1sum sha224sum sha256sum sha384sum sha512sum b2sum base32 base64 zcat bzcat xzcat zless
        zmore cmp diff diff3 sdiff comm column fold fmt expand unexpand pr paste iconv shuf tsort
        readelf nm objdump size ldd getfacl lsattr
        """,
    ),
    "cut": program(each("read"), "bcdf", "bytes characters delimiter fields output-delimiter"),
    "join": program(each("read"), "12aeijotv"),
    "sort": program(
        several(each("read"), option("o output", "write")),
        "koStT",
        "key output buffer-size field-separator temporary-directory parallel",
    ),
    "uniq": program(_uniq, "fsw"),
    **_table(
        program(
            _behind_pattern("e", "regexp", "f", "file", recursive="r R recursive dereference-recursive"),
            "efmABCdD",
            "regexp file max-count include exclude exclude-dir context",
        ),
        "grep egrep fgrep zgrep pcregrep",
    ),
    **_table(
        program(_behind_pattern("e", "regexp", "f", "file", without="."), "efmABCgt", "glob type"),
        "rg ag ack",
    ),
    **_table(program(_sed, "efl", "expression file line-length"), "sed gsed"),
    **_table(program(_awk, "Fvf", "file assign"), "awk gawk mawk nawk original-awk"),
    **_table(program(_behind_pattern("f", "from-file"), "fL", "from-file"), "jq yq"),
    **_table(_LISTS, "ls dir vdir"),
    "tree": program(several(each("list"), option("o", "write")), "LPIo"),
    "du": program(each("list"), "dBtX", "max-depth block-size threshold exclude"),
    "find": program(_find),
    **_table(program(each("stat"), "cf", "format printf"), "stat readlink realpath namei"),
    **_table(program(nothing), "basename dirname seq expr date sleep cal factor yes tr"),
    # Writing
    "tee": program(_tee),
    **_table(
        program(_split, "abClnt", "suffix-length bytes line-bytes lines number separator"), "split csplit"
    ),
    "mkdir": program(each("create"), "mZ", "mode"),
    "mkfifo": program(each("create"), "m", "mode"),
    "mknod": program(lambda given, acts: acts.files("create", given.operands[:1]), "m"),
    "touch": program(several(each("create"), option("r reference", "stat")), "dtr", "date time reference"),
    "mktemp": program(each("create", without="/tmp/tmp.x"), "p", "tmpdir suffix"),  # noqa: S108 - in the sandbox
    "rm": program(each("delete", recursive="r R recursive")),
    **_table(program(each("delete")), "rmdir unlink"),
    "shred": program(several(each("write"), each("delete")), "ns", "iterations size random-source"),
    "truncate": program(each("write"), "sr", "size reference"),
    "fallocate": program(each("write"), "lo", "length offset"),
    "cp": program(both("copy", recursive="r R a recursive archive"), "tS", "target-directory suffix"),
    "install": program(both("copy"), "tSmog", "target-directory mode owner group suffix"),
    "mv": program(both("move"), "tS", "target-directory suffix"),
    **_table(program(both("link"), "tS", "target-directory suffix"), "ln link"),
    **_table(_OWNERSHIP, "chmod chown chgrp chattr"),
    "setfacl": program(each("chmod", recursive="R recursive"), "mxMX", "modify remove set"),
    "dd": program(_dd),
    **_table(
        program(
            _tar, "fCTXbgHKLNVI", "file directory files-from exclude exclude-from transform strip-components"
        ),
        "tar bsdtar gtar",
    ),
    "unzip": program(_unzip, "dxP"),
    "zip": program(_zip, "xibnt"),
    **_table(program(_compress(".gz"), "S"), "gzip gunzip pigz"),
    **_table(program(_compress(".bz2")), "bzip2 bunzip2"),
    **_table(program(_compress(".xz"), "T"), "xz unxz"),
    **_table(program(_compress(".zst"), "T"), "zstd unzstd"),
    "xargs": program(
        option("a arg-file", "read"), "adEIiLlnPs", "arg-file delimiter max-args max-procs replace"
    ),
    # Hosts
    "flock": program(_flock, "wEc", "timeout wait conflict-exit-code command"),
    "script": program(_script, "cBIOTEmo", "command log-io log-in log-out log-timing echo logging-format"),
    "curl": program(network.curl, network.LETTERS_OF_CURL, network.LONG_OF_CURL),
    "wget": program(network.wget, "oaeiBtOTwQPUlARDIX", network.LONG_OF_WGET),
    "git": program(network.git, "Ccbouj", "git-dir work-tree branch depth origin config jobs"),
    **_table(program(network.ssh, "bcDEeFIiJLlmOopQRSWw"), "ssh mosh autossh ssh-copy-id"),
    **_table(program(network.scp, "cDFiJloPSX"), "scp sftp"),
    "rsync": program(network.scp, "efTB", "rsh filter exclude include exclude-from files-from temp-dir"),
    **_table(program(network.nc, "wpsXxioqe"), "nc ncat netcat"),
    **_table(
        program(network.host(), "cisWwtIpMQTD"), "ping ping6 traceroute tracepath mtr whois telnet nmap"
    ),
    **_table(program(network.host("resolve"), "cqpb"), "nslookup dig host drill"),
    # The machine
    **_table(program(_kill, "sn", "signal"), "kill pkill killall skill"),
    **_table(program(notes(ProcessControl, operation="priority")), "renice nice ionice chrt taskset"),
    **_table(program(notes(ProcessControl, operation="identity")), "sudo su doas runuser setpriv"),
    "prlimit": program(notes(ProcessControl, operation="limits")),
    # What the name says in full: whoever allows the program allows to look.
    **_table(
        program(nothing),
        """
        ps pgrep pidof pstree top htop lsof fuser pmap
        id whoami who w users groups last lastlog finger getent
        ifconfig ip netstat ss route arp iwconfig
        free uptime vmstat iostat mpstat df nproc
        lscpu lsblk lsusb lspci lshw dmidecode uname arch nvidia-smi blkid fdisk lsmod dmesg hostname
        """,
    ),
    **_table(program(notes(SystemAccess, kind="screen")), "xwd import scrot gnome-screenshot"),
    "printenv": program(_printenv, "0"),
    "env": program(_env, "uC", "unset chdir"),
}
"""Programs by name, with what they do for their arguments."""


def known(name: str) -> Program | None:
    """Return what is known of a program, by its name or its path."""
    return PROGRAMS.get(name.rpartition("/")[2])

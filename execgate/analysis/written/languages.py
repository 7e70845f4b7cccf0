"""The commands in files that are run by themselves, each as the shell text that it is or stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from execgate.analysis.holes import has_hole

_SHELLS = re.compile(r"(?:ba|da|a|k|mk|z|rba|pdk)?sh")
_PYTHONS = re.compile(r"(?:python|pypy)[0-9.]*[a-z]*")


class OpaqueError(ValueError):
    """A text whose commands can't be told; the message says why."""


def interpreter(program: str) -> str | None:
    """Return the language that a program reads, None for one that is no interpreter we know."""
    name = program.rpartition("/")[2]
    if _SHELLS.fullmatch(name):
        return "shell"
    if _PYTHONS.fullmatch(name):
        return "python"
    return None


def of_script(text: str, path: str) -> str:
    """Return the language of a script: by its first line, else by its name; `opaque` for any other."""
    first, _, _ = text.partition("\n")
    if first.startswith("#!"):
        words = first[2:].split()
        if words and words[0].rpartition("/")[2] == "env":
            words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        return (interpreter(words[0]) if words else None) or "opaque"
    return "python" if path.endswith((".py", ".pyw")) else "shell"


def parts(language: str, text: str, path: str) -> tuple[list[str], str]:
    """Return the shell texts in a file, and the Python, which may be empty.

    Raises OpaqueError where they can't be told.
    """
    if language == "script":
        language = of_script(text, path)
    if language == "shell":
        return [text, *aliases(text)], ""
    if language in {"python", "path file"}:
        if has_hole(text):
            raise OpaqueError("a part of it is only known when it runs")
        return [], text if language == "python" else python_of(text)
    if language not in _READERS:
        raise OpaqueError("it is in a language that is not analysed")
    return [inner for found in _READERS[language](text) for inner in (found, *aliases(found))], ""


def _lines(text: str) -> Iterator[str]:
    """Yield the lines that say something."""
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield stripped


_SETTING = re.compile(r"\"?[A-Za-z_][A-Za-z0-9_]*\"?\s*=")
_MOMENT = re.compile(r"@\w+\s+|(?:\S+\s+){5}")


def _crontab(text: str, *, user: bool) -> Iterator[str]:
    for line in _lines(text):
        if _SETTING.match(line):
            yield line
            continue
        moment = _MOMENT.match(line)
        rest = line[moment.end() :] if moment else ""
        if user:
            rest = rest.partition(" ")[2].strip() if " " in rest else rest.partition("\t")[2].strip()
        if not rest:
            raise OpaqueError("a line of the crontab has no command")
        # What stands behind a `%` is what the command reads.
        yield re.split(r"(?<!\\)%", rest, maxsplit=1)[0].replace("\\%", "%")


_UNIT = re.compile(r"(?:Exec\w*|BusName|ProgramOrService)\s*=\s*", re.IGNORECASE)
_UNIT_FREE = re.compile(
    r"\[[\w -]+\]\Z|(?:Description|Documentation|After|Before|Wants|Requires|WantedBy|RequiredBy|Type|Restart"
    r"|RestartSec|User|Group|WorkingDirectory|On\w+|Persistent|Unit|Alias|Also|Name|StandardOutput"
    r"|StandardError|SyslogIdentifier|RemainAfterExit|TimeoutSec|TimeoutStartSec|TimeoutStopSec|PartOf"
    r"|BindsTo|Conflicts|Nice|KillMode|AccuracySec|RandomizedDelaySec)\s*=",
    re.IGNORECASE,
)


def _unit(text: str) -> Iterator[str]:
    for line in _lines(re.sub(r"\\\n", " ", text)):
        match = _UNIT.match(line)
        if match:
            command = line[match.end() :].lstrip("-@:+!|")
            if command:
                yield command
        elif not _UNIT_FREE.match(line) and not line.startswith(";"):
            raise OpaqueError(f"the setting `{line[:40]}` of a unit is not analysed")


def _desktop(text: str) -> Iterator[str]:
    for line in _lines(text):
        key, _, value = line.partition("=")
        if key.strip() in {"Exec", "TryExec"}:
            # `%u` and its like stand for files that the desktop names.
            yield re.sub(r"%[a-zA-Z]", "", value).replace("%%", "%").strip()


_OPTION = re.compile(r'command="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_KEY = re.compile(r"(?:^|\s)(?:sk-)?(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-[^\s@]+)(?:@\S+)?\s+\S+")


def _keys(text: str) -> Iterator[str]:
    for line in _lines(text):
        yield from (match[1].replace('\\"', '"') for match in _OPTION.finditer(line))
        options = _KEY.split(line, maxsplit=1)[0]
        if re.search(r"command|environment", _OPTION.sub("", options), re.IGNORECASE):
            raise OpaqueError("an option of the key is not written plainly")


_HARMLESS_SECTIONS = frozenset("user init color push pull fetch advice help branch tag".split())


def _git(text: str) -> Iterator[str]:
    for line in _lines(text):
        section = re.match(r"\[\s*([\w.-]+)", line)
        if section and section[1].lower() not in _HARMLESS_SECTIONS:
            raise OpaqueError(f"the section `{section[1][:40]}` of git's settings can name programs")
    return iter(())


_READERS: dict[str, Callable[[str], Iterator[str]]] = {
    "crontab": lambda text: _crontab(text, user=False),
    "system crontab": lambda text: _crontab(text, user=True),
    "unit": _unit,
    "desktop": _desktop,
    "keys": _keys,
    "git settings": _git,
}


def python_of(text: str) -> str:
    """Return the code in a `.pth` file: the lines that begin with `import`; the others name folders.

    Raises OpaqueError for those, from which every Python then imports.
    """
    code = []
    for line in _lines(text):
        if not re.match(r"import[ \t]", line):
            raise OpaqueError("a folder is added from which every Python imports")
        code.append(line)
    return "\n".join(code)


_ALIAS = re.compile(r"(?:^|[\n;&|{(]|\bthen\b|\bdo\b)[ \t]*alias[ \t]", re.ASCII)


def aliases(text: str) -> list[str]:
    """Return what names are made to stand for in a shell text, as far as it is known."""
    if not _ALIAS.search(text):
        return []
    from execgate.analysis import shell

    found: list[str] = []
    for words in shell.line(text).found.aliases:
        given = [word for word in words if not word.startswith("-")]
        if given and "=" not in given[0]:
            found.append(" ".join(given[1:]))  # `alias ls 'rm -rf /'`, as csh and fish have it
        else:
            found += [word.partition("=")[2] for word in given]
    return [body for body in found if body and not has_hole(body)]

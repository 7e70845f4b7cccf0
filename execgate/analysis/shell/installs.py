"""What the arguments of an installer install."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from execgate.analysis.holes import has_hole, restore
from execgate.analysis.shell.starters import Argument
from execgate.model.values import Text, Unknown


@dataclass(frozen=True, slots=True)
class _Installer:
    """How an installer is called.

    `verbs` are the words before the packages; `valued` the options with a value that does not matter;
    `foreign` those by which something other than a named package of the usual index is installed.
    """

    verbs: tuple[tuple[str, ...], ...]
    valued: frozenset[str]
    foreign: frozenset[str]
    name: re.Pattern[str]


_PYTHON_NAME = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]/@]*\]\s*)?(?:(?:[<>=!~]=?|===)[^/@;]*)?(?:;[^/@]*)?"
)
_ARCHIVE = re.compile(r".*\.(?:whl|zip|tar|tgz|tbz|txz|gz|bz2|xz|egg|deb|conda)", re.IGNORECASE)

_PIP = _Installer(
    (("install",), ("download",), ("wheel",)),
    frozenset(
        [
            *(
                "-c",
                "--constraint",
                "-t",
                "--target",
                "--prefix",
                "--root",
                "--platform",
                "--python-version",
                "--abi",
            ),
            *(
                "--implementation",
                "--upgrade-strategy",
                "--progress-bar",
                "--timeout",
                "--retries",
                "--log",
                "--src",
            ),
            *(
                "--cache-dir",
                "--no-binary",
                "--only-binary",
                "-d",
                "--dest",
                "-w",
                "--wheel-dir",
                "--report",
                "-p",
            ),
            *("--python", "--root-user-action", "--exists-action", "-C", "--config-settings", "--resolution"),
            *("--prerelease", "--link-mode", "--exclude-newer"),
        ]
    ),
    frozenset(
        [
            *(
                "-r",
                "--requirement",
                "--requirements",
                "-e",
                "--editable",
                "-i",
                "--index-url",
                "--extra-index-url",
                "-f",
            ),
            *(
                "--find-links",
                "--proxy",
                "--cert",
                "--trusted-host",
                "--index",
                "--default-index",
                "--group",
                "--overrides",
            ),
        ]
    ),
    _PYTHON_NAME,
)
_UV = _Installer(
    (("pip", "install"), ("add",), ("tool", "install"), ("pip", "sync")),
    _PIP.valued,
    _PIP.foreign,
    _PYTHON_NAME,
)
_CONDA = _Installer(
    (("install",), ("create",), ("update",)),
    frozenset(["-n", "--name", "-p", "--prefix", "--solver", "--subdir"]),
    frozenset(["-c", "--channel", "--file", "-f", "--override-channels", "--repodata-fn", "--clone"]),
    re.compile(r"([A-Za-z0-9_][A-Za-z0-9._-]*)\s*(?:[<>=!~]+.*)?"),
)
_APT = _Installer(
    (("install",), ("reinstall",), ("build-dep",), ("upgrade",), ("dist-upgrade",), ("full-upgrade",)),
    frozenset(["-t", "--target-release", "-a", "--host-architecture"]),
    frozenset(["-o", "--option", "-c", "--config-file"]),
    re.compile(r"([a-z0-9][a-z0-9.+-]*)(?::[a-z0-9]+)?(?:=[^/]*)?(?:/[a-z-]+)?"),
)
_NPM = _Installer(
    (("install",), ("i",), ("add",), ("ci",), ("update",), ("global", "add"), ("dlx",)),
    frozenset(["--prefix", "--tag", "--omit", "--include", "--loglevel"]),
    frozenset(["--registry", "--userconfig", "--globalconfig"]),
    re.compile(r"(@[a-z0-9][\w.-]*/[a-z0-9][\w.-]*|[a-z0-9][\w.-]*)(?:@[\w.^~<>=*-]+)?", re.IGNORECASE),
)
_PLAIN = _Installer(
    (("install",), ("add",), ("-S",), ("-Sy",), ("-i",), ("--install",)), frozenset(), frozenset(), _APT.name
)

_INSTALLERS = {
    "uv": _UV,
    **dict.fromkeys(["conda", "mamba", "micromamba"], _CONDA),
    **dict.fromkeys(["apt-get", "apt", "aptitude"], _APT),
    **dict.fromkeys(["npm", "pnpm", "yarn", "bun"], _NPM),
    **dict.fromkeys(
        [
            *(
                "pipx",
                "poetry",
                "pdm",
                "pipenv",
                "easy_install",
                "gem",
                "cargo",
                "go",
                "brew",
                "snap",
                "flatpak",
            ),
            *("yum", "dnf", "apk", "pacman", "zypper", "dpkg", "rpm", "cpan", "luarocks"),
        ],
        _PLAIN,
    ),
}


def packages(arguments: Sequence[Argument]) -> list[Text]:
    """Return the names that an argument list installs, none for a program that installs nothing."""
    if not arguments or arguments[0] is None:
        return []
    program = arguments[0].rsplit("/", 1)[-1]
    rest = list(arguments[1:])
    if re.fullmatch(r"(?:python|pypy)[0-9.]*", program):
        while rest and rest[0] is not None and re.fullmatch(r"-[uIEsBSq]+", rest[0]):
            del rest[0]
        if rest[:1] != ["-m"] or rest[1:2] not in (["pip"], ["uv"], ["ensurepip"]):
            return []
        program = rest[1] or ""
        rest = rest[2:]
    if re.fullmatch(r"pip[0-9.]*", program):
        return _installed(_PIP, rest)
    installer = _INSTALLERS.get(program)
    return [] if installer is None else _installed(installer, rest)


def _installed(installer: _Installer, arguments: list[Argument]) -> list[Text]:
    start = _behind_verb(installer, arguments)
    if start is None:
        return []
    rest = arguments[start:]
    found: list[Text] = [
        Unknown("an option decides where packages are taken from")
        for option in arguments[:start]
        if option is None or option.partition("=")[0] in installer.foreign
    ]
    at = 0
    while at < len(rest):
        value = rest[at]
        at += 1
        if value is None:
            found.append(Unknown("which package is installed is only known when it runs"))
        elif value.startswith("-"):
            name, equals, _ = value.partition("=")
            short = name[:2] if not name.startswith("--") else name
            if name in installer.foreign or short in installer.foreign:
                found.append(Unknown(f"`{name[:40]}` takes packages from somewhere else"))
                at += not equals and name == short
            elif name in installer.valued and not equals:
                at += 1
        else:
            found.append(_package(installer, value))
    return found or [Unknown("what is installed is named by a file")]


def _behind_verb(installer: _Installer, arguments: list[Argument]) -> int | None:
    """Return where the packages begin: behind the first verb."""
    for index in range(len(arguments)):
        for verb in installer.verbs:
            if tuple(arguments[index : index + len(verb)]) == verb:
                return index + len(verb)
    return None


def _package(installer: _Installer, value: str) -> Text:
    match = installer.name.fullmatch(value) if not has_hole(value) else None
    if match is None or _ARCHIVE.fullmatch(value):
        if has_hole(value):
            return restore(value)
        return Unknown(f"`{value[:60]}` names no package of an index")
    return match[1]

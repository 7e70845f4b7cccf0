"""What answers to `pip` inside a cell: says what is there, as pip does, and installs nothing.

What a program may install was fetched before it began, by the gate and outside, and lies in a layer that is
mounted here.  So `pip install` only looks: what is there counts as installed, and what is not is an error
that says why.
"""

from __future__ import annotations

import json
import os
import re
import sys

__version__ = "execgate"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.metadata import Distribution

LAYER = "/opt/execgate/packages"
TAKES_VALUE = frozenset(
    "-i --index-url --extra-index-url -f --find-links --trusted-host --timeout --retries --progress-bar"
    " --proxy --cert --cache-dir --log --upgrade-strategy --root-user-action --no-binary --only-binary"
    " --python-version".split()
)
HARMLESS = frozenset(
    "-q --quiet -v --verbose -U --upgrade --user --no-cache-dir --no-input --disable-pip-version-check --pre"
    " --prefer-binary --no-deps --force-reinstall --ignore-installed -I --break-system-packages --isolated"
    " --no-warn-script-location --no-build-isolation --no-color -y --yes --no-compile --use-pep517".split()
)
REQUIREMENT = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)", re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what one command line asks for, as far as it is there; return the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    while words and words[0] in HARMLESS:
        words.pop(0)
    if not words or words[0] in ("help", "-h", "--help"):
        return say("execgate's pip: install, list, freeze, show and check of what this cell holds")
    if words[0] in ("-V", "--version"):
        place = os.path.dirname(__file__)  # noqa: PTH120 - a start without pathlib is quicker
        return say(f"pip {__version__} from {place} (python {sys.version_info[0]}.{sys.version_info[1]})")
    command, rest = words[0], words[1:]
    does = {"install": install, "list": listing, "freeze": freeze, "show": show, "check": check}.get(command)
    if does is None:
        return fail(
            f'"{command}" is not done inside the sandbox: what is installed is fixed before a program starts'
        )
    return does(rest)


def install(words: Sequence[str]) -> int:
    """Say that everything that is asked for is there, or what is not."""
    wanted, fault = asked(words)
    if fault:
        return fail(fault)
    if not wanted:
        return fail('You must give at least one requirement to install (see "pip help install")')
    quiet = any(word in ("-q", "--quiet", "-qq") for word in words)
    refused = told().get("refused", {})
    new, status = [], 0
    for text in wanted:
        match = REQUIREMENT.fullmatch(text)
        name = normalised(match[1]) if match and not re.match(r"[/:@]|\S*://", match[3]) else None
        if name is None:
            return fail(f"{text}: only packages by name are installed here, from the index of the gate")
        if name == "pip":
            if not quiet:  # it is this program
                say(f"Requirement already satisfied: {text.strip()} ({__version__})")
            continue
        found = distribution(name)
        why = refused.get(name) or refused.get("*")
        if found is None or not satisfies(found.version, match[3]):
            have = f" (there is version {found.version})" if found is not None else ""
            why = why or "it is not among what was fetched before the program began"
            status = fail(f"No matching distribution found for {text.strip()}{have}: {why}")
        elif str(found.locate_file("")).rstrip("/") == LAYER:
            new.append(f"{found.metadata['Name']}-{found.version}")
        elif not quiet:
            place = str(found.locate_file("")).rstrip("/")
            say(f"Requirement already satisfied: {text.strip()} in {place} ({found.version})")
    if new and not status and not quiet:
        say(f"Installing collected packages: {', '.join(name.rsplit('-', 1)[0] for name in new)}")
        say(f"Successfully installed {' '.join(new)}")
    return status


def asked(words: Sequence[str]) -> tuple[list[str], str]:
    """Return the requirements of a command line, or why it can't be done."""
    wanted, waiting = [], list(words)
    while waiting:
        word = waiting.pop(0)
        option, equals, _ = word.partition("=") if word.startswith("--") else (word, "", "")
        if word == "--":
            wanted += waiting
            break
        if option in TAKES_VALUE:
            if not equals and waiting:
                waiting.pop(0)
        elif word.startswith("-") and word not in HARMLESS:
            return [], f"{word}: no such option inside the sandbox"
        elif not word.startswith("-"):
            wanted.append(word)
    return wanted, ""


def listing(words: Sequence[str]) -> int:
    """List what is there."""
    rows = sorted(
        {(one.metadata["Name"], one.version) for one in distributions()}, key=lambda row: row[0].lower()
    )
    if "--format=json" in words or list(words[-2:]) == ["--format", "json"]:
        return say(json.dumps([{"name": name, "version": version} for name, version in rows]))
    width = max([len(name) for name, _ in rows] + [7])
    return say("\n".join([f"{'Package':<{width}} Version", f"{'-' * width} -------"]
                         + [f"{name:<{width}} {version}" for name, version in rows]))  # fmt: skip


def freeze(_words: Sequence[str]) -> int:
    """List what is there as requirements."""
    rows = sorted({f"{one.metadata['Name']}=={one.version}" for one in distributions()}, key=str.lower)
    return say("\n".join(rows)) if rows else 0


def show(words: Sequence[str]) -> int:
    """Describe packages."""
    status = 0
    for name in (word for word in words if not word.startswith("-")):
        found = distribution(normalised(name))
        if found is None:
            sys.stderr.write(f"WARNING: Package(s) not found: {name}\n")
            status = 1
        else:
            needs = ", ".join(
                re.split(r"[^\w.-]", one)[0] for one in found.requires or [] if "extra ==" not in one
            )
            for field in ("Name", "Version", "Summary"):
                say(f"{field}: {found.metadata[field]}")
            say(f"Location: {str(found.locate_file('')).rstrip('/')}\nRequires: {needs}")
    return status


def check(_words: Sequence[str]) -> int:
    """Say that nothing is broken: what was fetched was resolved as a whole."""
    return say("No broken requirements found.")


def distributions() -> list[Distribution]:
    """Return every package that there is, the first of each name."""
    from importlib import metadata

    found: dict[str, Distribution] = {}
    for one in metadata.distributions():
        if one.metadata["Name"]:
            found.setdefault(normalised(one.metadata["Name"]), one)
    return list(found.values())


def distribution(name: str) -> Distribution | None:
    """Return the package of a normalised name, None where there is none."""
    return next((one for one in distributions() if normalised(one.metadata["Name"]) == name), None)


def normalised(name: str) -> str:
    """Return a name in the form that indexes compare."""
    return re.sub(r"[-_.]+", "-", name).lower()


def satisfies(version: str, specifiers: str) -> bool:
    """Return whether a version is one that is asked for; what can't be compared was resolved outside."""
    for part in specifiers.partition(";")[0].strip(" ()").split(","):
        match = re.fullmatch(r"\s*(===?|!=|~=|<=|>=|<|>)\s*([0-9][0-9.]*)(\.\*)?\s*", part)
        if match is None:
            continue
        have, want = numbers(version), numbers(match[2])
        if have is None or want is None:
            continue
        prefix = have[: len(want)] + (0,) * (len(want) - len(have))
        width = max(len(have), len(want))
        whole, asked_ = have + (0,) * (width - len(have)), want + (0,) * (width - len(want))
        held = {
            "==": prefix == want if match[3] else whole == asked_,
            "===": whole == asked_,
            "!=": prefix != want if match[3] else whole != asked_,
            "~=": whole >= asked_ and have[: len(want) - 1] == want[:-1],
            "<=": whole <= asked_,
            ">=": whole >= asked_,
            "<": whole < asked_,
            ">": whole > asked_,
        }[match[1]]
        if not held:
            return False
    return True


def numbers(version: str) -> tuple[int, ...] | None:
    """Return a plain release as numbers, None for one that has more to it."""
    match = re.fullmatch(r"(\d+(?:\.\d+)*)\.?", version)
    return tuple(int(part) for part in match[1].split(".")) if match else None


def told() -> dict[str, dict[str, str]]:
    """Return what the gate says about what it did not fetch."""
    try:
        found = json.loads(os.environ.get("EXECGATE_PACKAGES", "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def say(text: str) -> int:
    """Print a text; return the status of success."""
    sys.stdout.write(text + "\n")
    return 0


def fail(why: str) -> int:
    """Print an error as pip does; return its status."""
    sys.stderr.write(f"ERROR: {why}\n")
    return 1

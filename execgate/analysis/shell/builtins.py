"""What a shell does itself, without starting a program."""

from __future__ import annotations

import re
from collections.abc import Callable

from execgate.analysis.holes import ANY, NUMBER, has_hole
from execgate.analysis.shell.follow import Follower, Ways
from execgate.analysis.shell.state import HOME, SOME_NUMBER, UNKNOWN, State, Value, union, within
from execgate.model.operation import EnvironmentAccess, ProcessControl

Builtin = Callable[[Follower, list[str], State], Ways]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_CALCULATED_INDEX = re.compile(r"[^\[]*\[.*[$`]", re.DOTALL)
_HARMLESS_SWITCHES = frozenset(
    "nullglob failglob dotglob nocaseglob nocasematch inherit_errexit checkwinsize".split()
)
_SETTINGS = frozenset("pipefail errexit nounset xtrace verbose noclobber allexport noglob posix".split())


def _both(_follower: Follower, _words: list[str], state: State) -> Ways:
    return state, state.copy()


def _succeeds(_follower: Follower, _words: list[str], state: State) -> Ways:
    return state, None


def _fails(_follower: Follower, _words: list[str], state: State) -> Ways:
    return None, state


def _gap(why: str) -> Builtin:
    def rule(follower: Follower, words: list[str], state: State) -> Ways:
        follower.gap(f"`{words[0]}`: {why}")
        return state, state.copy()

    return rule


def _leaves(follower: Follower, words: list[str], state: State) -> Ways:
    return follower.leave(words[0], state)


# Folders and files


def _cd(_follower: Follower, words: list[str], state: State) -> Ways:
    operands = [word for word in words[1:] if not re.fullmatch(r"-[LPe@]+|--", word)]
    target = operands[0] if operands else HOME
    moved = state.copy()
    moved.variables.pop("PWD", None)
    if target == "-" or len(operands) > 1:
        moved.folders = UNKNOWN
    else:
        moved.folders = union(tuple(within(folder, target) for folder in state.folders))
    return moved, state


def _moves(_follower: Follower, _words: list[str], state: State) -> Ways:
    state.folders = UNKNOWN
    return state, state.copy()


def _test(follower: Follower, words: list[str], state: State) -> Ways:
    operands = words[1:]
    if operands[:1] == ["-v"] or any(_CALCULATED_INDEX.match(word) for word in operands):
        follower.gap("an index that bash calculates can run commands")
    for index, word in enumerate(operands[:-1]):
        if re.fullmatch(r"-[bcdefghkLpOrsSuwxGN]", word):
            path = operands[index + 1]
            follower.files("stat", [None if path == ANY else path])
        elif word in {"-nt", "-ot", "-ef"} and index:
            follower.files("stat", [operands[index - 1], operands[index + 1]])
    return state, state.copy()


# Variables


def _may_set(follower: Follower, name: str, by: str, value: Value = UNKNOWN) -> bool:
    """Return whether `name` is a variable that can be followed; a gap where it is none."""
    if not _NAME.fullmatch(name):
        follower.gap(f"which variable `{by}` sets is only known when it runs")
        return False
    follower.assigned(name, value)
    return True


def _printf(follower: Follower, words: list[str], state: State) -> Ways:
    if words[1:2] == ["-v"]:
        if not follower.bash:
            follower.gap("not every shell knows `printf -v`", "label the block `bash`")
        elif _may_set(follower, (words[2:3] or [""])[0], "printf -v"):
            state.variables[words[2]] = UNKNOWN
    elif any(_CALCULATED_INDEX.match(word) for word in words[1:]):
        follower.gap("an index that bash calculates can run commands")
    return state, state.copy()


def _declares(follower: Follower, words: list[str], state: State) -> Ways:
    """Follow `export`, `readonly`, `local`, `declare` and `typeset`."""
    operands = list(words[1:])
    letters = ""
    while operands and re.fullmatch(r"[-+][A-Za-z]+", operands[0]):
        letters += operands.pop(0)[1:]
    if (words[0] == "export" and "f" in letters) or (words[0] != "export" and set(letters) & set("nluc")):
        follower.gap(f"`{words[0]} -{letters[:8]}`: a name, or what it is set to, is given another meaning")
    exports = words[0] == "export" or "x" in letters
    if not operands and not state.inherits and words[0] != "local" and not set(letters) & set("aAfF"):
        follower.note(EnvironmentAccess, operation="list", names=())
    for operand in operands:
        name, equals, value = operand.partition("=")
        if "i" in letters:
            follower.calculated.add(name)
        fixes = words[0] == "readonly" or "r" in letters
        was_fixed = fixes and name in follower.fixed
        follower.fixed -= {name} if fixes else set()
        if not _may_set(follower, name, words[0], (value,)):
            continue
        is_local = words[0] == "local" or (words[0] in {"declare", "typeset"} and "g" not in letters)
        if is_local and follower.locals:
            follower.locals[-1].add(name)
        elif fixes:
            follower.fixed.add(name)
        if equals:
            kept = state.variables.get(name, ()) if was_fixed else ()
            state.variables[name] = union(kept, (value,))
        elif set(letters) & set("aA"):
            state.arrays.setdefault(name, ())
        elif words[0] == "local":
            state.variables[name] = ("",)
        if exports and not state.inherits:
            follower.note(EnvironmentAccess, operation="write", names=(name,))
    return state, state.copy()


def _read(follower: Follower, words: list[str], state: State) -> Ways:
    operands = list(words[1:])
    names: list[str] = []
    while operands:
        word = operands.pop(0)
        if not word.startswith("-"):
            names.append(word)
        elif re.fullmatch(r"-[rse]*[pdtnNui]", word):
            del operands[:1]
        elif re.fullmatch(r"-[rse]*a", word) and operands:
            state.arrays[operands[0]] = UNKNOWN
            names.append(operands.pop(0))
        elif not re.fullmatch(r"-[rse]+|--|-[dtn].+", word):
            follower.gap("an option of `read` is not known")
    for name in names or ["REPLY"]:
        if _may_set(follower, name, "read"):
            state.variables[name] = UNKNOWN
    return state, state.copy()


def _wait(follower: Follower, words: list[str], state: State) -> Ways:
    operands = list(words[1:])
    while operands:
        word = operands.pop(0)
        if re.fullmatch(r"-[fn]*p", word):
            name = operands.pop(0) if operands else ""
            if _may_set(follower, name, "wait"):
                state.variables[name] = UNKNOWN
        elif word.startswith("-") and not re.fullmatch(r"-[fn]+|--", word):
            follower.gap("an option of `wait` is not known")
    return state, state.copy()


def _mapfile(follower: Follower, words: list[str], state: State) -> Ways:
    names = [word for word in words[1:] if not word.startswith("-")] or ["MAPFILE"]
    if len(names) != 1 or any(word not in {"-t", "--"} for word in words[1:] if word.startswith("-")):
        follower.gap(f"an option of `{words[0]}` is not known")
    elif _may_set(follower, names[0], words[0]):
        state.arrays[names[0]] = UNKNOWN
    return state, state.copy()


def _unset(follower: Follower, words: list[str], state: State) -> Ways:
    for name in words[1:]:
        if re.fullmatch(r"-[fv]", name) or not _may_set(follower, name, "unset", ("",)):
            continue
        if name in state.functions and words[1] != "-v":
            state.unsure |= {name}
        if words[1] != "-f":
            state.variables[name] = ("",)
            state.arrays.pop(name, None)
    return state, state.copy()


def _set(follower: Follower, words: list[str], state: State) -> Ways:
    operands = list(words[1:])
    if not operands:
        follower.note(EnvironmentAccess, operation="list", names=())
    while operands:
        word = operands[0]
        if word in {"--", "-"} or not re.match(r"[-+][A-Za-z]", word):
            arguments = operands[1:] if word in {"--", "-"} else operands
            state.arguments = None if any(ANY in argument for argument in arguments) else tuple(arguments)
            break
        del operands[0]
        if not re.fullmatch(r"[-+][aCefhuvxmnBoE]+", word):
            follower.gap("an option of `set` is not known")
        if "o" in word and operands:
            setting = operands.pop(0)
            if setting not in _SETTINGS:
                follower.gap("an option of `set` is not known")
            state.stops = word[0] == "-" if setting == "errexit" else state.stops
        if "e" in word:
            state.stops = word[0] == "-"
    return state, None


def _shift(_follower: Follower, words: list[str], state: State) -> Ways:
    count = int(words[1]) if len(words) > 1 and words[1].isdigit() else 1 if len(words) == 1 else None
    if state.arguments is not None:
        state.arguments = None if count is None else state.arguments[count:]
    return state, state.copy()


def _getopts(follower: Follower, words: list[str], state: State) -> Ways:
    for name in ((words[2:3] or [""])[0], "OPTARG"):
        if _may_set(follower, name, "getopts"):
            state.variables[name] = UNKNOWN
    return state, state.copy()


def _let(follower: Follower, words: list[str], state: State) -> Ways:
    for word in words[1:]:
        match = re.fullmatch(r"([A-Za-z_]\w*)(?:[-+*/%]?=[\w+*/%()-]*|\+\+|--)", word)
        if match is None:
            follower.gap(
                "a calculation that is not made of numbers, plain names and operators can run commands"
            )
            continue
        values = [state.value(name) for name in _NAME.findall(word) if not state.is_unset(name)]
        if not all(re.fullmatch(rf"[-0-9{NUMBER}]*", text) for value in values for text in value):
            follower.gap("a calculation with a text that is not known can run commands")
        if _may_set(follower, match[1], "let", SOME_NUMBER):
            state.variables[match[1]] = SOME_NUMBER
    return state, state.copy()


def _shopt(follower: Follower, words: list[str], state: State) -> Ways:
    named = [word for word in words[1:] if not re.fullmatch(r"-[suqp]+", word)]
    if not named or any(word not in _HARMLESS_SWITCHES for word in named):
        follower.gap("`shopt`: it changes how the text behind it is read")
    return state, state.copy()


# What runs other commands


def _eval(follower: Follower, words: list[str], state: State) -> Ways:
    text = " ".join(words[1:])
    if has_hole(text):
        follower.gap("what `eval` runs is only known when it runs")
        return state, state.copy()
    return follower.evaluate(text, state)


def _trap(follower: Follower, words: list[str], state: State) -> Ways:
    operands = words[2:] if words[1:2] == ["--"] else words[1:]
    if len(operands) < 2 or operands[0] in {"-", ""}:
        return state, state.copy()
    if has_hole(operands[0]):
        follower.gap("what `trap` runs is only known when it runs")
    else:
        late = state.copy()  # it runs at any time from here on
        late.variables = {
            name: value if name not in state.variables else union(value, ("",))
            for name, value in late.variables.items()
        }
        follower.evaluate(operands[0], late)
    return state, state.copy()


def _prefixed(follower: Follower, words: list[str], state: State) -> Ways:
    """Follow what runs behind `exec`, `command` or `builtin`."""
    name, rest = words[0], list(words[1:])
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if name == "command" and option in {"-v", "-V"}:
            return state, state.copy()
        if name == "exec" and option == "-a":
            del rest[:1]
        elif option not in {"-p", "-c", "-l", "-cl", "--"}:
            follower.gap(f"an option of `{name}` is not known")
            return state, state.copy()
    if not rest:
        return state, None
    if name == "exec":
        follower.start(rest, state)
        return follower.leave("exit", state)
    rule = BUILTINS.get(rest[0])
    if rule is not None:
        return rule(follower, rest, state)
    if name == "builtin":
        follower.gap(f"`{rest[0][:40]}` is no builtin that is known")
        return state, state.copy()
    return follower.start(rest, state)


def _source(follower: Follower, words: list[str], state: State) -> Ways:
    path = words[1] if len(words) > 1 else ANY
    text = follower.staged(path) if "/" in path or follower.bash else None
    if text is None:
        why = f"`{words[0]}`: the file that it reads is not analysed"
        follower.gap(why, "write what is in the file into the block")
        return state, state.copy()
    follower.script_read(path)
    return follower.evaluate(text, state)


def _kill(follower: Follower, words: list[str], state: State) -> Ways:
    if words[1:2] not in (["-l"], ["-L"]):
        follower.note(ProcessControl, via="kill", operation="kill")
    return state, state.copy()


def _ulimit(follower: Follower, words: list[str], state: State) -> Ways:
    if any(re.fullmatch(r"[0-9]+|unlimited", word) for word in words):
        follower.note(ProcessControl, via="ulimit", operation="limits")
    return state, state.copy()


def _hash(follower: Follower, words: list[str], state: State) -> Ways:
    if words[1:] != ["-r"]:
        follower.gap("`hash`: it changes which programs names stand for")
    return state, state.copy()


def _alias(follower: Follower, words: list[str], state: State) -> Ways:
    follower.found.aliases.append(tuple(words[1:]))
    return _gap("it changes which programs names stand for")(follower, words, state)


BUILTINS: dict[str, Builtin] = {
    ":": _succeeds,
    "true": _succeeds,
    "false": _fails,
    **dict.fromkeys("echo pwd umask times jobs fg bg disown type dirs help".split(), _both),
    "wait": _wait,
    "printf": _printf,
    **dict.fromkeys(("test", "["), _test),
    **dict.fromkeys(("exit", "return", "break", "continue"), _leaves),
    "cd": _cd,
    **dict.fromkeys(("pushd", "popd"), _moves),
    **dict.fromkeys(("export", "readonly", "local", "declare", "typeset"), _declares),
    "read": _read,
    **dict.fromkeys(("mapfile", "readarray"), _mapfile),
    "unset": _unset,
    "set": _set,
    "shift": _shift,
    "getopts": _getopts,
    "let": _let,
    "shopt": _shopt,
    "eval": _eval,
    "trap": _trap,
    **dict.fromkeys(("exec", "command", "builtin"), _prefixed),
    **dict.fromkeys((".", "source"), _source),
    "kill": _kill,
    "ulimit": _ulimit,
    "hash": _hash,
    "alias": _alias,
    **dict.fromkeys(("unalias", "enable"), _gap("it changes which programs names stand for")),
    **dict.fromkeys(
        "bind complete compgen compopt fc history suspend caller".split(), _gap("it can run commands")
    ),
}
"""Every command that a shell may know itself, with what it does."""

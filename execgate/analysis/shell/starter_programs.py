"""How to read the arguments of the programs that have ways of their own to start others."""

from __future__ import annotations

import re

from execgate.analysis.holes import ANY, WORD
from execgate.analysis.shell.starters import (
    Argument,
    Context,
    Options,
    commands_of,
    unless,
    words,
    wrapper,
)
from execgate.model.values import Text, Unknown


def env(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `env`: like a wrapper, but `-S` splits a text into arguments."""
    if any(
        a is None or a.startswith(("-S", "--split")) or re.match(r"-[a-z0-9]*S", a) for a in arguments[:4]
    ):
        split = next((a for a in arguments[:4] if a is not None and a.startswith("-") and "S" in a), None)
        return [
            Unknown("`env` splits its arguments itself" if split else "the arguments of `env` are not known")
        ]
    return _plain_env(context, arguments)


_plain_env = wrapper("i0v", "u", "ignore-environment null debug", "unset", assigns=True)


# Shells and interpreters


def posix_shell(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `sh`: the text of `-c`, a script, or what it reads from its input."""
    return _shell(context, arguments, "sh")


def bash(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `bash`, as `sh`."""
    return _shell(context, arguments, "bash")


def _shell(context: Context, arguments: list[Argument], name: str) -> list[Text]:
    at = 0
    takes_text = False
    while at < len(arguments):
        option = arguments[at]
        if option is None:
            return [Unknown("the arguments of the shell are only known when it runs")]
        if not re.match(r"[-+].", option):
            break
        at += 1
        if option == "--":
            break
        if not re.fullmatch(r"-[aceEfhmnuvxC]+|\+[aeEfhmnuvxC]+|-o|\+o", option):
            return [Unknown("the shell is started in a way that can run other files")]
        takes_text = takes_text or "c" in option
        at += option[1:] == "o"
    rest = arguments[at:]
    # What is called `sh` can be any shell.
    is_bash = name == "bash"
    if takes_text:
        if rest[:1] == ["-"]:
            return [Unknown("shells differ on `-` behind their options")]
        return context.shell(rest[0], bash=is_bash, arguments=rest[2:]) if rest else []
    if rest:
        return context.script(rest[0], name, rest[1:])
    given = context.input
    if given is not None and given.path is not None:
        return context.script(given.path, name)
    if given is not None and given.text is not None:
        return context.shell(given.text, bash=is_bash)
    return [Unknown("the shell runs its input, which is not analysed")]


def runs_code(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read an interpreter: nothing but its version is without effect."""
    del context
    if len(arguments) == 1 and arguments[0] in {"--version", "-V", "--help", "-h"}:
        return []
    return [Unknown("the code that it runs is not analysed")]


pip = unless(r"--py", "one of its arguments can make it run a program")


def python(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `python`: the text of `-c`, a script, what it reads from its input, or `-m pip`."""
    rest = list(arguments)
    while rest and rest[0] is not None and re.fullmatch(r"-[uIEsBqOP]+", rest[0]):
        del rest[0]
    if not rest or rest[0] == "-":
        given = context.input
        if given is not None and given.path is not None:
            return context.script(given.path, "python")
        if given is not None and given.text is not None:
            return context.python(given.text, given.at)
        return [Unknown("the Python that it reads from its input is not analysed")]
    first = rest[0]
    if first == "-m" and rest[1:2] == ["pip"]:
        return pip(context, rest[2:])
    if first == "-c" and len(rest) > 1:
        return context.python(rest[1])
    if first is not None and not first.startswith("-"):
        return context.script(first, "python", rest[1:])
    return runs_code(context, rest)


def find(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `find`: each `-exec` and its like, up to `;` or `{} +`."""
    found: list[Text] = []
    at = 0
    while at < len(arguments):
        value = arguments[at]
        at += 1
        if value is None:
            found.append(Unknown("one of the arguments of `find` can be `-exec`"))
        elif value in {"-exec", "-execdir", "-ok", "-okdir"}:
            command: list[Argument] = []
            while at < len(arguments) and arguments[at] != ";":
                value = arguments[at]
                at += 1
                if value == "+" and command and command[-1] is None:
                    break
                # What `{}` stands for is a file's name behind a folder's.
                command.append(None if value is not None and "{}" in value else value)
            found += context.argv(command)
    return found


def xargs(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `xargs`: the command that follows, with more arguments from its input."""
    skipped = _XARGS.skip(arguments)
    if skipped is None:
        return [Unknown("an option of `xargs` is not known")]
    command = arguments[skipped:]
    if not command:
        return context.argv(["echo"])
    return context.argv([*command[:1], *(None if a is None or "{}" in a else a for a in command[1:]), None])


_XARGS = Options(
    "0rtpx",
    "adEeIiLlnPs",
    frozenset({"null", "no-run-if-empty", "verbose", "exit", "interactive"}),
    frozenset({"arg-file", "delimiter", "max-args", "max-procs", "max-lines", "max-chars", "replace"}),
)


def git(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `git`: `-c` can name commands, and some subcommands run others."""
    found: list[Text] = []
    rest = list(arguments)
    while rest and rest[0] is not None and rest[0].startswith("-"):
        option = rest.pop(0) or ""
        if option == "-c":
            found += _git_setting(context, rest.pop(0) if rest else "")
        elif option in {"-C", "--git-dir", "--work-tree", "--namespace"}:
            del rest[:1]
        elif not re.match(
            r"-p$|-P$|--(?:paginate|no-pager|bare|version|help|git-dir=|work-tree=|literal-pathspecs)", option
        ):
            found.append(Unknown("an option of `git` is not known"))
    if not rest:
        return found
    if rest[0] not in _GIT_PLAIN:
        found.append(Unknown("what this subcommand of `git` runs is not known"))
    for value in rest[1:]:
        if value is None:
            found.append(Unknown("one of the arguments of `git` can be an option that starts another"))
        elif _GIT_STARTS.match(value) or (
            re.match(r"-[A-Za-z]", value) and set(value) & set(_GIT_SHORT.get(rest[0] or "", ""))
        ):
            found.append(Unknown("one of the arguments of `git` starts a program"))
    return found


_GIT_PLAIN = words(
    """
    add apply blame branch cat-file checkout cherry-pick clean clone commit describe diff fetch grep
    init log ls-files ls-remote ls-tree merge mv pull push remote reset restore rev-list rev-parse
    revert rm shortlog show stash status switch tag version worktree
    """
)
# Options can be abbreviated to what no other option of the subcommand begins with.
_GIT_STARTS = re.compile(
    r".*::|--(?:up?(?:$|=)|upl|rece|e(?:$|=)|ex|edit$|co?(?:$|=)|con|te|op|se|too|gpg|strat)"
)
_GIT_SHORT = {
    "clone": "uc",
    "ls-remote": "u",
    "grep": "O",
    "commit": "Sce",
    "tag": "su",
    "merge": "Ss",
    "pull": "Ss",
}
_GIT_COMMANDS = re.compile(
    r"(?:core\.(?:pager|editor|sshcommand|askpass)|pager\..+|sequence\.editor|diff\.external|diff\..+\.(?:command|textconv)|"
    r"merge\..+\.driver|filter\..+\.(?:clean|smudge|process)|gpg\.program|gpg\..+\.program|.*tool\..+\.cmd)"
)
_GIT_HARMLESS = re.compile(
    r"(?:user\.(?:name|email)|color\..+|core\.(?:quotepath|autocrlf|filemode|ignorecase)|init\.defaultbranch|"
    r"advice\..+|http\.(?:postbuffer|lowspeedlimit|lowspeedtime)|pull\.(?:rebase|ff)|push\.default|"
    r"commit\.gpgsign|tag\.gpgsign|safe\.directory|protocol\.version|gc\.auto|log\.date|column\.ui)"
)


def _git_setting(context: Context, setting: Argument) -> list[Text]:
    if setting is None:
        return [Unknown("a setting of `git` is only known when it runs")]
    name, _, value = setting.partition("=")
    name = name.lower()
    if _GIT_COMMANDS.fullmatch(name):
        return context.shell(value)
    if name.startswith("alias."):
        return (
            context.shell(value[1:])
            if value.startswith("!")
            else [Unknown("an alias of `git` can run anything")]
        )
    if name == "credential.helper" or re.fullmatch(r"credential\..+\.helper", name):
        if value in {"", "store", "cache"}:
            return []
        return context.shell(value[1:]) if value.startswith("!") else [Unknown("a credential helper is run")]
    if _GIT_HARMLESS.fullmatch(name):
        return []
    return [Unknown(f"what the setting `{name[:40]}` of `git` runs is not known")]


_SED_SAFE = re.compile(
    r"""
    (?: [ ]{0,8} (?: (?:\d+|\$|/[^/\\\n]*/) (?:,(?:\d+|\$|/[^/\\\n]*/))? )? [ ]{0,8} !? [ ]{0,8}
        (?: [pdqDNGHhgxnP=]
          | s/ (?:[^/\\\n]|\\[^\n])* / (?:[^/\\\n]|\\[^\n])* / [gpiI0-9]*
          | s\| (?:[^|\\\n]|\\[^\n])* \| (?:[^|\\\n]|\\[^\n])* \| [gpiI0-9]*
          | s\# (?:[^#\\\n]|\\[^\n])* \# (?:[^#\\\n]|\\[^\n])* \# [gpiI0-9]* )
        [ ]{0,8} (?:[;\n]|$) )+
    """,
    re.VERBOSE,
)


def sed(_context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `sed`: its script can run programs (`e`) and write files (`w`); plain substitutions do neither."""
    rest = list(arguments)
    scripts: list[Argument] = []
    while rest and rest[0] is not None and rest[0].startswith("-") and rest[0] != "-":
        option = rest.pop(0) or ""
        if option in {"-e", "--expression"}:
            scripts.append(rest.pop(0) if rest else None)
        elif not re.fullmatch(
            r"-[nErsuz]+|-n?i(?:\.[a-z~]+)?|-E?i|--(?:quiet|silent|in-place|posix|null-data)", option
        ):
            return [Unknown("an option of `sed` is not known")]
    if not scripts:
        scripts = rest[:1]
        del rest[:1]
    if not all(script is not None and _is_plain_sed(script) for script in scripts):
        return [Unknown("the script of `sed` can run programs")]
    if any(a is None or a.startswith("-") for a in rest):
        return [Unknown("one of the arguments of `sed` can be a script")]
    return []


def _is_plain_sed(script: str) -> bool:
    # Within brackets a delimiter is none to some: `s/[/]/x/`.
    return (
        len(script) <= 1000
        and WORD not in script
        and ANY not in script
        and re.search(r"\[[^\]]*[/|#]", script) is None
        and _SED_SAFE.fullmatch(script) is not None
    )


def awk(_context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `awk`: its program can run others with `system`, pipes and `getline`."""
    rest = list(arguments)
    while rest and rest[0] is not None and rest[0].startswith("-"):
        option = rest.pop(0) or ""
        if option in {"-F", "-v"}:
            del rest[:1]
        elif not re.match(r"-F.|-v.", option):
            return [Unknown("an option of `awk` is not known")]
    text = rest[0] if rest else ""
    if text is None or WORD in text or ANY in text or re.search(r"[|@]|system|getline|close|function", text):
        return [Unknown("the program of `awk` can run others")]
    return []


def tar(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `tar`: options that name a program; those of the first argument need no dash."""
    first = arguments[0] if arguments else ""
    if first is not None and re.fullmatch(r"[A-Za-z]*[IF][A-Za-z]*", first):
        return [Unknown("an option of `tar` starts a program")]
    return _tar_options(context, arguments)


_tar_options = commands_of(
    "-I --use-compress-program --to-command -F --info-script --new-volume-script --rsh-command --rmt-command",
    refuses=r"--checkpoint-a|-[A-Za-z]+[IF]|[^/]*:",  # with `:` the archive is on another machine
)


def busybox(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `busybox`: its first argument is the program that it acts as."""
    return context.argv(arguments)


def su(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `su`: the text of `-c`; without it, a shell of its own."""
    for index, value in enumerate(arguments):
        if value in {"-c", "--command"} and index + 1 < len(arguments):
            found = context.shell(arguments[index + 1])
            plain = all(a is not None and re.fullmatch(r"-|[A-Za-z0-9_]+", a) for a in arguments[:index])
            return found if plain and index + 2 >= len(arguments) else [*found, Unknown("it starts a shell")]
    return [Unknown("it starts a shell")]


def watch(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `watch`: what follows its options, as one shell text."""
    skipped = Options(
        "bcdegptwx", "n", frozenset({"no-title", "color", "errexit", "beep"}), frozenset({"interval"})
    ).skip(arguments)
    if skipped is None or any(value is None for value in arguments):
        return [Unknown("what `watch` runs is only known when it runs")]
    return context.shell(" ".join(value for value in arguments[skipped:] if value is not None))


def script(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `script`: the text of `-c`; without it, a shell."""
    commands = [
        index
        for index, value in enumerate(arguments)
        if value is not None and re.fullmatch(r"-[aefq]*c", value)
    ]
    if None in arguments or len(commands) != 1 or commands[0] + 1 >= len(arguments):
        return [Unknown("it starts a shell, or what it runs is not known")]
    return context.shell(arguments[commands[0] + 1])


def loader(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read the dynamic loader: the program that it is told to load."""
    if arguments and arguments[0] is not None and not arguments[0].startswith("-"):
        return context.argv(arguments)
    return [Unknown("an option of the dynamic loader is not known")]


def flock(context: Context, arguments: list[Argument]) -> list[Text]:
    """Read `flock`: a command behind the file, or a shell text behind `-c`."""
    skipped = Options("senxuFov", "wE").skip(arguments)
    if skipped is None:
        return [Unknown("an option of `flock` is not known")]
    rest = arguments[skipped + 1 :]
    if rest[:1] in (["-c"], ["--command"]):
        return context.shell(rest[1] if len(rest) > 1 else "")
    return context.argv(rest)

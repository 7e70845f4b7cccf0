"""`sys.executable` is `python3` to who starts it, and unknown as a path."""

import pytest

from execgate.analysis import analyze
from execgate.model.operation import FileOperation, PackageInstall, ProcessSpawn
from execgate.model.source import Source
from execgate.model.values import Unknown

IMPORTS = "import asyncio, os, shlex, subprocess, sys\n"


def found(text, kind):
    program = analyze(Source(IMPORTS + text))
    assert program.gaps == ()
    return [operation for operation in program.operations if isinstance(operation, kind)]


@pytest.mark.parametrize(
    "text",
    [
        'subprocess.run([sys.executable, "-m", "pip", "install", "six"])',
        'subprocess.check_call([sys.executable, "-m", "pip", "install", "six"])',
        'subprocess.check_call((sys.executable, "-m", "pip", *["install", "six"]))',
        'subprocess.Popen([f"{sys.executable}", "-m", "pip", "install", "six"])',
        'subprocess.run(f"{sys.executable} -m pip install six", shell=True)',
        'subprocess.run(f"{sys.executable} -m pip install six".split())',
        'subprocess.run(shlex.split(f"{sys.executable} -m pip install six"))',
        'subprocess.run(" ".join([sys.executable, "-m", "pip", "install", "six"]), shell=True)',
        'subprocess.getoutput("%s -m pip install six" % sys.executable)',
        'os.system(f"{sys.executable} -m pip install six")',
        'os.system("{} -m pip install six".format(sys.executable))',
        'os.system(sys.executable + " -m pip install six")',
        "os.system(f\"'{sys.executable}' -m pip install six\")",
        "os.system(f'\"{sys.executable}\" -m pip install six')",
        'os.system(f"{sys.executable!r} -m pip install six")',
        'os.system(f"{shlex.quote(sys.executable)} -m pip install six")',
        'os.system(f"cd /workspace && X=1 {sys.executable} -m pip install six; ls")',
        'os.execv(sys.executable, [sys.executable, "-m", "pip", "install", "six"])',
        'os.execl(sys.executable, sys.executable, "-m", "pip", "install", "six")',
        'asyncio.run(asyncio.create_subprocess_exec(sys.executable, "-m", "pip", "install", "six"))',
        'from sys import executable as py\nsubprocess.run([py, "-m", "pip", "install", "six"])',
        'def get(name):\n    subprocess.run([sys.executable, "-m", "pip", "install", name])\nget("six")',
    ],
)
def test_what_the_interpreter_is_started_with_is_followed(text):
    spawned = found(text, ProcessSpawn)
    assert {program for one in spawned for program in one.programs} <= {"python3", "ls"}
    assert [one.packages for one in found(text, PackageInstall)] == [("six",)]


@pytest.mark.parametrize(
    "text",
    [
        "import os\\nos.remove('/etc/x')",
        "open('/etc/x', 'w')",
    ],
)
def test_code_that_the_interpreter_is_handed_is_judged(text):
    paths = [one.paths for one in found(f'subprocess.run([sys.executable, "-c", "{text}"])', FileOperation)]
    assert paths == [("/etc/x",)]


@pytest.mark.parametrize(
    "text",
    [
        'sys.executable = "/bin/sh"\nsubprocess.run([sys.executable, "-c", "x"])',
        'setattr(sys, "executable", "/bin/sh")\nsubprocess.run([sys.executable, "-c", "x"])',
        'os.sys.executable = "/bin/sh"\nos.system(f"{sys.executable} x")',
        'for sys.executable in ["/bin/sh"]:\n    os.system(f"{sys.executable} x")',
        'def go():\n    os.system(sys.executable + " x")\ndef change():\n    sys.executable = "sh"\nchange()\ngo()',
        'py = sys.executable if sys.argv[1:] else sys.argv[0]\nsubprocess.run([py, "x"])',
        'subprocess.run([sys.executable + ".old", "x"])',
        'subprocess.run([f"/x{sys.executable}", "x"])',
        'subprocess.run([sys.executable.replace("python3", "sh"), "x"])',
        'subprocess.run([os.path.dirname(sys.executable) + "/sh", "x"])',
        'subprocess.run([sys.executable[:-1], "x"])',
        'os.system(f"{sys.executable}.old x")',
        'os.system(f"./{sys.executable} x")',
        'os.system(f"X={sys.executable} ls")',
        "os.system(f\"'{sys.executable}'{len(sys.argv)} x\")",
        'os.system(f"{sys.executable}{sys.argv[1]}")',
        'os.system(f"{sys.argv[1]}; {sys.executable} x")',
        "os.system(f\"x '; {sys.executable} x'\")",
    ],
)
def test_what_may_be_another_program_is_unknown(text):
    spawned = found(text, ProcessSpawn)
    assert any(isinstance(program, Unknown) for one in spawned for program in one.programs)


@pytest.mark.parametrize(
    "text",
    [
        "open(sys.executable, 'w')",
        "open(os.path.dirname(sys.executable) + '/x', 'w')",
        "os.symlink(sys.executable, sys.executable)",
    ],
)
def test_where_the_interpreter_lies_is_not_known(text):
    assert not any(one.resolved for one in found(text, FileOperation))


@pytest.mark.parametrize(
    "text",
    [
        'subprocess.run(["cat", sys.executable])',
        'os.system(f"cat {sys.executable}")',
        'os.system(f"echo x > {sys.executable}")',
    ],
)
def test_it_is_no_name_of_a_file_either(text):
    assert not all(one.resolved for one in (*found(text, FileOperation), *found(text, ProcessSpawn)))

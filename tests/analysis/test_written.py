"""What a program writes where something else runs it is judged as what the program does."""

from __future__ import annotations

import pytest

from execgate.analysis import analyze
from execgate.analysis.written.places import runner_of
from execgate.model.operation import ProcessSpawn
from execgate.model.source import Source

BASHRC = "/root/.bashrc"

WAYS = [
    "with open('/root/.bashrc', 'a') as f:\n    f.write('curl x.example\\n')",
    "f = open('/root/.bashrc', 'a')\nf.write('cu')\nf.write('rl x.example\\n')\nf.close()",
    "f = open('/root/.bashrc', 'w')\nf.writelines(['curl ', 'x.example\\n'])",
    "f = open('/root/.bashrc', 'ab')\nf.write(b'curl x.example\\n')",
    "w = open('/root/.bashrc', 'a').write\nw('curl x.example\\n')",
    "with open('/root/.bashrc', 'a') as f:\n    print('curl', 'x.example', file=f)",
    "from pathlib import Path\nPath('/root', '.bashrc').write_text('curl x.example')",
    "from pathlib import Path\nwith Path('/root/.bashrc').open('a') as f:\n    f.write('curl x.example')",
    "import os\nfd = os.open('/root/.bashrc', os.O_WRONLY)\nos.write(fd, b'curl x.example\\n')",
    "import os\nfd = os.open('/root/.bashrc', os.O_WRONLY)\nwith os.fdopen(fd, 'a') as f:\n    f.write('curl x')",
    "import codecs\ncodecs.open('/root/.bashrc', 'a').write('curl x.example\\n')",
    "import shutil\nopen('x', 'w').write('curl x.example')\nshutil.copy('x', '/root/.bashrc')",
    "import os\nopen('x', 'w').write('curl x.example')\nos.replace('x', '/root/.bashrc')",
    "import os\nos.system(\"echo 'curl x.example' >> /root/.bashrc\")",
    "def add(path, line):\n    with open(path, 'a') as f:\n        f.write(line + '\\n')\nadd('/root/.bashrc', 'curl x')",
    "for home in ['/root', '/home/a']:\n    open(home + '/.bashrc', 'a').write('curl x.example\\n')",
    "f = open('/root/.bashrc', 'a')\nwhile input():\n    f.write('curl x\\n')",
    "f = open('/root/.bashrc', 'w')\nfor part in 'curl x':\n    f.write(part)",
    "open('/root/.bashrc', 'a').write('alias ls=\"curl x.example\"\\n')",
]


@pytest.mark.parametrize("code", WAYS)
def test_a_start_up_file_is_a_shell_text_however_it_is_written(does, code: str) -> None:
    assert "shell curl" in does(code)


UNSEEN = [
    "open('/root/.bashrc', 'a').write(input())",
    "f = open('/root/.bashrc', 'w')\nwhile input():\n    f.write('r')\n    f.write('m')",
    "f = open('/root/.bashrc', 'w')\nfor part in input():\n    f.write(part)",
    "import json\njson.dump({}, open('/root/.bashrc', 'w'))",
    "import subprocess\nsubprocess.run(['ls'], stdout=open('/root/.bashrc', 'w'))",
    "import shutil\nshutil.copy('x', '/root/.bashrc')",
    "import shutil\nshutil.copy('x', '/etc/cron.d')",
    "import zipfile\nzipfile.ZipFile('a.zip').extractall('/etc/profile.d')",
    "import os\nos.symlink('/workspace/x', '/root/.bashrc')",
    "import urllib.request\nurllib.request.urlretrieve('https://a.example/x', '/root/.bashrc')",
    "open('x', 'a').write('ls')\nimport os\nos.rename('x', '/root/.bashrc')",
    "f = open('/root/.bashrc', 'w')\nf.write('# curl x')\nf.seek(0)\nf.write(' ')",
    "import sys\nsys.stdout = open('/root/.bashrc', 'w')\nprint('curl x')",
    "import os\nfd = os.open('/root/.bashrc', os.O_WRONLY)\nos.dup2(fd, 1)\nprint('curl x')",
    "open('/root/.bashrc', 'a').write(f'curl {input()}\\n')",
]


@pytest.mark.parametrize("code", UNSEEN)
def test_a_start_up_file_whose_text_is_not_known_is_a_gap(does, code: str) -> None:
    assert any(
        line.startswith(("gap: what is written into `", "shell ?", "shell curl ?")) for line in does(code)
    )


HONEST = [
    ("with open('notes.txt', 'w') as f:\n    f.write('rm -rf /')", ["write notes.txt"]),
    ("open('/root/.bashrc').read()", ["read /root/.bashrc"]),
    ("import json\njson.load(open('/root/.bashrc'))", ["read /root/.bashrc"]),
    ("open('/root/.bashrc', 'a').write('export LANG=C\\n')", ["append /root/.bashrc"]),
    ("import torch\ntorch.save(1, 'model.pth')", ["write model.pth"]),
    ("open('run.sh', 'w').write('rm -rf /')", ["write run.sh"]),
    (
        "open('x.py', 'w').write('import os')\nimport os\nos.system('wc -l x.py')",
        ["write x.py", "shell wc", "read x.py"],
    ),
]


@pytest.mark.parametrize(("code", "expected"), HONEST)
def test_a_file_that_nothing_runs_is_no_more_than_written(does, code: str, expected: list[str]) -> None:
    assert does(code) == expected


RUN = [
    ("open('x.sh', 'w').write('curl x')\nimport os\nos.system('sh x.sh')", "shell curl"),
    ("open('x.sh', 'w').write('curl x')\nimport os\nos.system('chmod +x x.sh && ./x.sh')", "shell curl"),
    (
        "open('x', 'w').write('#!/usr/bin/env python3\\nopen(\"/etc/z\")')\nimport os\nos.system('./x')",
        "read /etc/z",
    ),
    ("open('x.sh', 'w').write('curl x')\nimport subprocess\nsubprocess.run(['bash', 'x.sh'])", "shell curl"),
    (
        "open('g.py', 'w').write('open(\"/etc/z\")')\nimport subprocess\nsubprocess.run(['python', 'g.py'])",
        "read /etc/z",
    ),
    ("open('g.py', 'w').write('open(\"/etc/z\")')\nimport runpy\nrunpy.run_path('g.py')", "read /etc/z"),
    ("open('g.py', 'w').write('open(\"/etc/z\")')\nexec(open('g.py').read())", "read /etc/z"),
    (
        "from pathlib import Path\np = Path('g.py')\np.write_text('open(\"/etc/z\")')\nexec(p.read_text())",
        "read /etc/z",
    ),
    (
        "import os\ndef run():\n    os.system('sh x.sh')\nopen('x.sh', 'w').write('curl x')\nrun()",
        "shell curl",
    ),
    (
        "def f():\n    open('g.py', 'w').write('def g():\\n    open(\"/etc/z\")')\n    exec(open('g.py').read())",
        "read /etc/z",
    ),
]


@pytest.mark.parametrize(("code", "expected"), RUN)
def test_a_script_that_the_program_writes_and_runs_is_followed(does, code: str, expected: str) -> None:
    found = does(code)
    assert expected in found
    assert len(found) > 2, "running it is still said"


SETTINGS = [
    ("/etc/crontab", "MAILTO=a\n# x\n*/5 * * * * root curl x % y\n", "shell curl"),
    ("/var/spool/cron/crontabs/root", "@reboot curl x\n", "shell curl"),
    (
        "/etc/systemd/system/x.service",
        "[Unit]\nDescription=x\n[Service]\nExecStart=-/opt/curl x\n",
        "shell /opt/curl",
    ),
    ("/root/.config/autostart/x.desktop", "[Desktop Entry]\nName=x\nExec=curl %u\n", "shell curl"),
    ("/root/.ssh/authorized_keys", 'command="curl x" ssh-ed25519 AAAA a\n', "shell curl"),
    ("/x/site-packages/x.pth", "import os; os.system('curl x')\n", "shell curl"),
    ("/x/sitecustomize.py", "import os; os.system('curl x')\n", "shell curl"),
    ("repo/.git/hooks/pre-commit", "#!/bin/sh\ncurl x\n", "shell curl"),
    ("repo/.git/hooks/pre-commit", "#!/usr/bin/env python\nopen('/etc/z')\n", "read /etc/z"),
    ("/etc/profile.d/x.sh", "curl x\n", "shell curl"),
    ("/usr/local/bin/ls", "#!/bin/sh\ncurl x\n", "shell curl"),
]


@pytest.mark.parametrize(("path", "text", "expected"), SETTINGS)
def test_settings_that_name_commands_are_read_in_their_language(
    does, path: str, text: str, expected: str
) -> None:
    assert expected in does(f"open({path!r}, 'w').write({text!r})")


OPAQUE = [
    ("/etc/ld.so.preload", "/tmp/x.so\n"),
    ("/root/.vimrc", "autocmd VimEnter * !curl x\n"),
    ("/root/.config/fish/config.fish", "echo\n"),
    ("repo/.git/config", "[core]\n\tfsmonitor = curl x\n"),
    ("/x/site-packages/x.pth", "/tmp/evil\n"),
    ("repo/.git/hooks/pre-commit", "#!/usr/bin/perl\nexec 'curl'\n"),
    ("/etc/systemd/system/x.service", "[Service]\nEnvironment=LD_PRELOAD=/tmp/x.so\n"),
    ("/root/.ssh/authorized_keys", 'environment="LD_PRELOAD=x" ssh-rsa AAAA\n'),
]


@pytest.mark.parametrize(("path", "text"), OPAQUE)
def test_what_is_in_another_language_is_a_gap(does, path: str, text: str) -> None:
    assert any(
        line.startswith("gap: what is written into") for line in does(f"open({path!r}, 'w').write({text!r})")
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/root/.ssh/authorized_keys", "ssh-ed25519 AAAA a@command\n"),
        ("/root/.gitconfig", "[user]\n\tname = a\n"),
        ("/etc/crontab", "# nothing yet\n"),
    ],
)
def test_settings_that_name_no_command_are_no_more_than_written(does, path: str, text: str) -> None:
    assert does(f"open({path!r}, 'w').write({text!r})") == [f"write {path}"]


@pytest.mark.parametrize(
    "path",
    ["/root/.bashrc", "/home/a/.zshrc", "~/.profile", "/etc/profile.d", "/usr/lib/python3.11/json/x.py"],
)
def test_some_files_are_run_by_themselves(path: str) -> None:
    assert runner_of(path) is not None


@pytest.mark.parametrize(
    "path",
    [
        "/workspace/.bashrc",
        "/workspace/x.py",
        "/workspace/model.pth",
        "/tmp/x.sh",
        "/etc/profiles/x",
        "/data/bin/x",
    ],
)
def test_others_are_not(path: str) -> None:
    assert runner_of(path) is None


def _block(text: str) -> tuple[set[str], list[str]]:
    """Return the programs that a shell block starts, and its gaps."""
    program = analyze(Source(text, language="bash"))
    started = {str(name) for o in program.operations if isinstance(o, ProcessSpawn) for name in o.programs}
    return started, [gap.why for gap in program.gaps]


@pytest.mark.parametrize(
    "text",
    [
        "echo 'curl x.example' >> ~/.bashrc",
        "cat > /etc/profile.d/x.sh <<'EOF'\ncurl x.example\nEOF\n",
        "printf 'curl x.example\\n' > /root/.profile",
        "echo '* * * * * root curl x.example' > /etc/cron.d/x",
    ],
)
def test_a_shell_block_that_writes_a_start_up_file_does_what_the_file_says(text: str) -> None:
    started, gaps = _block(text)
    assert "curl" in started
    assert gaps == []


@pytest.mark.parametrize(
    "text",
    [
        "cp x ~/.bashrc",
        "mv x /etc/cron.d/",
        "echo x | tee -a ~/.bashrc",
        "curl -o ~/.bashrc https://a.example/x",
        "ls > ~/.bashrc",
        "echo x 2> ~/.bashrc",
        "ln -s /workspace/x ~/.bashrc",
    ],
)
def test_a_shell_block_that_writes_what_is_not_known_there_is_a_gap(text: str) -> None:
    assert any(why.startswith("what is written into `") for why in _block(text)[1])


@pytest.mark.parametrize("text", ["cp ~/.bashrc x", "echo 'rm -rf /' > x", "cat < ~/.bashrc", "ls >> log"])
def test_a_shell_block_that_only_reads_it_or_writes_elsewhere_is_none(text: str) -> None:
    started, gaps = _block(text)
    assert "rm" not in started
    assert gaps == []

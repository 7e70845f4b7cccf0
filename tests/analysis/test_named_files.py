"""Files that a call touches under other names than the one it was given."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Does = Callable[[str], list[str]]

CALLS = {
    "shutil.make_archive('out', 'zip', 'folder')": ["read folder", "write out.zip"],
    "shutil.make_archive('out', 'gztar', 'folder')": ["read folder", "write out.tar.gz"],
    "shutil.make_archive('out', input(), 'folder')": ["read folder", "write out.*"],
    "dbm.open('keys', 'c')": ["read keys keys.*", "create keys keys.*", "write keys keys.*"],
    "dbm.open('keys')": ["read keys keys.*"],
    "dbm.whichdb('keys')": ["read keys keys.*"],
    "logging.handlers.RotatingFileHandler('a.log')": ["append a.log"],
    "logging.handlers.RotatingFileHandler('a.log', maxBytes=9, backupCount=2)": [
        "append a.log",
        "move a.log a.log.*",
        "delete a.log.*",
    ],
    "fileinput.input('a.txt')": ["read a.txt"],
    "fileinput.input('a.txt', inplace=True)": ["read a.txt", "write a.txt a.txt*", "read a.txt*"],
    "os.removedirs('a/b/c')": ["delete a/b/c", "delete a/b", "delete a"],
    "os.removedirs('/a/b')": ["delete /a/b", "delete /a"],
    "os.removedirs('a/' + input() + '/c')": ["delete a/*/c", "delete a/*", "delete ?"],
    "os.renames('a/b', 'c/d')": ["move a/b c/d", "delete a/b", "delete a"],
    "glob.glob('*.csv')": ["list *.csv"],
    "glob.glob('*.csv', root_dir='data')": ["list data/*.csv"],
    "glob.glob('*.csv', root_dir=input())": ["list ?"],
    "pydoc.writedoc('json')": ["write json.html"],
}


@pytest.mark.parametrize("call", CALLS)
def test_every_file_that_a_call_touches_is_named(does: Does, call: str) -> None:
    module = call.partition("(")[0].rpartition(".")[0]
    assert [line for line in does(f"import {module}\n{call}") if "import" not in line] == CALLS[call]


ARCHIVES = {
    "zipfile.ZipFile('a.zip', 'a')": ["append a.zip", "read a.zip"],
    "zipfile.ZipFile('a.zip', 'w')": ["write a.zip"],
    "zipfile.ZipFile('a.zip')": ["read a.zip"],
    "tarfile.open('a.tar', 'a')": ["append a.tar", "read a.tar"],
    "tarfile.open('a.tar', 'w:gz')": ["write a.tar"],
}


@pytest.mark.parametrize("call", ARCHIVES)
def test_what_is_added_to_an_archive_reads_it_too(does: Does, call: str) -> None:
    assert does(f"import zipfile, tarfile\n{call}") == ARCHIVES[call]


@pytest.mark.parametrize("given", ["('h.example', 9)", "0, ('h.example', 9)", "*[0, ('h.example', 9)]"])
def test_a_datagram_goes_to_its_last_argument(does: Does, given: str) -> None:
    assert does(f"import socket\nsocket.socket().sendto(b'x', {given})") == ["send //h.example:9"]


def test_paths_are_computed_without_an_effect(does: Does) -> None:
    assert (
        does("import os\nos.path.relpath('a', 'b'), os.path.commonpath(['a/b', 'a/c']), os.path.isabs('a')")
        == []
    )


@pytest.mark.parametrize(
    ("call", "path"),
    [
        ("os.fchmod(os.open('a.txt', os.O_RDONLY), 0o777)", "a.txt"),
        ("os.fchown(os.open('a.txt', os.O_RDONLY), 0, 0)", "a.txt"),
        ("os.utime(os.open('a.txt', os.O_RDONLY))", "a.txt"),
        ("os.chmod(3, 0o777)", "?"),
    ],
)
def test_a_mode_is_changed_through_what_was_opened_only_for_reading(does: Does, call: str, path: str) -> None:
    assert f"chmod {path}" in does(f"import os\n{call}")


def test_every_piece_that_print_writes_reaches_what_it_writes_to(does: Does) -> None:
    printed = "print('a', 'b', sep='c', end='d', file=types.SimpleNamespace(write=os.system))"
    assert [line for line in does(f"import os, types\n{printed}") if line.startswith("shell")] == [
        "shell a",
        "shell c",
        "shell b",
        "shell d",
    ]


def test_a_name_counts_from_the_folder_that_is_open(does: Does) -> None:
    code = """
import os
folder = os.open('/etc', os.O_RDONLY)
os.open('passwd', os.O_RDONLY, dir_fd=folder)
os.remove('a', dir_fd=folder)
os.rename('b', 'c', src_dir_fd=folder)
os.rename('d', 'e', dst_dir_fd=folder)
os.mkdir('f', dir_fd=None)
os.mkdir('g', dir_fd=7)
"""
    assert set(does(code)) == {
        "read /etc",
        "read /etc/passwd",
        "delete /etc/a",
        "move /etc/b c",
        "move d /etc/e",
        "create f",
        "create ?",
    }

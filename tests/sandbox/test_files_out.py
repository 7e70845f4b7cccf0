"""What a program leaves in its folder to harm the host."""

import pytest

from execgate.errors import InputError
from execgate.model.execution import InputFile, Stop

pytestmark = pytest.mark.engine


def left(run, text, **options):
    result = run(text, **options)
    assert (result.stopped_by, result.exit_code, result.stderr) == (Stop.EXIT, 0, "")
    return [(file.name, len(file.data)) for file in result.artifacts], list(result.rejected)


def test_links_devices_fifos_and_sockets_are_refused(run):
    text = """
        import os, socket
        os.symlink("/etc/passwd", "link")
        os.symlink("/etc", "folder")
        os.symlink("nowhere", "dangling")
        os.mkfifo("fifo")
        socket.socket(socket.AF_UNIX).bind("socket")
        open("good", "w").close()
    """
    names = ("dangling", "fifo", "folder", "link", "socket")
    assert left(run, text) == ([("good", 0)], [f"{name}: not a regular file" for name in names])


def test_an_input_that_became_a_link_is_refused(run):
    text = "import os\nos.remove('a')\nos.symlink('/etc/passwd', 'a')"
    assert left(run, text, inputs=(InputFile("a", b"x"),)) == ([], ["a: not a regular file"])


def test_hostile_names_are_refused_and_escaped(run):
    text = r"""
        for name in (b"a\nb", b"\x1b[31m", b"\xff", "a\u202eb".encode(), b"back\\slash", "ü".encode()):
            open(name, "w").close()
    """
    assert left(run, text) == (
        [("ü", 0)],
        [
            r"\x1b[31m: the name has control characters",
            r"a\nb: the name has control characters",
            r"a\u202eb: the name has control characters",
            r"back\\slash: the name has a backslash",
            r"\udcff: the name is not UTF-8",
        ],
    )


def test_a_sparse_file_counts_by_its_size(run):
    text = "open('sparse', 'wb').truncate(33_000_000)\nopen('small', 'wb').write(b'x')"
    assert left(run, text) == (
        [("small", 1)],
        ["sparse: too large: the files that come back are at most 32,000,000 bytes together"],
    )


def test_files_come_back_until_the_cap_on_their_number(run):
    files, refused = left(run, "for n in range(250): open(f'{n:03}', 'w').close()")
    assert files == [(f"{n:03}", 0) for n in range(100)]
    assert refused[0] == "100: too many: at most 100 files come back"
    assert len(refused) == 101
    assert refused[-1] == "50 more were not taken: too many entries"


def test_files_come_back_until_the_cap_on_their_size(run):
    text = "for n in range(4): open(f'{n}', 'wb').write(bytes(10_000_000))"
    files, refused = left(run, text)
    assert files == [("0", 10_000_000), ("1", 10_000_000), ("2", 10_000_000)]
    assert refused == ["3: too large: the files that come back are at most 32,000,000 bytes together"]


def test_a_deep_folder_is_left_alone(run):
    text = "import os\nos.makedirs('d/' * 40)\nopen('d/' * 15 + 'x', 'w').close()\nopen('d/' * 16 + 'y', 'w').close()"
    files, refused = left(run, text)
    assert files == [("d/" * 15 + "x", 0)]
    assert refused == ["/".join("d" * 16) + ": too deep below the working folder"]


def test_a_folder_that_can_not_be_read_is_told(run):
    text = "import os\nos.makedirs('secret/more')\nos.chmod('secret', 0)\nopen('a', 'w').close()\nos.chmod('a', 0)"
    assert left(run, text) == ([], ["secret: can't be read", "a: can't be read"])


def test_a_folder_that_may_be_listed_but_not_entered_is_told(run):
    # To ask what a file in it is fails, which once ended the supervisor: the run was reported as lost.
    text = (
        "import os\nos.mkdir('d')\nopen('d/f', 'w').close()\nos.chmod('d', 0o400)\nopen('good', 'w').close()"
    )
    assert left(run, text) == ([("good", 0)], ["d/f: can't be read"])


def test_a_path_that_is_longer_than_any_call_takes_is_told(run):
    # Made step by step it can be longer than what the kernel takes in one piece; that, too, ended the supervisor.
    text = "import os\nfor _ in range(15):\n    os.mkdir('d' * 255)\n    os.chdir('d' * 255)\nopen('f' * 255, 'w').close()"
    files, refused = left(run, text)
    assert files == []
    assert [line.rpartition(": ")[2] for line in refused] == ["can't be read"]


def test_very_many_entries_are_left_alone(run):
    text = "for n in range(16_000): open(f'{n:05}', 'w').close()"
    files, refused = left(run, text, disk_bytes=None)
    assert len(files) == 100
    assert refused[-1].endswith("more were not taken: too many entries")


@pytest.mark.parametrize("name", ["../a", "/a", "a/../b", "", ".", "a\0b", "a\nb", "a//b"])
def test_an_input_whose_name_leads_astray_is_refused(run, name):
    with pytest.raises(InputError):
        run("print('never')", inputs=(InputFile(name, b""),))

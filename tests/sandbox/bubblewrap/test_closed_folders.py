"""A gate that is root starts bubblewrap as somebody else, who may not enter every folder of root's."""

import tempfile
from pathlib import Path

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import OPEN
from execgate.sandbox import NOTHING, BubblewrapSandbox
from execgate.sandbox.bubblewrap import backend
from execgate.sandbox.image.root import ensure_root

HELP = "set TMPDIR to a folder that everybody may enter"


@pytest.fixture
def closed():
    # A socket's path is short, and that of a test's own folder is not.
    with tempfile.TemporaryDirectory() as above:
        folder = Path(above, "closed")
        folder.mkdir(mode=0o700)
        yield folder


def test_a_folder_that_it_may_not_enter_is_told_with_the_fix(monkeypatch, closed):
    monkeypatch.setattr(backend, "program_user", lambda: 65532)
    # What is above the folders of tests may be closed, too; the uppermost is told.
    with pytest.raises(SandboxUnavailableError, match="user 65532, who may not enter") as caught:
        backend._check_way(closed / "doors" / "1", HELP)
    assert caught.value.help == HELP


@pytest.mark.parametrize("user", [65532, None])
def test_a_folder_that_everybody_may_enter_is_used_and_so_is_any_by_its_own_user(monkeypatch, closed, user):
    monkeypatch.setattr(backend, "program_user", lambda: user)
    backend._check_way(Path("/usr/share/zoneinfo") if user else closed / "doors", HELP)


@pytest.mark.engine
def test_a_run_with_a_way_out_says_so_before_it_begins(monkeypatch, authorize, closed):
    with_way_out = authorize("print(1)", confines=OPEN)
    ensure_root("base")
    sandbox = BubblewrapSandbox(ahead=NOTHING)
    monkeypatch.setattr(tempfile, "tempdir", str(closed))
    if backend.program_user() is None:
        assert sandbox.run(with_way_out).stdout == "1\n"
    else:
        with pytest.raises(SandboxUnavailableError) as caught:
            sandbox.run(with_way_out)
        assert caught.value.help == HELP
        assert sandbox.run(authorize("print(2)")).stdout == "2\n"
    sandbox.close()
    assert list(closed.iterdir()) == []

"""What was acknowledged stays, whatever happens to the process, the disk or the folder."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from execgate.errors import ReceiptError
from execgate.model.conversation import Conversation
from execgate.model.source import Source
from execgate.model.verdict import Verdict
from execgate.receipts import CallPart, ReceiptStore, note

PART = CallPart(0, 1, approved=False)
WRITER = """
import sys
from pathlib import Path
from execgate.model.conversation import Conversation
from execgate.model.source import Source
from execgate.model.verdict import Verdict
from execgate.receipts import CallPart, ReceiptStore

store = ReceiptStore.open(Path(sys.argv[1]), busy_s=60)
for number in range(int(sys.argv[2])):
    verdict = Verdict(Source(f"print({number})"), f"agent-{sys.argv[3]}")
    receipt = store.decision(verdict, Conversation("writer", message_from_suggester="go"),
                             call=CallPart(0, 1, False))
    print(receipt.receipt_id, flush=True)
"""


def writer(home: Path, count: int, name: str = "a", *, before: str = "") -> subprocess.Popen[str]:
    """Start a process that appends `count` receipts and prints each id once it is acknowledged."""
    return subprocess.Popen(
        [sys.executable, "-c", before + WRITER, str(home), str(count), name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def acknowledged(process: subprocess.Popen[str]) -> list[str]:
    output, errors = process.communicate()
    assert not errors
    return output.split()


def append(store: ReceiptStore, code: str = "x") -> str:
    return store.decision(Verdict(Source(code), "agent"), Conversation(), call=PART).receipt_id


def listed(home: Path) -> list[str]:
    with ReceiptStore.open(home, create=False) as store:
        assert store.verify().ok
        return [line.receipt_id for line in store.list()]


class TestKill:
    def test_no_acknowledged_receipt_is_lost_when_the_writer_is_killed(self, home: Path) -> None:
        kept: list[str] = []
        for trial in range(20):
            process = writer(home, 10_000, str(trial))
            assert process.stdout is not None
            got = [process.stdout.readline() for _ in range(trial % 7 + 1)]
            process.send_signal(signal.SIGKILL)
            got += process.communicate()[0].splitlines(keepends=True)
            kept += [line.strip() for line in got if line.endswith("\n")]
            found = listed(home)
            assert [one for one in found if one in set(kept)] == kept
        with ReceiptStore.open(home) as store:
            append(store)
            assert store.verify().ok

    def test_a_first_start_that_is_killed_anywhere_is_made_good_by_the_next(self, tmp_path: Path) -> None:
        """Stop the first start before each of its steps in turn, as a kill would."""
        steps = ("write_new", "sync_folder")
        for step in steps:
            for number in range(4):
                home = tmp_path / f"{step}-{number}"
                kill = (
                    "import os, execgate.receipts.home as home\n"
                    f"real, left = home.{step}, [{number}]\n"
                    "def killed(*args):\n"
                    "    if not left[0]: os._exit(9)\n"
                    "    left[0] -= 1\n"
                    "    real(*args)\n"
                    f"home.{step} = killed\n"
                )
                process = writer(home, 1, before=kill)
                process.communicate()
                assert process.returncode == 9
                with ReceiptStore.open(home) as store:
                    append(store)
                assert len(listed(home)) == 1
                assert {path.name for path in home.iterdir()} == {"checkpoint", "keys", "receipts.db", "seal"}


class TestCompany:
    def test_several_processes_append_to_one_log(self, home: Path) -> None:
        """They also race to make it: nobody made it before."""
        processes = [writer(home, 25, str(number)) for number in range(4)]
        kept = [acknowledged(process) for process in processes]
        found = listed(home)
        assert sorted(found) == sorted(one for part in kept for one in part)
        for part in kept:
            assert [one for one in found if one in set(part)] == part
        assert note.parse((home / "checkpoint").read_bytes()).size == 100

    def test_several_threads_append_through_one_store(self, store: ReceiptStore) -> None:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            kept = list(pool.map(lambda number: append(store, f"print({number})"), range(80)))
        assert sorted(line.receipt_id for line in store.list()) == sorted(kept)
        assert store.verify().ok

    def test_a_store_goes_on_on_both_sides_of_a_fork(self, home: Path) -> None:
        fork = "import os\nchild = None\n"
        forking = WRITER.replace(
            "    verdict =", "    child = os.fork() if number == 1 else child\n    verdict ="
        )
        ended = "\nif child: os.waitpid(child, 0)\nelse: os._exit(0)\n"
        ran = subprocess.run(
            [sys.executable, "-c", fork + forking + ended, str(home), "5", "a"],
            check=True,
            capture_output=True,
            text=True,
        )
        assert sorted(listed(home)) == sorted(ran.stdout.split())
        assert len(listed(home)) == 9

    def test_reading_goes_on_while_another_appends(self, store: ReceiptStore, home: Path) -> None:
        append(store)
        with ReceiptStore.open(home, create=False) as reader:
            for number in range(5):
                assert reader.verify().size == number + 1
                append(store)

    def test_a_log_that_is_held_for_too_long_is_an_error(self, home: Path) -> None:
        with (
            ReceiptStore.open(home, busy_s=0.05) as store,
            contextlib.closing(sqlite3.connect(home / "receipts.db", isolation_level=None)) as other,
        ):
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(ReceiptError, match="held by another process for too long"):
                append(store)
            other.execute("ROLLBACK")
            append(store)
            assert store.verify().size == 1


class TestFaults:
    def test_a_full_disk_is_an_error_and_leaves_nothing_half_written(self, store, home: Path) -> None:
        append(store)
        pages = store._data._connection.execute("PRAGMA page_count").fetchone()[0]
        store._data._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(ReceiptError, match="no space left to write") as caught:
            append(store, "x" * 200_000)
        assert caught.value.help == "free some space; nothing was half-written"
        found = store.verify()
        assert (found.ok, found.size) == (True, 1)
        store._data._connection.execute("PRAGMA max_page_count = 1000000")
        append(store, "x" * 200_000)
        assert store.verify().size == 2

    def test_a_disk_that_fills_up_at_any_byte_is_an_error(self, home: Path) -> None:
        """Let the system refuse to let files grow, at one size after the other."""
        with ReceiptStore.open(home) as store:
            append(store)
        limit = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))\n"
        failed = 0
        for size in (40_000, 60_000, 90_000, 120_000):
            before = len(listed(home))
            process = writer(home, 200, before=limit.format(size))
            output, errors = process.communicate()
            failed += process.returncode
            assert "ReceiptError" in errors
            assert len(listed(home)) == before + len(output.split())
        assert failed == 4

    def test_an_export_to_a_full_disk_is_an_error_and_leaves_what_was_there(
        self, store, tmp_path: Path
    ) -> None:
        append(store)
        out = tmp_path / "out"
        out.write_text("before")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
        try:
            with pytest.raises(ReceiptError, match="can't use") as caught:
                store.export(out)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert caught.value.help == "free some space; nothing was half-written"
        assert out.read_text() == "before"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "out"]

    def test_an_interrupted_append_is_none(self, store, monkeypatch) -> None:
        append(store)
        with monkeypatch.context() as patch:
            patch.setattr("execgate.receipts.log.keep", _interrupt)
            with pytest.raises(KeyboardInterrupt):
                append(store)
        assert store.verify().size == 1
        append(store)
        assert store.verify().size == 2

    def test_a_connection_that_can_not_even_roll_back_is_opened_again(self, store, monkeypatch) -> None:
        append(store)

        def lose(*_: object) -> None:
            store._data._connection.close()
            raise sqlite3.OperationalError("disk I/O error")

        with monkeypatch.context() as patch:
            patch.setattr("execgate.receipts.log.keep", lose)
            with pytest.raises(ReceiptError, match="the disk failed"):
                append(store)
        append(store)
        assert store.verify().size == 2

    def test_a_receipt_is_durable_even_where_the_copy_of_the_checkpoint_can_not_be_written(
        self, store, home: Path
    ) -> None:
        (home / "checkpoint").mkdir()
        append(store)
        (home / "checkpoint").rmdir()
        assert store.verify().size == 1

    def test_a_folder_that_can_not_be_used_is_an_error_with_a_fix(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for place in (tmp_path / "file", tmp_path / "file" / "home", Path("/proc/execgate")):
            with pytest.raises(ReceiptError, match="can't use") as caught:
                ReceiptStore.open(place)
            assert caught.value.help

    def test_a_folder_that_others_own_is_an_error_with_a_fix(self, tmp_path: Path) -> None:
        """As somebody who may neither write the folder nor the file in it."""
        home = tmp_path / "home"
        with ReceiptStore.open(home) as store:
            append(store)
        code = (
            "import os, sys\n"
            "from pathlib import Path\n"
            "from execgate.errors import ReceiptError\n"
            "from execgate.receipts import ReceiptStore\n"
            "ReceiptStore.open(Path(sys.argv[2])).close()\n"
            "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
            "try:\n"
            "    ReceiptStore.open(Path(sys.argv[1]))\n"
            "except ReceiptError as error:\n"
            "    print(error.message, error.help)\n"
        )
        for path in (tmp_path, *tmp_path.parents[:2]):
            path.chmod(0o755)
        home.chmod(0o500 if os.getuid() else 0o700)
        ran = subprocess.run(
            [sys.executable, "-c", code, home, tmp_path / "own"],
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
        )
        home.chmod(0o700)
        if os.getuid() == 0:
            assert "can't use" in ran.stdout, ran.stderr
            assert "EXECGATE_HOME" in ran.stdout
        assert len(listed(home)) == 1


class TestFolder:
    def test_everything_in_it_is_its_owners_alone(self, home: Path) -> None:
        before = os.umask(0)
        try:
            with ReceiptStore.open(home) as store:
                append(store)
                modes = {
                    path.relative_to(home).as_posix(): stat.S_IMODE(path.stat().st_mode)
                    for path in (home, *home.rglob("*"))
                }
        finally:
            os.umask(before)
        assert modes == {
            ".": 0o700,
            "receipts.db": 0o600,
            "receipts.db-wal": 0o600,
            "receipts.db-shm": 0o600,
            "checkpoint": 0o600,
            "keys": 0o700,
            "keys/receipts.pem": 0o600,
            "keys/log.pem": 0o600,
            "keys/public.txt": 0o600,
        }

    def test_a_folder_that_others_can_write_is_refused(self, home: Path) -> None:
        home.mkdir()
        home.chmod(0o777)
        with pytest.raises(ReceiptError, match="can be written by others") as caught:
            ReceiptStore.open(home)
        assert caught.value.help.startswith(f"run `chmod go-w {home}`")
        home.chmod(0o755)
        ReceiptStore.open(home).close()

    @pytest.mark.parametrize("name", ["keys", "keys/log.pem", "keys/receipts.pem"])
    def test_private_keys_that_others_can_read_are_refused(self, home: Path, name: str) -> None:
        ReceiptStore.open(home).close()
        (home / name).chmod(0o640)
        with pytest.raises(ReceiptError, match=r"is open to others \(mode 0640\)"):
            ReceiptStore.open(home)

    def test_a_log_that_others_can_read_is_closed_to_them(self, home: Path) -> None:
        with ReceiptStore.open(home) as store:
            append(store)
        for name in ("receipts.db", "checkpoint"):
            (home / name).chmod(0o644)
        ReceiptStore.open(home).close()
        assert {stat.S_IMODE((home / name).stat().st_mode) for name in ("receipts.db", "checkpoint")} == {
            0o600
        }

    @pytest.mark.parametrize("name", ["log.pem", "receipts.pem"])
    def test_a_private_key_that_is_missing_damaged_or_another_is_refused(self, home: Path, name: str) -> None:
        with ReceiptStore.open(home) as store:
            append(store)
        ReceiptStore.open(home.with_name("other")).close()
        key = home / "keys" / name
        for data, expected in (
            (b"nonsense", "is damaged: not a PEM private key"),
            ((home.with_name("other") / "keys" / name).read_bytes(), "are not those of the log beside them"),
            (None, "can't use .*: no such file or directory"),
        ):
            key.unlink() if data is None else key.write_bytes(data)
            with pytest.raises(ReceiptError, match=expected) as caught:
                ReceiptStore.open(home)
            assert "backup" in caught.value.help
        assert len(listed(home)) == 1

    def test_a_log_that_is_gone_is_not_replaced_by_a_new_one(self, home: Path) -> None:
        with ReceiptStore.open(home) as store:
            append(store)
        keys = (home / "keys/log.pem").read_bytes()
        (home / "receipts.db").unlink()
        for create in (True, False):
            with pytest.raises(ReceiptError, match=r"there are keys, but no receipts\.db"):
                ReceiptStore.open(home, create=create)
        assert (home / "keys/log.pem").read_bytes() == keys

    def test_without_a_log_there_is_nothing_to_read_and_nothing_is_made(self, home: Path) -> None:
        with pytest.raises(ReceiptError, match="there are no receipts in"):
            ReceiptStore.open(home, create=False)
        assert not home.exists()

    def test_a_store_that_is_only_read_needs_no_private_key(self, home: Path) -> None:
        with ReceiptStore.open(home) as store:
            append(store)
        shutil.rmtree(home / "keys")
        assert len(listed(home)) == 1
        with ReceiptStore.open(home, create=False) as store, pytest.raises(ReceiptError, match="can't use"):
            append(store)

    def test_the_copy_of_the_checkpoint_is_that_of_the_log(self, store, home: Path) -> None:
        for _ in range(12):
            append(store)
            assert (home / "checkpoint").read_bytes() == store.checkpoint()
        assert (home / "keys/public.txt").read_text() == store.public_keys()

    def test_an_older_checkpoint_never_replaces_a_newer_one(self, store, home: Path) -> None:
        append(store)
        older = store.checkpoint()
        append(store)
        store._publish(older)
        assert (home / "checkpoint").read_bytes() == store.checkpoint()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt

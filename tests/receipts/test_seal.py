"""The digest of the file at rest: no byte of it changes unseen, and an honest log is never accused."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from execgate.errors import ReceiptError
from execgate.model.conversation import Conversation
from execgate.receipts import CallPart, ReceiptStore
from execgate.receipts import seal as seals


@pytest.fixture
def home(tmp_path: Path, denied) -> Path:
    with ReceiptStore.open(tmp_path / "home") as store:
        for _ in range(3):
            store.decision(denied, Conversation(message_from_suggester="hello"), call=CallPart())
    return tmp_path / "home"


def verified(home: Path) -> str | None:
    """Return the problem that verification names, None where there is none."""
    try:
        with ReceiptStore.open(home, create=False) as store:
            finding = store.verify().finding
    except ReceiptError as error:
        return str(error)
    return None if finding is None else finding.problem


def test_a_log_that_was_closed_verifies_with_its_seal(home: Path) -> None:
    assert (home / "seal").exists()
    assert verified(home) is None


def test_any_changed_byte_of_the_file_is_found(home: Path, tmp_path: Path) -> None:
    whole = (home / "receipts.db").read_bytes()
    chance = random.Random(7)
    places = [*range(0, 120, 5), *(chance.randrange(len(whole)) for _ in range(150)), len(whole) - 1]
    for place in places:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(home, copy)
        changed = bytearray(whole)
        changed[place] ^= 0x5A
        (copy / "receipts.db").write_bytes(changed)
        assert verified(copy) is not None, place


def test_any_changed_byte_of_the_seal_is_found(home: Path) -> None:
    whole = (home / "seal").read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        (home / "seal").write_bytes(changed)
        assert verified(home) is not None, place


def test_bytes_behind_the_end_are_found(home: Path) -> None:
    with (home / "receipts.db").open("ab") as file:
        file.write(b"\0" * 4096)
    assert verified(home) is not None


def test_a_seal_of_a_shorter_log_says_nothing(home: Path, denied) -> None:
    before = (home / "seal").read_bytes()
    with ReceiptStore.open(home) as store:
        store.decision(denied, Conversation(), call=CallPart())
    (home / "seal").write_bytes(before)
    assert verified(home) is None


def test_a_seal_of_a_longer_log_is_found(home: Path, tmp_path: Path, denied) -> None:
    shutil.copytree(home, tmp_path / "old")
    with ReceiptStore.open(home) as store:
        store.decision(denied, Conversation(), call=CallPart())
    (tmp_path / "old" / "seal").write_bytes((home / "seal").read_bytes())
    assert verified(tmp_path / "old") == "checkpoint inconsistent"


def test_a_log_without_a_seal_verifies(home: Path) -> None:
    (home / "seal").unlink()
    assert verified(home) is None


def test_an_empty_seal_is_none(home: Path) -> None:
    (home / "seal").write_bytes(b"")
    assert verified(home) is None


def test_erasing_leaves_a_log_that_verifies(home: Path) -> None:
    with ReceiptStore.open(home) as store:
        store.erase(next(iter(store.list())).receipt_id, code=True)
    assert verified(home) is None


def test_erasing_without_closing_leaves_no_seal_behind(home: Path) -> None:
    store = ReceiptStore.open(home)
    store.erase(next(iter(store.list())).receipt_id, code=True)
    assert not (home / "seal").exists()
    store.close()


def test_reading_leaves_the_seal_as_it_is(home: Path) -> None:
    before = (home / "seal").read_bytes()
    with ReceiptStore.open(home) as store:
        list(store.list())
    assert (home / "seal").read_bytes() == before
    assert verified(home) is None


def test_while_another_store_has_the_file_open_it_is_not_at_rest(home: Path, denied) -> None:
    with ReceiptStore.open(home) as other:
        other.decision(denied, Conversation(), call=CallPart())
        assert verified(home) is None
        with ReceiptStore.open(home) as store:
            store.decision(denied, Conversation(), call=CallPart())
    assert verified(home) is None


def test_a_large_file_is_not_sealed(home: Path, denied, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "MAX_FILE_BYTES", 10)
    (home / "seal").unlink()
    with ReceiptStore.open(home) as store:
        store.decision(denied, Conversation(), call=CallPart())
    assert not (home / "seal").exists()
    assert verified(home) is None


def test_a_store_that_can_not_be_sealed_closes_all_the_same(home: Path, denied) -> None:
    (home / "seal").unlink()
    (home / "seal").mkdir()
    with ReceiptStore.open(home) as store:
        store.decision(denied, Conversation(), call=CallPart())
    assert verified(home) is None

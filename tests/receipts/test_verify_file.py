"""An exported file verifies by itself, and not with any byte of it changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execgate.errors import ReceiptError
from execgate.model.conversation import Conversation
from execgate.receipts import CallPart, ReceiptStore, canonical, note, verify_file
from execgate.receipts.keys import SigningKey

WHOLE = CallPart(0, 1, approved=True)


@pytest.fixture
def exported(filled, tmp_path: Path) -> Path:
    path = tmp_path / "receipts.jsonl"
    assert filled[0].export(path) == 5
    return path


@pytest.fixture(scope="session")
def small(tmp_path_factory, verdict) -> Path:
    folder = tmp_path_factory.mktemp("small")
    with ReceiptStore.open(folder / "home") as store:
        for number in range(3):
            store.decision(verdict(operations=number), Conversation("planner", "g", "hi", "yes"), call=WHOLE)
        store.export(folder / "receipts.jsonl")
    return folder / "receipts.jsonl"


def problem(path: Path, **given) -> str:
    finding = verify_file(path, **given).finding
    return "" if finding is None else finding.problem


def changed(path: Path, number: int, **fields) -> None:
    """Change fields of a line, and write it in its canonical form again."""
    lines = path.read_bytes().splitlines()
    lines[number] = canonical.encode(canonical.decode(lines[number]) | fields)
    path.write_bytes(b"\n".join(lines) + b"\n")


def test_an_export_says_what_the_store_says(filled, exported) -> None:
    assert verify_file(exported) == filled[0].verify()
    assert exported.stat().st_mode & 0o777 == 0o600


def test_it_needs_nothing_but_the_file(filled, exported, home, tmp_path) -> None:
    filled[0].close()
    home.rename(tmp_path / "elsewhere")
    assert verify_file(exported).ok


def test_with_a_checkpoint_and_the_keys_from_outside_there_is_no_caveat(filled, exported, tmp_path) -> None:
    (tmp_path / "keys").write_text(filled[0].public_keys())
    (tmp_path / "checkpoint").write_bytes(filled[0].checkpoint())
    found = verify_file(exported, key=tmp_path / "keys", checkpoint=tmp_path / "checkpoint")
    assert (found.ok, found.caveats) == (True, ())


def test_an_older_checkpoint_anchors_a_newer_export(filled, tmp_path, verdict) -> None:
    store, _ = filled
    (tmp_path / "checkpoint").write_bytes(store.checkpoint())
    store.decision(verdict(), Conversation(), call=WHOLE)
    store.export(tmp_path / "out")
    assert problem(tmp_path / "out", checkpoint=tmp_path / "checkpoint") == ""


def test_an_export_that_is_older_than_the_checkpoint_lacks_receipts(
    filled, exported, tmp_path, verdict
) -> None:
    store, _ = filled
    store.decision(verdict(), Conversation(), call=WHOLE)
    (tmp_path / "checkpoint").write_bytes(store.checkpoint())
    assert problem(exported, checkpoint=tmp_path / "checkpoint") == "checkpoint inconsistent"


def test_the_keys_of_someone_else_are_refused(exported, tmp_path) -> None:
    (tmp_path / "keys").write_text(SigningKey.generate().public.pem)
    assert problem(exported, key=tmp_path / "keys") == "unknown key"


def test_erased_texts_are_missing_and_counted(filled, tmp_path) -> None:
    store, receipts = filled
    store.erase(receipts[2].receipt_id)
    store.export(tmp_path / "out")
    found = verify_file(tmp_path / "out")
    assert (found.ok, found.erased) == (True, 2)


@pytest.mark.parametrize("removed", [0, 2, 4])
def test_a_line_that_was_taken_out_is_missed(exported: Path, removed: int) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    del lines[removed]
    exported.write_bytes(b"".join(lines))
    assert problem(exported) == "index gap"


def test_single_receipts_can_be_handed_on_where_that_is_said(filled, exported: Path, tmp_path) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    for kept in ([1], [0, 1], [2, 4], [4]):
        exported.write_bytes(b"".join(lines[index] for index in kept))
        found = verify_file(exported, complete=False)
        assert (found.ok, found.decisions + found.outcomes, found.size) == (True, len(kept), 5)
    (tmp_path / "checkpoint").write_bytes(filled[0].checkpoint())
    assert problem(exported, complete=False, checkpoint=tmp_path / "checkpoint") == ""
    key = SigningKey.from_pem((tmp_path / "home/keys/log.pem").read_bytes())
    older = note.sign(note.Checkpoint(note.parse(filled[0].checkpoint()).origin, 2, bytes(32)), key)
    (tmp_path / "checkpoint").write_bytes(older)
    assert problem(exported, complete=False, checkpoint=tmp_path / "checkpoint") == "checkpoint inconsistent"


def test_lines_out_of_order_or_twice_are_found(exported: Path) -> None:
    lines = exported.read_bytes().splitlines(keepends=True)
    for order in ([1, 0, 2, 3, 4], [0, 0, 1, 2, 3, 4]):
        exported.write_bytes(b"".join(lines[index] for index in order))
        assert problem(exported) == problem(exported, complete=False) == "index gap"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"bundle": "execgate-receipt-bundle-v2"}, "malformed receipt"),
        ({"merkle_index": 3}, "index gap"),
        ({"merkle_index": True}, "malformed receipt"),
        ({"merkle_index": "2"}, "malformed receipt"),
        ({"inclusion_proof": []}, "leaf not in tree"),
        ({"inclusion_proof": ["QQ=="]}, "leaf not in tree"),
        ({"inclusion_proof": [1]}, "malformed receipt"),
        ({"inclusion_proof": ["QQ"]}, "malformed receipt"),
        ({"checkpoint": "x"}, "checkpoint inconsistent"),
        ({"keys": {}}, "malformed receipt"),
        ({"bodies": {}}, "body missing"),
        ({"bodies": {"x": {"data": "", "salt": ""}}}, "body missing"),
        ({"bodies": {"x": {"data": ""}}}, "malformed receipt"),
        ({"envelope": {}}, "malformed receipt"),
        ({"more": 1}, "malformed receipt"),
    ],
)
def test_every_field_of_a_line_is_checked(exported: Path, fields: dict, expected: str) -> None:
    changed(exported, 2, **fields)
    assert problem(exported) == expected


def test_the_first_line_is_checked_like_the_others(exported: Path) -> None:
    changed(exported, 0, checkpoint="x")
    assert problem(exported) == "bad checkpoint"


def test_a_text_that_no_receipt_names_is_found(exported: Path) -> None:
    line = canonical.decode(exported.read_bytes().splitlines()[2])
    changed(exported, 2, bodies=line["bodies"] | {"sha256:00": {"data": "", "salt": ""}})
    assert problem(exported) == "unknown body"


def test_a_text_that_was_exchanged_is_found(exported: Path) -> None:
    line = canonical.decode(exported.read_bytes().splitlines()[2])
    digests = sorted(line["bodies"])
    swapped = line["bodies"] | {digests[0]: line["bodies"][digests[1]]}
    changed(exported, 2, bodies=swapped)
    assert problem(exported) == "body digest mismatch"


def test_other_spacing_is_another_file(exported: Path) -> None:
    lines = exported.read_text().splitlines()
    exported.write_text("".join(json.dumps(json.loads(line)) + "\n" for line in lines))
    assert problem(exported) == "malformed receipt"


@pytest.mark.parametrize("data", [b"\n", b"{}\n", b"\xff\n", b"[" * 50_000 + b"\n", b"x"])
def test_a_file_that_is_no_export_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    assert problem(tmp_path / "file") == "malformed receipt"


def test_an_empty_file_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReceiptError, match="is empty: there is nothing to verify"):
        verify_file(tmp_path / "file")


def test_a_file_that_can_not_be_read_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(ReceiptError, match="can't use"):
            verify_file(path)
    (tmp_path / "file").touch()
    with pytest.raises(ReceiptError, match="missing"):
        verify_file(tmp_path / "file", checkpoint=tmp_path / "missing")


@settings(max_examples=500)
@given(data=st.data())
def test_no_byte_of_an_export_can_be_changed(small: Path, data: st.DataObject, tmp_path_factory) -> None:
    content = bytearray(small.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.getbasetemp() / "changed.jsonl"
    path.write_bytes(content)
    assert not verify_file(path).ok


def test_not_even_the_end_of_the_last_line(small: Path, tmp_path: Path) -> None:
    for content in (small.read_bytes()[:-1], small.read_bytes() + b"\n", small.read_bytes() + b" "):
        (tmp_path / "file").write_bytes(content)
        assert problem(tmp_path / "file") == "malformed receipt"


def test_an_export_replaces_what_was_there_in_one_step(filled, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("before")
    filled[0].export(out)
    assert verify_file(out).ok
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "out"]


def test_an_empty_log_is_not_exported(store, tmp_path: Path) -> None:
    with pytest.raises(ReceiptError, match="there are no receipts"):
        store.export(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_where_nothing_can_be_written_nothing_is_exported(filled, tmp_path: Path) -> None:
    with pytest.raises(ReceiptError, match="can't use"):
        filled[0].export(tmp_path / "missing" / "out")

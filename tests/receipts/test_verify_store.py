"""Whatever is changed in a store, verification says that it was, and where first."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execgate.errors import ReceiptError
from execgate.model.conversation import Conversation
from execgate.receipts import CallPart, ReceiptStore, Verification, canonical, dsse, note, tree
from execgate.receipts.bodies import Body
from execgate.receipts.canonical import encode_base64
from execgate.receipts.keys import SigningKey

WHOLE = CallPart(0, 1, approved=True)
TABLES = {
    "schema": ("version",),
    "public_key": ("role", "key"),
    "entry": ("merkle_index", "receipt_id", "outcome_of", "envelope"),
    "node": ("level", "position", "hash"),
    "head": ("checkpoint",),
    "body": ("digest", "salt", "data"),
}


def verified(home: Path, **given: Path) -> Verification:
    with ReceiptStore.open(home, create=False) as store:
        return store.verify(**given)


def problem(home: Path, **given: Path) -> str:
    finding = verified(home, **given).finding
    return "" if finding is None else finding.problem


@pytest.fixture
def left(filled, home: Path) -> Path:
    """Give the folder of a store of five receipts that nobody has open."""
    filled[0].close()
    return home


@pytest.fixture(scope="session")
def pristine(tmp_path_factory, verdict) -> Path:
    """Give a small store that is copied before it is changed."""
    home = tmp_path_factory.mktemp("pristine") / "home"
    with ReceiptStore.open(home) as store:
        for number in range(3):
            store.decision(verdict(operations=number), Conversation("planner", "g", "hi", "yes"), call=WHOLE)
    return home


def test_what_was_written_verifies(filled, home) -> None:
    store, _ = filled
    found = store.verify()
    head = note.parse(store.checkpoint())
    assert found == Verification(
        None,
        decisions=4,
        outcomes=1,
        pending=1,
        erased=0,
        size=5,
        root=head.root,
        anchored=False,
        pinned=False,
    )
    assert str(found).splitlines() == [
        f"verified 5 receipts (4 decisions, 1 outcome) in a log of 5, root {encode_base64(head.root)}",
        "1 approved without an outcome",
        "UNANCHORED: no checkpoint from outside was given, so receipts may have been cut off at the end",
        "SELF-ASSERTED key: the keys came with the receipts, so whoever can replace both can forge both",
    ]
    assert found.to_json()["verified"] is True


def test_an_empty_store_verifies(store) -> None:
    found = store.verify()
    assert (found.ok, found.size, found.root) == (True, 0, tree.EMPTY_ROOT)
    assert "approved without" not in str(found)


def test_with_a_checkpoint_and_the_keys_from_outside_there_is_no_caveat(filled, tmp_path) -> None:
    store, _ = filled
    (tmp_path / "checkpoint").write_bytes(store.checkpoint())
    (tmp_path / "keys").write_text(store.public_keys())
    found = store.verify(checkpoint=tmp_path / "checkpoint", key=tmp_path / "keys")
    assert (found.ok, found.anchored, found.pinned, found.caveats) == (True, True, True, ())


def test_every_earlier_checkpoint_still_anchors_the_log(store, verdict, tmp_path) -> None:
    kept = []
    for number in range(6):
        kept.append(tmp_path / f"checkpoint-{number}")
        kept[-1].write_bytes(store.checkpoint())
        store.decision(verdict(), Conversation(), call=WHOLE)
    for path in kept:
        found = store.verify(checkpoint=path)
        assert (found.ok, found.anchored) == (True, True)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM entry WHERE merkle_index = 2", "index gap"),
        ("DELETE FROM entry WHERE merkle_index = 0", "index gap"),
        ("DELETE FROM entry WHERE merkle_index = 4", "index gap"),
        ("UPDATE entry SET merkle_index = 9 WHERE merkle_index = 4", "index gap"),
        ("UPDATE entry SET receipt_id = 'x' WHERE merkle_index = 1", "index mismatch"),
        ("UPDATE entry SET outcome_of = 'x' WHERE merkle_index = 1", "index mismatch"),
        ("UPDATE entry SET outcome_of = 'x' WHERE merkle_index = 2", "index mismatch"),
        ("UPDATE entry SET envelope = 'text' WHERE merkle_index = 1", "malformed receipt"),
        ("UPDATE entry SET envelope = x'7b7d' WHERE merkle_index = 1", "malformed receipt"),
        ("UPDATE entry SET envelope = envelope || x'20' WHERE merkle_index = 1", "malformed receipt"),
        ("UPDATE entry SET envelope = zeroblob(70000) WHERE merkle_index = 1", "malformed receipt"),
        ("UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND position = 0", "leaf not in tree"),
        ("UPDATE node SET hash = 'text' WHERE level = 0 AND position = 3", "leaf not in tree"),
        ("DELETE FROM node WHERE level = 2", "leaf not in tree"),
        ("INSERT INTO node VALUES (0, 5, zeroblob(32))", "root mismatch"),
        ("UPDATE head SET checkpoint = zeroblob(32)", "bad checkpoint"),
        ("UPDATE head SET checkpoint = 'text'", "bad checkpoint"),
        ("DELETE FROM head", "damaged file"),
        ("DELETE FROM public_key WHERE role = 'log'", "unknown key"),
        ("UPDATE public_key SET key = zeroblob(31) WHERE role = 'log'", "bad checkpoint"),
        ("UPDATE public_key SET key = randomblob(32) WHERE role = 'log'", "bad signature"),
        ("UPDATE public_key SET key = randomblob(32) WHERE role = 'receipts'", "unknown key"),
        ("UPDATE body SET data = CAST('x' AS BLOB)", "body digest mismatch"),
        ("UPDATE body SET data = 'x'", "malformed receipt"),
        ("UPDATE body SET salt = zeroblob(32)", "body digest mismatch"),
        ("INSERT INTO body VALUES ('sha256:00', x'', x'')", "unknown body"),
        ("DELETE FROM body WHERE substr(data, 1, 5) = x'6167656e74'", "body missing"),
        ("INSERT INTO schema VALUES (0)", "damaged file"),
        ("CREATE TABLE more (x)", "damaged file"),
        ("CREATE TRIGGER sly AFTER INSERT ON entry BEGIN DELETE FROM entry; END", "damaged file"),
    ],
)
def test_every_table_is_checked(left: Path, sql, statement: str, expected: str) -> None:
    sql(left, statement)
    assert problem(left) == expected


def test_an_edit_names_the_receipt(left: Path, sql) -> None:
    sql(
        left,
        'UPDATE entry SET envelope = replace(envelope, \'"sig":"\', \'"sig":"A\') WHERE merkle_index = 2',
    )
    sql(left, "UPDATE entry SET envelope = CAST(envelope AS BLOB) WHERE merkle_index = 2")
    finding = verified(left).finding
    assert finding is not None
    assert (finding.merkle_index, finding.problem) == (2, "malformed receipt")


def test_a_denial_that_is_turned_into_an_approval_is_found(left: Path, sql) -> None:
    with contextlib.closing(sqlite3.connect(left / "receipts.db")) as connection:
        (envelope,) = connection.execute("SELECT envelope FROM entry WHERE merkle_index = 2").fetchone()
    whole = canonical.decode(envelope)
    statement = canonical.decode(dsse.payload(envelope))
    statement["predicate"]["policy_evaluation"]["approved"] = True
    whole["payload"] = encode_base64(canonical.encode(statement))
    sql(left, "UPDATE entry SET envelope = ? WHERE merkle_index = 2", canonical.encode(whole))
    finding = verified(left).finding
    assert finding is not None
    assert str(finding) == "receipt 2: bad signature: the envelope is not what the key signed"


def test_two_receipts_that_change_places_are_found(left: Path, sql) -> None:
    for old, new in ((2, 9), (3, 2), (9, 3)):
        sql(left, f"UPDATE entry SET merkle_index = {new} WHERE merkle_index = {old}")
    assert problem(left) == "leaf not in tree"


def test_a_log_that_is_cut_off_with_all_its_traces_is_found_by_a_checkpoint_from_outside(
    filled, left: Path, sql, tmp_path
) -> None:
    """Who holds the log's key can shorten it without a trace; whoever kept a checkpoint sees it."""
    (tmp_path / "kept").write_bytes((left / "checkpoint").read_bytes())
    key = SigningKey.from_pem((left / "keys/log.pem").read_bytes())
    old = note.parse((left / "checkpoint").read_bytes())
    with contextlib.closing(sqlite3.connect(left / "receipts.db")) as connection:
        (root,) = connection.execute("SELECT hash FROM node WHERE level = 2 AND position = 0").fetchone()
    shorter = note.sign(note.Checkpoint(old.origin, 4, root), key)
    sql(left, "DELETE FROM entry WHERE merkle_index = 4")
    sql(left, "DELETE FROM node WHERE level = 0 AND position = 4")
    sql(left, "UPDATE head SET checkpoint = ?", shorter)
    for digest in set(filled[1][4].bodies) - set(filled[1][0].bodies):
        sql(left, "DELETE FROM body WHERE digest = ?", digest)
    found = verified(left)
    assert (found.finding and found.finding.problem) == "checkpoint inconsistent"
    (left / "checkpoint").write_bytes(shorter)
    (left / "seal").unlink()
    found = verified(left)
    assert found.ok
    assert found.caveats[0].startswith("UNANCHORED")
    finding = verified(left, checkpoint=tmp_path / "kept").finding
    assert finding is not None
    assert finding.detail.startswith("the checkpoint from outside is of 5 receipts, the log has only 4")


def test_a_log_that_was_written_again_is_found_by_a_checkpoint_from_outside(
    filled, left: Path, sql, tmp_path
) -> None:
    key = SigningKey.from_pem((left / "keys/log.pem").read_bytes())
    origin = note.parse((left / "checkpoint").read_bytes()).origin
    for size in (3, 5):
        (tmp_path / "other").write_bytes(note.sign(note.Checkpoint(origin, size, bytes(32)), key))
        finding = verified(left, checkpoint=tmp_path / "other").finding
        assert finding is not None
        assert finding.detail == (
            f"the first {size} receipts are not those that the checkpoint from outside is of"
        )


def test_a_checkpoint_that_is_not_of_this_log_is_refused(left: Path, tmp_path) -> None:
    key, stranger = SigningKey.from_pem((left / "keys/log.pem").read_bytes()), SigningKey.generate()
    head = note.parse((left / "checkpoint").read_bytes())
    for data, expected in (
        (b"", "bad checkpoint"),
        (note.sign(head, stranger), "bad signature"),
        (note.sign(note.Checkpoint("acme/other", head.size, head.root), key), "checkpoint inconsistent"),
    ):
        (tmp_path / "other").write_bytes(data)
        assert problem(left, checkpoint=tmp_path / "other") == expected


def test_other_keys_than_those_given_are_refused(left: Path, tmp_path) -> None:
    own, stranger = (left / "keys/public.txt").read_text(), SigningKey.generate().public.pem
    pinned = tmp_path / "pinned"
    for text, expected in (
        (own, ""),
        ("\n" + own.replace("\n", "\r\n") + stranger, ""),
        (stranger, "unknown key"),
        (own.partition("execgate/log/")[0], "unknown key"),
    ):
        pinned.write_text(text, newline="")
        assert problem(left, key=pinned) == expected
    for data in (b"", b"\n", b"nonsense", b"\xff", b"-----BEGIN PUBLIC KEY-----\n"):
        pinned.write_bytes(data)
        with pytest.raises(ReceiptError, match="holds no public keys"):
            verified(left, key=pinned)
    with pytest.raises(ReceiptError, match="can't use"):
        verified(left, key=tmp_path / "missing")


@pytest.mark.parametrize(
    ("sealed_again", "expected"),
    [
        ({"approved": False}, "`approved` does not follow from the verdict and the call"),
        ({"violations": [{}]}, "the verdict is ALLOW, but there is violations"),
        ({"error": "x"}, "the verdict is ALLOW, but there is an error"),
        ({"policy_digest": None}, "the verdict is ALLOW, but there is no policy"),
        ({"verdict": "DENY"}, "the call is approved, but this part of it has verdict DENY"),
        ({"verdict": "MAYBE"}, "the verdict or the part of the call is none"),
        ({"policy_text": {"body": "x", "size": 1}}, "x is a part of the receipt, and can't be erased"),
        ({"policy_text": {"body": "x"}}, "a field of the predicate is missing or of the wrong type"),
        ({"policy_digest": "sha256:0"}, "the policy's text is not that of its digest"),
        (
            {"verdict": "ESCALATE", "approved": False},
            "the verdict is ESCALATE, but approval is not all that is missing",
        ),
        (
            {"verdict": "ESCALATE", "violations": [{"escalates": True}, {"escalates": False}]},
            "the verdict is ESCALATE, but approval is not all that is missing",
        ),
        ({"context": {"turn": "x"}}, "the context is none: turn: expected a whole number, got str"),
        ({"context": {"suggester": "x"}}, "the context names another suggester than the conversation"),
        ({"context": {"group": "x"}}, "the context names another group than the conversation"),
        ({"context": {"turn": 1}}, "the context names another turn than the conversation"),
        ({"approved": 1}, "a field of the predicate is missing or of the wrong type"),
        ({"analysis": {}}, "a field of the predicate is missing or of the wrong type"),
    ],
)
def test_what_the_gate_signed_must_not_contradict_itself(
    filled, home, sql, sealed_again: dict, expected: str
) -> None:
    """Even with the right signature, a receipt whose approval does not follow is no receipt."""
    store, receipts = filled
    key = SigningKey.from_pem((home / "keys/receipts.pem").read_bytes())
    statement = canonical.decode(dsse.payload(receipts[3].envelope))
    statement["predicate"]["policy_evaluation"] |= sealed_again
    envelope = dsse.seal(canonical.encode(statement), key)
    sql(home, "UPDATE entry SET envelope = ? WHERE merkle_index = 3", envelope)
    finding = store.verify().finding
    assert finding is not None
    assert (finding.merkle_index, finding.detail) == (3, expected)


@pytest.mark.parametrize(
    "case",
    [
        (3, lambda it: it["predicate"].update(receipt_id="x"), "index mismatch"),
        (
            3,
            lambda it: it["predicate"].update(timestamp="2026-01-02T03:04:00.000000Z"),
            "time runs backwards",
        ),
        (3, lambda it: it["predicate"].update(timestamp="2026-01-02 03:04:00"), "malformed receipt"),
        (3, lambda it: it["predicate"].update(code_hash="sha256:" + "0" * 64), "malformed receipt"),
        (3, lambda it: it["predicate"].pop("executor_agent"), "malformed receipt"),
        (3, lambda it: it["predicate"]["code"].update(size=1), "contradiction"),
        (3, lambda it: it["predicate"]["call"].update(index=7), "malformed receipt"),
        (3, lambda it: it["predicate"]["policy_evaluation"].pop("error"), "malformed receipt"),
        (3, lambda it: it.update(predicateType="urn:execgate:receipt:decision:v2"), "malformed receipt"),
        (3, lambda it: it["subject"].append({}), "malformed receipt"),
        (0, lambda it: it["predicate"]["policy_evaluation"]["analysis"].update(imports=[]), "contradiction"),
        (1, lambda it: it["predicate"]["decision"].update(receipt_id="x"), "decision missing for outcome"),
        (1, lambda it: it["predicate"]["decision"].update(leaf_hash="x"), "decision missing for outcome"),
        (1, lambda it: it["predicate"].update(executor_agent="x"), "contradiction"),
        (1, lambda it: it["predicate"].update(verdict="DENY"), "contradiction"),
        (1, lambda it: it["predicate"].pop("result"), "malformed receipt"),
    ],
)
def test_what_the_gate_signed_must_fit_what_it_signed_before(filled, home, sql, case) -> None:
    store, receipts = filled
    index, change, expected = case
    key = SigningKey.from_pem((home / "keys/receipts.pem").read_bytes())
    statement = canonical.decode(dsse.payload(receipts[index].envelope))
    change(statement)
    envelope = dsse.seal(canonical.encode(statement), key)
    sql(home, "UPDATE entry SET envelope = ? WHERE merkle_index = ?", envelope, index)
    finding = store.verify().finding
    assert finding is not None
    assert (finding.merkle_index, finding.problem) == (index, expected)


def test_a_suggesters_policy_that_is_exchanged_is_found(store, home, sql, verdict) -> None:
    text = "agent {}"
    told = dataclasses.replace(
        verdict(), suggester_policy_text=text, suggester_policy_digest=Body.of_text(text).digest
    )
    receipt = store.decision(told, Conversation(), call=WHOLE)
    key = SigningKey.from_pem((home / "keys/receipts.pem").read_bytes())
    statement = canonical.decode(dsse.payload(receipt.envelope))
    evaluation = statement["predicate"]["policy_evaluation"]
    evaluation["suggester_policy_text"] = evaluation["policy_text"]
    sql(home, "UPDATE entry SET envelope = ?", dsse.seal(canonical.encode(statement), key))
    finding = store.verify().finding
    assert finding is not None
    assert finding.detail == "the policy's text is not that of its digest"


def test_receipts_of_before_there_were_contexts_still_verify(filled, home, sql) -> None:
    store, receipts = filled
    key = SigningKey.from_pem((home / "keys/receipts.pem").read_bytes())
    statement = canonical.decode(dsse.payload(receipts[3].envelope))
    evaluation = statement["predicate"]["policy_evaluation"]
    for name in (
        *("policy_block", "policy_version", "policy_description", "overrides", "policy_source"),
        *("suggester_policy_digest", "suggester_policy_text", "context", "warnings"),
    ):
        del evaluation[name]
    del evaluation["analysis"]["staged"]
    envelope = dsse.seal(canonical.encode(statement), key)
    sql(home, "UPDATE entry SET envelope = ? WHERE merkle_index = 3", envelope)
    finding = store.verify().finding
    assert finding is not None
    # The receipt itself is sound: what is found is that the tree holds another one in its place.
    assert finding.problem == "leaf not in tree"


def test_a_second_outcome_and_one_of_a_denial_are_found(filled, home, sql) -> None:
    store, receipts = filled
    key = SigningKey.from_pem((home / "keys/receipts.pem").read_bytes())
    statement = canonical.decode(dsse.payload(receipts[1].envelope))
    statement["predicate"] |= {"receipt_id": "again", "timestamp": "2026-01-02T03:05:00.000000Z"}
    again = dsse.seal(canonical.encode(statement), key)
    sql(home, "UPDATE entry SET envelope = ?, receipt_id = 'again' WHERE merkle_index = 2", again)
    assert str(store.verify().finding).endswith("contradiction: a second outcome of one decision")
    sql(home, "UPDATE entry SET envelope = ? WHERE merkle_index = 2", receipts[1].envelope)
    assert str(store.verify().finding).endswith("malformed receipt: another receipt has the same id")


def test_an_outcome_of_what_was_not_approved_is_found(filled, home, sql) -> None:
    store, receipts = filled
    key = SigningKey.from_pem((home / "keys/receipts.pem").read_bytes())
    statement = canonical.decode(dsse.payload(receipts[1].envelope))
    statement["subject"] = [{"digest": {"sha256": receipts[2].predicate["code_hash"][7:]}}]
    statement["predicate"] |= {
        "decision": {"receipt_id": receipts[2].receipt_id, "leaf_hash": receipts[2].leaf_hash},
        "code_hash": receipts[2].predicate["code_hash"],
        "verdict": "DENY",
        "timestamp": "2026-01-02T03:05:00.000000Z",
        "receipt_id": "new",
    }
    sql(
        home,
        "UPDATE entry SET envelope = ? WHERE merkle_index = 3",
        dsse.seal(canonical.encode(statement), key),
    )
    sql(home, "UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND position = 3")
    assert str(store.verify().finding) == (
        "receipt 3 (new): contradiction: the outcome of a decision that was not approved"
    )


def test_a_receipt_that_another_key_signed_is_found_and_not_shown(filled, home, sql) -> None:
    store, receipts = filled
    forged = dsse.seal(dsse.payload(receipts[2].envelope), SigningKey.generate())
    sql(home, "UPDATE entry SET envelope = ? WHERE merkle_index = 2", forged)
    found = store.verify()
    assert found.finding is not None
    assert str(found) == (
        f"verification failed: receipt 2: unknown key: signed with {dsse.signer(forged)}, "
        f"expected {dsse.signer(receipts[2].envelope)}"
    )
    assert found.to_json()["finding"] == {
        "problem": "unknown key",
        "detail": found.finding.detail,
        "merkle_index": 2,
        "receipt_id": None,
    }
    with pytest.raises(ReceiptError, match="is not what was signed"):
        store.get(receipts[2].receipt_id)


def test_a_checkpoint_of_another_tree_is_found(left: Path, sql) -> None:
    key = SigningKey.from_pem((left / "keys/log.pem").read_bytes())
    origin = note.parse((left / "checkpoint").read_bytes()).origin
    sql(left, "UPDATE head SET checkpoint = ?", note.sign(note.Checkpoint(origin, 5, bytes(32)), key))
    assert str(verified(left).finding) == (
        "root mismatch: the receipts don't give the root of the checkpoint"
    )


def test_a_log_without_a_checkpoint_is_damaged(left: Path, sql) -> None:
    sql(left, "DELETE FROM head")
    with pytest.raises(ReceiptError, match="the log has no checkpoint"):
        ReceiptStore.open(left)


def test_the_public_keys_beside_the_log_are_checked(left: Path) -> None:
    path = left / "keys/public.txt"
    data = path.read_bytes()
    for index in range(len(data)):
        path.write_bytes(data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :])
        assert problem(left) == "unknown key"
    path.unlink()
    assert problem(left) == ""


@pytest.mark.parametrize("name", ["receipts.pem", "log.pem"])
def test_the_private_keys_beside_the_log_are_checked_where_they_are(left: Path, name: str) -> None:
    path = left / "keys" / name
    data = path.read_bytes()
    for index in range(0, len(data), 3):
        path.write_bytes(data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :])
        assert problem(left) == "unknown key"
    path.write_bytes(SigningKey.generate().pem)
    assert str(verified(left).finding) == f"unknown key: {path} does not hold the key that the log names"
    path.unlink()
    assert problem(left) == ""


@pytest.mark.parametrize("name", ["checkpoint", "keys/public.txt", "keys/receipts.pem", "keys/log.pem"])
def test_what_never_ends_is_not_read_in_the_place_of_a_small_file(left: Path, name: str) -> None:
    # A pipe without a writer, or a link to a device, held up every verification for ever.
    path = left / name
    path.unlink()
    os.mkfifo(path, 0o600)
    with pytest.raises(ReceiptError, match=f"can't use {path}: not a regular file"):
        verified(left)
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(ReceiptError, match=f"can't use {path}: not a regular file"):
        verified(left)


def test_the_copy_of_the_checkpoint_is_checked(left: Path) -> None:
    path = left / "checkpoint"
    data = path.read_bytes()
    for index in range(len(data)):
        path.write_bytes(data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :])
        assert problem(left) in {"bad checkpoint", "bad signature", "checkpoint inconsistent"}
    path.unlink()
    assert problem(left) == ""


def test_a_copy_of_another_history_is_found(left: Path) -> None:
    key = SigningKey.from_pem((left / "keys/log.pem").read_bytes())
    origin = note.parse((left / "checkpoint").read_bytes()).origin
    (left / "checkpoint").write_bytes(note.sign(note.Checkpoint(origin, 2, bytes(32)), key))
    assert str(verified(left).finding) == (
        "checkpoint inconsistent: the copy of the checkpoint is not of the first 2 receipts"
    )


@settings(max_examples=150)
@given(data=st.data())
def test_no_byte_of_any_cell_can_be_changed(pristine: Path, data: st.DataObject, tmp_path_factory) -> None:
    home = tmp_path_factory.mktemp("changed") / "home"
    shutil.copytree(pristine, home)
    table = data.draw(st.sampled_from(sorted(TABLES)))
    column = data.draw(st.sampled_from(TABLES[table]))
    with contextlib.closing(sqlite3.connect(home / "receipts.db", isolation_level=None)) as connection:
        keys = ", ".join(("level", "position") if table == "node" else TABLES[table][:1])
        cells = connection.execute(f"SELECT {keys}, {column} FROM {table} ORDER BY 1, 2").fetchall()
        *key, cell = data.draw(st.sampled_from(cells))
        changed: object
        if isinstance(cell, int):
            changed = cell ^ 1 << data.draw(st.integers(0, 62))
        else:
            raw = bytearray(cell if isinstance(cell, bytes) else (cell or "").encode()) or bytearray(1)
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
            changed = bytes(raw)
            if not isinstance(cell, bytes):
                # As text, be it valid or not: SQLite takes any bytes for text.
                connection.text_factory = bytes
        where = " AND ".join(f"{name} IS ?" for name in keys.split(", "))
        expression = "?" if isinstance(cell, (int, bytes)) else "CAST(? AS TEXT)"
        with contextlib.suppress(sqlite3.IntegrityError):
            changes = connection.execute(
                f"UPDATE {table} SET {column} = {expression} WHERE {where}", (changed, *key)
            )
            assert changes.rowcount == 1
            changed = None
        if changed is not None:
            return
    try:
        found = verified(home)
    except ReceiptError:
        return
    finally:
        shutil.rmtree(home.parent)
    assert not found.ok


@settings(max_examples=150)
@given(data=st.data())
def test_no_byte_of_the_file_can_be_changed_and_the_receipts_with_it(
    pristine: Path, data: st.DataObject, tmp_path_factory
) -> None:
    """A flipped byte is found, or it lies where SQLite keeps nothing: then all receipts are as they were."""
    home = tmp_path_factory.mktemp("flipped") / "home"
    shutil.copytree(pristine, home)
    with ReceiptStore.open(pristine, create=False) as store:
        before = [store.get(line.receipt_id).to_json() for line in store.list()]
    path = home / "receipts.db"
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        with ReceiptStore.open(home, create=False) as store:
            if store.verify().ok:
                assert [store.get(line.receipt_id).to_json() for line in store.list()] == before
    except ReceiptError:
        pass
    finally:
        shutil.rmtree(home.parent)


def test_no_byte_of_the_write_ahead_log_can_be_changed_and_the_receipts_with_it(
    tmp_path: Path, verdict
) -> None:
    """SQLite drops what follows a damaged frame without a word; the copy of the checkpoint knows better."""
    home, copied = tmp_path / "home", tmp_path / "copied"
    with ReceiptStore.open(home) as store:
        for _ in range(3):
            store.decision(verdict(), Conversation(), call=WHOLE)
        # What a crash leaves: the file and its write-ahead log, as they are while it is open.
        shutil.copytree(home, copied)
        before = [line.to_json() for line in store.list()]
    size = (copied / "receipts.db-wal").stat().st_size
    found = 0
    for index in range(0, size, 997):
        broken = tmp_path / f"broken-{index}"
        shutil.copytree(copied, broken)
        with (broken / "receipts.db-wal").open("r+b") as file:
            file.seek(index)
            byte = file.read(1)[0]
            os.pwrite(file.fileno(), bytes([byte ^ 0x55]), index)
        try:
            with ReceiptStore.open(broken, create=False) as store:
                if store.verify().ok:
                    assert [line.to_json() for line in store.list()] == before
                else:
                    found += 1
        except ReceiptError:
            found += 1
        shutil.rmtree(broken)
    assert found > size // 997 // 2
    with ReceiptStore.open(copied, create=False) as store:
        assert store.verify().ok


@pytest.mark.parametrize("text", ["", "garbage" * 1000])
def test_a_file_that_is_no_log_is_an_error_that_names_it_and_stays_as_it_is(left: Path, text: str) -> None:
    path = left / "receipts.db"
    path.write_text(text)
    for create in (True, False):
        with pytest.raises(ReceiptError, match=r"receipts\.db is damaged") as caught:
            ReceiptStore.open(left, create=create)
        assert caught.value.help
    assert path.read_text() == text


def test_a_file_whose_tables_are_described_in_no_text_is_damaged(left: Path) -> None:
    content = (left / "receipts.db").read_bytes()
    assert content.count(b"CREATE TABLE entry") == 1
    (left / "receipts.db").write_bytes(content.replace(b"CREATE TABLE entry", b"CREATE \x81ABLE entry"))
    with pytest.raises(ReceiptError, match=r"receipts\.db is damaged"):
        ReceiptStore.open(left)


def test_a_log_of_a_newer_format_is_left_alone(left: Path, sql) -> None:
    sql(left, "UPDATE schema SET version = 2")
    before = (left / "receipts.db").read_bytes()
    with pytest.raises(ReceiptError, match=r"was written by a newer execgate \(format 2") as caught:
        ReceiptStore.open(left)
    assert caught.value.help == "update execgate; nothing was changed"
    assert (left / "receipts.db").read_bytes() == before


@pytest.mark.parametrize("version", ["0", "'one'", "-1"])
def test_a_log_of_no_format_is_damaged(left: Path, sql, version: str) -> None:
    with contextlib.suppress(sqlite3.IntegrityError):
        sql(left, f"UPDATE schema SET version = {version}")
        with pytest.raises(ReceiptError, match="is damaged: its format is"):
            ReceiptStore.open(left)


def test_nothing_is_signed_on_top_of_a_tree_that_was_changed(left: Path, sql, verdict) -> None:
    sql(left, "UPDATE node SET hash = zeroblob(32) WHERE level = 2")
    with ReceiptStore.open(left) as store:
        with pytest.raises(ReceiptError, match="is not the one that its last checkpoint was signed for"):
            store.decision(verdict(), Conversation(), call=WHOLE)
        assert len(list(store.list())) == 5


def test_a_log_that_was_put_back_is_not_continued(home: Path, tmp_path, verdict) -> None:
    with ReceiptStore.open(home) as store:
        store.decision(verdict(), Conversation(), call=WHOLE)
    shutil.copy(home / "receipts.db", tmp_path / "backup")
    with ReceiptStore.open(home) as store:
        store.decision(verdict(), Conversation(), call=WHOLE)
    shutil.copy(tmp_path / "backup", home / "receipts.db")
    with pytest.raises(ReceiptError, match="is older than the checkpoint beside it"):
        ReceiptStore.open(home)
    assert problem(home) == "checkpoint inconsistent"


def test_a_copy_of_the_checkpoint_that_is_damaged_is_not_written_over(left: Path, verdict) -> None:
    with ReceiptStore.open(left) as store:
        (left / "checkpoint").write_text("nonsense")
        store.decision(verdict(), Conversation(), call=WHOLE)
    assert (left / "checkpoint").read_text() == "nonsense"
    with pytest.raises(ReceiptError, match="checkpoint is damaged"):
        ReceiptStore.open(left)

"""`execgate receipts`: listing, showing, verifying, proving and exporting what the gate recorded."""

from __future__ import annotations

import os

import pytest

from execgate.model.confines import Confines, HostFolder, OnSurprise, Session
from execgate.model.context import Context
from execgate.model.conversation import Conversation
from execgate.model.execution import Artifact, ExecutionResult, Stop, Usage
from execgate.model.operation import ModuleImport
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Clause, Ruling, Verdict, Violation
from execgate.receipts import CallPart, Receipt, ReceiptStore
from execgate.report.receipts import receipt_text


@pytest.fixture
def recorded(folder) -> list[Receipt]:
    """Return a denial, and an approval with its outcome, in the state folder."""
    place = Span(1, 0, 1, 9)
    source = Source('import os\nprint("\u202e")\n', "bad.py")
    clause = Clause("team.policy", Span(3, 0, 3, 34), 'allowed_imports: ["json", "math"]')
    violation = Violation(
        "allowed_imports", "may not import `os`", operation=0, location=place, clause=clause
    )
    denied = Verdict(
        source,
        "reader",
        Program(source, (ModuleImport(via="import", location=place, module="os"),)),
        (Ruling(0, (), (violation,)),),
    )
    fine = Source("print(1)\n", "fine.py")
    with ReceiptStore.open(folder / "state") as store:
        context = Conversation("assistant", "team", "please\nrun it", None, 4)
        first = store.decision(denied, context, call=CallPart(0, 1, approved=False))
        allowed = Verdict(fine, "日本", Program(fine), policy_digest=first.leaf_hash)
        second = store.decision(allowed, Conversation(), call=CallPart())
        ended = ExecutionResult(
            Stop.EXIT,
            0,
            "1\n",
            "",
            Usage(0.5, 0.25, 9_100_000, 1),
            artifacts=(Artifact("out.txt", b"x"),),
            backend="docker",
            image="sha256:12",
        )
        return [first, second, store.outcome(second, ended)]


def test_the_list_is_a_table_with_the_newest_last(execgate, recorded):
    times = [receipt.predicate["timestamp"] for receipt in recorded]
    ids = [receipt.receipt_id for receipt in recorded]
    done = execgate("receipts", "list")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "INDEX  TIME                         KIND      VERDICT  EXECUTOR  SUGGESTER  RECEIPT\n"
        f"0      {times[0]}  decision  DENY     reader    assistant  {ids[0]}\n"
        f"1      {times[1]}  decision  ALLOW    日本      -          {ids[1]}\n"
        f"2      {times[2]}  outcome   ALLOW    日本      -          {ids[2]}\n"
    )


def test_the_list_can_be_narrowed(execgate, recorded):
    def indexes(*more: str) -> list[int]:
        document = execgate("receipts", "list", "--format", "json", *more).document
        return [row["merkle_index"] for row in document["receipts"]]

    assert indexes() == [0, 1, 2]
    assert indexes("--agent", "reader") == [0]
    assert indexes("--verdict", "ALLOW", "--kind", "decision") == [1]
    assert indexes("--limit", "2") == [1, 2]
    assert execgate("receipts", "list", "--agent", "x").err == "execgate: no receipts like these\n"


def test_the_document_of_the_list_is_what_callers_rely_on(execgate, recorded):
    row = execgate("receipts", "list", "--format", "json").document["receipts"][0]
    assert row == {
        "receipt_id": recorded[0].receipt_id,
        "kind": "decision",
        "verdict": "DENY",
        "executor_agent": "reader",
        "suggester_agent": "assistant",
        "timestamp": recorded[0].predicate["timestamp"],
        "code_hash": recorded[0].predicate["code_hash"],
        "merkle_index": 0,
    }


def test_a_decision_is_shown_for_people(execgate, recorded):
    receipt = recorded[0]
    assert execgate("receipts", "show", receipt.receipt_id).out == (
        f"receipt         {receipt.receipt_id}\n"
        "kind            decision\n"
        f"time            {receipt.predicate['timestamp']}\n"
        f"log             entry 0, leaf {receipt.leaf_hash}\n"
        "verdict         DENY\n"
        "executor        reader\n"
        "suggester       assistant\n"
        "group           team\n"
        "turn            4\n"
        "suggester said  please\\u{a}run it\n"
        f"code            bad.py (python, 23 bytes), {receipt.predicate['code_hash']}\n"
        "policy          none\n"
        "operations      1:1 module_import: module os, via import\n"
        "violations      1:1 allowed_imports: may not import `os` "
        '[team.policy: allowed_imports: ["json", "math"]]\n'
        "\n"
        "code\n"
        "1 | import os\n"
        '2 | print("\\u{202e}")\n'
    )


def test_an_outcome_is_shown_for_people(execgate, recorded):
    receipt = recorded[2]
    assert execgate("receipts", "show", receipt.receipt_id).out == (
        f"receipt         {receipt.receipt_id}\n"
        "kind            outcome\n"
        f"time            {receipt.predicate['timestamp']}\n"
        f"log             entry 2, leaf {receipt.leaf_hash}\n"
        "verdict         ALLOW\n"
        "executor        日本\n"
        "suggester       -\n"
        f"code            {receipt.predicate['code_hash']}\n"
        f"decision        {recorded[1].receipt_id}\n"
        "ended by        exit status 0\n"
        "wall time       0.500 s\n"
        "processor time  0.250 s\n"
        "memory          9.1 MB\n"
        f"stdout          2 bytes, {receipt.predicate['result']['stdout']['digest']}\n"
        f"stderr          0 bytes, {receipt.predicate['result']['stderr']['digest']}\n"
        f"files           out.txt (1 byte), {receipt.predicate['result']['artifacts'][0]['digest']}\n"
        "sandbox         docker, image sha256:12\n"
    )


def test_a_receipt_is_given_whole_as_json(execgate, recorded):
    document = execgate("receipts", "show", recorded[0].receipt_id, "--format", "json").document
    assert document["predicate"] == recorded[0].predicate
    assert document["code"] == 'import os\nprint("\u202e")\n'


def test_a_receipt_too_large_for_the_log_is_shown_with_its_parts_put_back(execgate, folder):
    place = Span(1, 0, 1, 9)
    source = Source("import os\n")
    operations = tuple(
        ModuleImport(via="import", location=place, module=f"module_{number}") for number in range(2000)
    )
    verdict = Verdict(source, "reader", Program(source, operations), tuple(map(Ruling, range(2000))))
    with ReceiptStore.open(folder / "state") as store:
        receipt = store.decision(verdict, Conversation(), call=CallPart(0, 1, approved=False))
    done = execgate("receipts", "show", receipt.receipt_id)
    assert done.status == 0
    assert done.out.count("module_import: module module_") == 2000


def test_what_verifies_says_what_could_not_be_checked(execgate, recorded, folder):
    done = execgate("receipts", "verify")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("verified 3 receipts (2 decisions, 1 outcome")
    assert "\nUNANCHORED: " in done.out
    assert "\nSELF-ASSERTED key: " in done.out
    anchor = (folder / "state" / "checkpoint", folder / "state" / "keys" / "public.txt")
    document = execgate(
        "receipts", "verify", "--checkpoint", anchor[0], "--key", anchor[1], "--format", "json"
    ).document
    assert (document["verified"], document["anchored"], document["pinned"]) == (True, True, True)


def test_an_export_verifies_elsewhere_and_a_changed_byte_is_found(execgate, recorded, folder):
    done = execgate("receipts", "export", "--out", "all.jsonl")
    assert (done.status, done.out, done.err) == (0, "", "execgate: wrote 3 receipts to all.jsonl\n")
    assert execgate("receipts", "verify", "all.jsonl").status == 0
    data = bytearray((folder / "all.jsonl").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "all.jsonl").write_bytes(data)
    broken = execgate("receipts", "verify", "all.jsonl")
    assert (broken.status, broken.err) == (1, "")
    assert broken.out.startswith("verification failed: ")
    assert execgate("receipts", "verify", "all.jsonl", "--format", "json").document["verified"] is False


def test_a_part_of_an_export_verifies_only_as_a_part(execgate, recorded, folder):
    execgate("receipts", "export", "--out", "all.jsonl")
    lines = (folder / "all.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "part.jsonl").write_bytes(lines[0] + lines[2])
    assert execgate("receipts", "verify", "part.jsonl").status == 1
    assert execgate("receipts", "verify", "part.jsonl", "--partial").status in {0, 1}
    done = execgate("receipts", "verify", "--partial")
    assert (done.status, done.err.splitlines()[0]) == (2, "execgate: error: --partial is about a FILE")


def test_a_proof_leads_to_the_checkpoint(execgate, recorded, folder):
    document = execgate("receipts", "prove", recorded[1].receipt_id, "--format", "json").document
    assert (document["merkle_index"], document["leaf_hash"]) == (1, recorded[1].leaf_hash)
    assert len(document["inclusion_proof"]) == 2
    assert document["checkpoint"].encode() == (folder / "state" / "checkpoint").read_bytes()
    text = execgate("receipts", "prove", recorded[1].receipt_id).out
    assert text.endswith(document["checkpoint"])
    assert text.count("proof ") == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("show", "x"),
        ("verify",),
        ("prove", "x"),
        ("export", "--out", "x"),
        ("verify", "gone.jsonl"),
        ("list", "--home", "gone"),
    ],
)
def test_where_there_are_no_receipts_it_is_unusable_and_none_are_made(execgate, folder, arguments):
    done = execgate("receipts", *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("execgate: error: ")
    assert "internal error" not in done.err
    assert sorted(path.name for path in folder.iterdir()) == ["team.policy"]


@pytest.mark.parametrize("arguments", [("show", "x"), ("prove", "x"), ("show", "")])
def test_a_receipt_that_is_not_there_is_unusable(execgate, recorded, arguments):
    done = execgate("receipts", *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("execgate: error: there is no receipt ")


@pytest.mark.parametrize("option", ["", "--key", "--checkpoint", "--out"])
def test_what_is_no_file_is_neither_waited_for_nor_replaced(execgate, recorded, folder, option):
    os.mkfifo(folder / "pipe")
    command = ("export", option) if option == "--out" else ("verify", *([option] if option else []))
    done = execgate("receipts", *command, "pipe")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "execgate: error: pipe: a pipe, not a file\nhelp: name a regular file that this user can read\n"
    )
    assert (folder / "pipe").is_fifo()


@pytest.mark.parametrize("garbage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
@pytest.mark.parametrize("command", ["list", "verify"])
def test_a_corrupt_store_is_told_without_a_traceback(execgate, recorded, folder, garbage, command):
    for path in (folder / "state").glob("*.db*"):
        path.write_bytes(garbage)
    done = execgate("receipts", command)
    assert done.status in ({1, 2} if command == "verify" else {2})
    assert "internal error" not in done.err
    assert done.err.startswith("execgate: error: ") or done.out.startswith("verification failed")


@pytest.mark.parametrize("count", ["0", "-1", "x", "1.5", "²"])
def test_a_count_is_a_whole_number_from_1(execgate, count):
    done = execgate("receipts", "list", f"--limit={count}")
    assert done.status == 2
    assert f"a count from 1 is expected, got `{count}`" in done.err


def test_an_id_may_be_cut_to_what_no_other_begins_with(execgate, recorded):
    whole = execgate("receipts", "show", recorded[1].receipt_id)
    assert execgate("receipts", "show", recorded[1].receipt_id[:8]) == whole
    assert execgate("receipts", "prove", recorded[1].receipt_id[:6]).status == 0
    for short in (recorded[1].receipt_id[:5], "zzzzzz"):
        done = execgate("receipts", "show", short)
        assert (done.status, done.out) == (2, "")
        assert f"there is no receipt {short}" in done.err


def test_an_export_to_standard_output_is_the_same_as_one_to_a_file(execgate, recorded, folder):
    execgate("receipts", "export", "--out", "file.jsonl")
    done = execgate("receipts", "export", "--out", "-")
    assert (done.status, done.err) == (0, "execgate: wrote 3 receipts to standard output\n")
    assert done.out == (folder / "file.jsonl").read_text(encoding="utf-8")
    both = execgate("receipts", "export", "--out", "-", "--format", "json")
    assert (both.status, both.out) == (2, "")
    assert not (folder / "-").exists()


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("gone/x", "gone/x: no such folder: "),
        ("team.policy/x", "team.policy/x: not a folder: "),
        ("/proc/x", "/proc/x: can't be written: "),
        ("", "an empty path names no file"),
        ("state/receipts.db", "state/receipts.db: the log itself is kept there"),
        ("state/keys/new", "state/keys/new: the log itself is kept there"),
    ],
)
def test_an_export_says_what_is_wrong_with_its_file(execgate, recorded, out, message):
    done = execgate("receipts", "export", "--out", out)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"execgate: error: {message}")
    assert "\nhelp: name a file " in done.err
    assert "backup" not in done.err
    assert execgate("receipts", "verify").status == 0


def test_what_was_never_exported_is_unusable_and_what_was_changed_is_a_finding(execgate, recorded, folder):
    execgate("receipts", "export", "--out", "good.jsonl")
    text = (folder / "good.jsonl").read_text(encoding="utf-8")
    (folder / "bad.jsonl").write_text("junk\n" + text, encoding="utf-8")
    (folder / "cut.jsonl").write_text(text[:100], encoding="utf-8")
    assert execgate("receipts", "verify", "good.jsonl").status == 0
    for changed in ("bad.jsonl", "cut.jsonl"):
        assert execgate("receipts", "verify", changed).status == 1
    for option in ((), ("good.jsonl", "--checkpoint"), ("--checkpoint",)):
        done = execgate("receipts", "verify", *option, "team.policy")
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith("execgate: error: team.policy: no ")


@pytest.mark.parametrize("command", [("list",), ("verify",), ("export", "--out", "x")])
def test_a_state_folder_that_is_a_file_is_told(execgate, folder, command):
    done = execgate("receipts", *command, "--home", "team.policy")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(
        "execgate: error: team.policy: not a folder, so receipts can't be kept there\n"
    )


def test_what_was_known_around_a_decision_and_what_its_policy_widened_is_shown(recorded):
    place = {"file": "team.policy", "text": "rule look_twice {"}
    told = {"constraint": "rule look_twice", "message": "somebody should look", "policy": place}
    wider = {"constraint": "allowed_hosts", "base": "base", "reason": "the API moved", "policy": place}
    context = Context.from_json(
        {
            "phase": "COMMIT",
            "suggester": "x",
            "spent": {"session": "9.50 USD", "day": {"amounts": {}, "payments": 3}},
        }
    )
    document = recorded[1].to_json()
    document["predicate"]["policy_evaluation"] |= {
        "policy_digest": "sha256:00",
        "policy_block": "analyst_*",
        "suggester_policy_digest": "sha256:11",
        "overrides": [wider],
        "context": context.to_json(),
        "warnings": [told],
        "confines": Confines(
            session=Session.INTERPRETER,
            on_surprise=OnSurprise.STOP,
            host_folders=(HostFolder("/srv/x", "/data"),),
            image="mine",
        ).to_json(),
    }
    document["predicate"]["policy_evaluation"]["analysis"]["earlier"] = ["sha256:22", "sha256:33"]
    shown = receipt_text(document)
    for line in (
        "policy            日本 (of analyst_*), sha256:00",
        "suggester policy  sha256:11",
        "overrides         allowed_hosts, wider than in base: the API moved [team.policy: rule look_twice {]",
        "context           phase COMMIT",
        "                  spent by session: 9.50 USD in 0 payments",
        "                  spent by day: nothing in 3 payments",
        "confines          session interpreter",
        "                  on_surprise stop",
        "                  image mine",
        "                  host folder /srv/x at /data",
        "judged with       2 blocks of its session before it",
        "warnings          rule look_twice: somebody should look [team.policy: rule look_twice {]",
    ):
        assert f"\n{line}\n" in shown
    del document["predicate"]["policy_evaluation"]["confines"]  # as in a receipt of an earlier version
    assert "confines" not in receipt_text(document)

"""What receipts say, and how they are found again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

import execgate
from execgate.errors import ReceiptError
from execgate.model import verdict as verdicts
from execgate.model.confines import Confines
from execgate.model.context import Context
from execgate.model.conversation import Conversation
from execgate.model.execution import ExecutionResult, Stop, Usage
from execgate.model.operation import Gap, ProcessSpawn
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.values import Unknown
from execgate.model.verdict import Clause, Decision, Override, Verdict, Violation
from execgate.receipts import Body, CallPart, PolicySource, ReceiptStore, canonical, dsse, tree
from execgate.receipts.note import parse
from execgate.receipts.predicate import MAX_ENTRY_BYTES, name

WHOLE = CallPart(0, 1, approved=True)
SPAN = {"line": 1, "column": 0, "end_line": 1, "end_column": 13}


class TestDecision:
    def test_it_holds_all_that_the_verdict_says(self, store, verdict, conversation, tmp_path) -> None:
        receipt = store.decision(verdict(), conversation, call=WHOLE)
        policy = verdict().policy_digest
        context = receipt.predicate["conversation_context"]
        assert receipt.predicate == {
            "receipt_id": receipt.receipt_id,
            "code_hash": verdict().source.digest,
            "code": {"language": "python", "path": "job.py", "size": 42},
            "executor_agent": "analyst",
            "suggester_agent": "planner",
            "conversation_context": {
                "group_chat": "finance",
                "conversation_id": "c-17",
                "message_from_suggester": context["message_from_suggester"],
                "message_from_executor": context["message_from_executor"],
                "turn_number": 4,
            },
            "call": {"index": 0, "count": 1, "approved": True},
            "policy_evaluation": {
                "approved": True,
                "verdict": "ALLOW",
                "executor_policy": "analyst",
                "policy_digest": policy,
                "policy_text": {"body": policy, "size": len(verdict().policy_text)},
                "policy_block": None,
                "policy_version": None,
                "policy_description": None,
                "overrides": [],
                "suggester_policy_digest": None,
                "suggester_policy_text": None,
                "policy_source": None,
                "constraints": {"allowed_imports": ["pandas"]},
                "context": None,
                "violations": [],
                "warnings": [],
                "error": None,
                "limits": {
                    "wall_s": "30.0",
                    "memory_bytes": 512_000_000,
                    "cpus": "1.0",
                    "processes": 32,
                    "output_bytes": 1_000_000,
                    "disk_bytes": 64_000_000,
                    "cpu_s": None,
                    "files": None,
                    "file_bytes": None,
                },
                "confines": Confines().to_json(),
                "analysis": {
                    "operations": [operation.to_json() for operation in verdict().program.operations],
                    "gaps": [],
                    "staged": {},
                    "imports": ["pandas"],
                    "file_operations": [
                        {"index": 1, "operation": "read", "paths": ["data.csv"], "resolved": True}
                    ],
                    "network_calls": [{"index": 2, "destination": None, "port": 443, "resolved": False}],
                },
            },
            "gate_version": execgate.__version__,
            "timestamp": "2026-01-02T03:04:06.678901Z",
        }
        assert receipt.merkle_index == 0
        assert receipt.approved

    def test_it_is_an_in_toto_statement_about_the_code(self, store, verdict, conversation) -> None:
        receipt = store.decision(verdict(), conversation, call=WHOLE)
        statement = json.loads(dsse.payload(receipt.envelope))
        assert statement == {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"digest": {"sha256": hashlib.sha256(verdict().source.text.encode()).hexdigest()}}],
            "predicateType": "urn:execgate:receipt:decision:v1",
            "predicate": receipt.predicate,
        }
        pem = store.public_keys().partition("execgate/log/")[0].encode()
        key = SSlibKey.from_crypto(load_pem_public_key(pem), dsse.signer(receipt.envelope))
        assert Envelope.from_dict(json.loads(receipt.envelope)).verify([key], 1)

    def test_it_holds_what_was_known_and_by_whose_policies_it_was_decided(self, store, verdict) -> None:
        clause = Clause("team.policy", Span(3, 2, 3, 9), "override allowed_imports")
        context = Context(suggester="planner", phase="COMMIT")
        widened = Override("allowed_imports", "needed for plots", clause, "base")
        told = replace(
            verdict(),
            context=context,
            policy_block="an*",
            policy_version="1.2",
            policy_description="plots",
            overrides=(widened,),
            suggester_policy_text="agent {}",
            suggester_policy_digest=Body.of_text("agent {}").digest,
            warnings=(verdicts.Warning("rule late", "it is late"),),
        )
        source = PolicySource("sha256:1", "no policy", "sha256:2")
        receipt = store.decision(told, Conversation("planner"), call=WHOLE, policies=source)
        evaluation = receipt.predicate["policy_evaluation"]
        assert evaluation["context"] == {"suggester": "planner", "phase": "COMMIT"}
        assert Context.from_json(evaluation["context"]) == context
        assert evaluation["policy_block"] == "an*"
        assert (evaluation["policy_version"], evaluation["policy_description"]) == ("1.2", "plots")
        assert evaluation["overrides"] == [widened.to_json()]
        assert evaluation["overrides"][0]["reason"] == "needed for plots"
        assert receipt.bodies[evaluation["suggester_policy_text"]["body"]].text == "agent {}"
        assert evaluation["suggester_policy_text"]["body"] == evaluation["suggester_policy_digest"]
        assert [warning["message"] for warning in evaluation["warnings"]] == ["it is late"]
        assert evaluation["policy_source"] == {
            "digest": "sha256:1",
            "refused": {"error": "no policy", "digest": "sha256:2"},
        }
        assert store.verify().ok

    def test_a_large_context_goes_by_digest_and_still_verifies(self, store, verdict) -> None:
        told = replace(verdict(), context=Context(customer="c" * 40_000))
        receipt = store.decision(told, Conversation(), call=WHOLE)
        evaluation = receipt.predicate["policy_evaluation"]
        assert set(evaluation["context"]) == {"body", "size"}
        assert receipt.resolved(evaluation["context"]) == {"customer": "c" * 40_000}
        assert store.verify().ok

    def test_a_context_that_contradicts_the_conversation_is_not_recorded(self, store, verdict) -> None:
        told = replace(verdict(), context=Context(suggester="planner"))
        with pytest.raises(ReceiptError, match="another suggester than the conversation"):
            store.decision(told, Conversation("coder"), call=WHOLE)
        # What nobody knew when it was decided may be known by now.
        store.decision(replace(told, context=Context()), Conversation("coder"), call=WHOLE)
        assert store.verify().ok

    def test_the_suggesters_policy_has_to_be_that_of_its_digest(self, store, verdict) -> None:
        told = replace(verdict(), suggester_policy_text="agent {}", suggester_policy_digest="sha256:0")
        with pytest.raises(ReceiptError, match="the verdict names sha256:0"):
            store.decision(told, Conversation(), call=WHOLE)

    def test_a_denial_is_not_approved_and_says_why(self, store, denied, conversation) -> None:
        receipt = store.decision(denied, conversation, call=CallPart(0, 1, approved=False))
        evaluation = receipt.predicate["policy_evaluation"]
        assert (evaluation["approved"], evaluation["verdict"], receipt.approved) == (False, "DENY", False)
        assert evaluation["violations"] == [violation.to_json() for violation in denied.all_violations]

    def test_an_allowed_part_of_a_denied_call_is_not_approved(self, store, verdict, conversation) -> None:
        receipt = store.decision(verdict(), conversation, call=CallPart(1, 3, approved=False))
        assert receipt.predicate["policy_evaluation"]["verdict"] == "ALLOW"
        assert receipt.predicate["call"] == {"index": 1, "count": 3, "approved": False}
        assert not receipt.approved

    def test_a_call_is_not_approved_when_this_part_of_it_is_denied(self, store, denied) -> None:
        receipt = store.decision(denied, Conversation(), call=WHOLE)
        assert receipt.predicate["call"]["approved"] is False
        assert store.verify().ok

    def test_an_escalation_is_not_approved(self, store, verdict) -> None:
        waiting = verdict(violations=(Violation("approval", "a person must agree", escalates=True),))
        assert waiting.decision is Decision.ESCALATE
        receipt = store.decision(waiting, Conversation(), call=WHOLE)
        assert receipt.summary.verdict == "ESCALATE"
        assert not receipt.approved
        assert store.verify().ok

    def test_code_that_could_not_be_analysed_has_a_receipt_too(self, store) -> None:
        broken = Verdict(
            Source("def (:\n"),
            "analyst",
            violations=(Violation("syntax", "no program"),),
            error="line 1, column 4",
        )
        receipt = store.decision(broken, Conversation(), call=CallPart(0, 1, approved=False))
        evaluation = receipt.predicate["policy_evaluation"]
        assert evaluation["error"] == "line 1, column 4"
        assert evaluation["executor_policy"] is None
        assert evaluation["analysis"]["operations"] == []
        assert store.verify().ok

    def test_gaps_are_recorded(self, store, verdict) -> None:
        gap = Gap("an attribute by an unknown name", Span(1, 0, 1, 13))
        unclear = verdict(gaps=(gap,), violations=(Violation("analysis", "unclear"),))
        receipt = store.decision(unclear, Conversation(), call=WHOLE)
        assert receipt.predicate["policy_evaluation"]["analysis"]["gaps"] == [
            {"why": "an attribute by an unknown name", "location": SPAN}
        ]

    def test_a_policy_text_that_its_digest_is_not_of_is_refused(self, store, verdict) -> None:
        lying = Verdict(Source("x"), "a", policy_digest="sha256:" + "0" * 64, policy_text="agent")
        with pytest.raises(ReceiptError, match="the verdict names"):
            store.decision(lying, Conversation(), call=WHOLE)
        assert list(store.list()) == []

    def test_what_no_receipt_can_hold_is_an_error_and_no_receipt(self, store, verdict) -> None:
        odd = replace(verdict(), constraints={"allowed_imports": object()})
        with pytest.raises(ReceiptError, match="can't be written: object has no canonical form"):
            store.decision(odd, Conversation(), call=WHOLE)
        assert list(store.list()) == []

    @pytest.mark.parametrize(("index", "count"), [(1, 1), (-1, 1), (0, 0)])
    def test_a_part_lies_within_its_call(self, index: int, count: int) -> None:
        with pytest.raises(ValueError, match="blocks"):
            CallPart(index, count, approved=True)


class TestMessages:
    def test_messages_stand_in_the_receipt_as_commitments(self, store, verdict, conversation) -> None:
        receipt = store.decision(verdict(), conversation, call=WHOLE)
        context = receipt.predicate["conversation_context"]
        for field, text in (
            ("message_from_suggester", "please run this"),
            ("message_from_executor", "running"),
        ):
            body = receipt.bodies[context[field]]
            assert context[field] == "sha256:" + hashlib.sha256(body.salt + text.encode()).hexdigest()
            assert len(body.salt) == 32
        assert b"please run this" not in dsse.payload(receipt.envelope)

    def test_equal_messages_have_different_commitments(self, store, verdict, conversation) -> None:
        receipts = [store.decision(verdict(), conversation, call=WHOLE) for _ in range(2)]
        contexts = [receipt.predicate["conversation_context"] for receipt in receipts]
        assert contexts[0]["message_from_suggester"] != contexts[1]["message_from_suggester"]

    def test_they_are_given_back_with_the_code(self, store, verdict, conversation) -> None:
        receipt = store.get(store.decision(verdict(), conversation, call=WHOLE).receipt_id)
        assert receipt.messages == {
            "message_from_suggester": "please run this",
            "message_from_executor": "running",
        }
        assert receipt.code == verdict().source.text

    def test_erased_they_are_gone_from_the_disk_and_the_log_still_verifies(
        self, store, home, verdict
    ) -> None:
        secret = "the code word is rhubarb" * 3
        receipt = store.decision(verdict(), Conversation(message_from_suggester=secret), call=WHOLE)
        store.erase(receipt.receipt_id)
        erased = store.get(receipt.receipt_id)
        assert erased.messages == {"message_from_suggester": None}
        assert erased.code == verdict().source.text
        assert not any(b"rhubarb" in path.read_bytes() for path in home.rglob("*") if path.is_file())
        found = store.verify()
        assert (found.ok, found.erased) == (True, 1)

    def test_while_another_reads_what_was_erased_that_is_said(self, home, verdict, conversation) -> None:
        with (
            ReceiptStore.open(home, busy_s=0.05) as store,
            contextlib.closing(sqlite3.connect(home / "receipts.db", isolation_level=None)) as other,
        ):
            receipt = store.decision(verdict(), conversation, call=WHOLE)
            other.execute("BEGIN")
            other.execute("SELECT * FROM body").fetchall()
            with pytest.raises(ReceiptError, match="what was deleted can still be read"):
                store.erase(receipt.receipt_id)
            other.execute("COMMIT")
            store.erase(receipt.receipt_id)
            assert store.verify().erased == 2

    def test_the_code_can_be_erased_too(self, store, verdict, conversation) -> None:
        receipt = store.decision(verdict(), conversation, call=WHOLE)
        store.erase(receipt.receipt_id, code=True)
        assert store.get(receipt.receipt_id).code is None
        assert str(store.verify()).splitlines()[1:3] == ["1 approved without an outcome", "3 texts erased"]

    def test_a_message_that_was_exchanged_is_not_shown(self, store, home, verdict, conversation, sql) -> None:
        receipt = store.decision(verdict(), conversation, call=WHOLE)
        sql(home, "UPDATE body SET data = CAST('please pay this' AS BLOB) WHERE length(salt) > 0")
        with pytest.raises(ReceiptError, match="is not the one that was receipted"):
            store.get(receipt.receipt_id)


class TestOutcome:
    def test_it_points_to_its_decision(self, store, verdict, conversation, result) -> None:
        decision = store.decision(verdict(), conversation, call=WHOLE)
        receipt = store.outcome(decision, result)
        assert receipt.predicate == {
            "receipt_id": receipt.receipt_id,
            "code_hash": decision.predicate["code_hash"],
            "executor_agent": "analyst",
            "suggester_agent": "planner",
            "verdict": "ALLOW",
            "decision": {
                "receipt_id": decision.receipt_id,
                "leaf_hash": "sha256:" + tree.leaf_hash(decision.envelope).hex(),
            },
            "result": result.to_json(),
            "gate_version": execgate.__version__,
            "timestamp": "2026-01-02T03:04:07.678901Z",
        }
        assert store.outcome_of(decision.receipt_id) == store.get(receipt.receipt_id)
        statement = json.loads(dsse.payload(receipt.envelope))
        assert statement["predicateType"] == "urn:execgate:receipt:outcome:v1"

    def test_a_decision_without_one_has_none(self, store, verdict, conversation) -> None:
        decision = store.decision(verdict(), conversation, call=WHOLE)
        assert store.outcome_of(decision.receipt_id) is None

    def test_what_was_denied_can_have_none(self, store, denied, conversation, result) -> None:
        decision = store.decision(denied, conversation, call=WHOLE)
        with pytest.raises(ReceiptError, match="approved no run"):
            store.outcome(decision, result)
        assert len(list(store.list())) == 1

    def test_there_is_one_for_each_decision(self, store, verdict, conversation, result) -> None:
        decision = store.decision(verdict(), conversation, call=WHOLE)
        outcome = store.outcome(decision, result)
        with pytest.raises(ReceiptError, match="has an outcome already"):
            store.outcome(decision, result)
        with pytest.raises(ReceiptError, match="approved no run"):
            store.outcome(outcome, result)

    def test_a_decision_of_another_log_can_have_none(self, store, tmp_path, verdict, result) -> None:
        with ReceiptStore.open(tmp_path / "other") as other:
            foreign = other.decision(verdict(), Conversation(), call=WHOLE)
        with pytest.raises(ReceiptError, match="is not in the log"):
            store.outcome(foreign, result)

    def test_a_run_with_a_thousand_files_still_fits(self, store, verdict, conversation) -> None:
        decision = store.decision(verdict(), conversation, call=WHOLE)
        result = ExecutionResult(
            Stop.DISK, None, "", "", Usage(1.0), rejected=tuple(f"file-{n}: a link" for n in range(4000))
        )
        receipt = store.get(store.outcome(decision, result).receipt_id)
        assert len(receipt.envelope) <= MAX_ENTRY_BYTES
        assert receipt.resolved(receipt.predicate["result"]["rejected"]) == list(result.rejected)
        assert store.verify().ok

    def test_the_packages_of_its_image_stand_beside_the_log_once(
        self, store, verdict, result, home, sql
    ) -> None:
        packages = '[["debian","bash","5.2.15"],["python","numpy","2.1.0"]]'
        result = replace(result, image_contents=packages)
        outcomes = [
            store.outcome(store.decision(verdict(), Conversation(), call=WHOLE), result) for _ in range(2)
        ]
        digest = Body.of_text(packages).digest
        assert result.to_json()["image_contents"] == digest
        for outcome in outcomes:
            receipt = store.get(outcome.receipt_id)
            assert receipt.predicate["result"]["image_contents"] == {"body": digest, "size": len(packages)}
            assert receipt.resolved(receipt.predicate["result"]["image_contents"]) == json.loads(packages)
        assert sql(home, "DELETE FROM body WHERE digest = ?", digest) == 1
        assert not store.verify().ok  # it is a part of the receipt

    @pytest.mark.parametrize("name", ["body", "size"])
    def test_no_name_that_somebody_else_chose_stands_for_a_body(
        self, store, verdict, conversation, result, name
    ) -> None:
        judged = verdict()
        staged = {"body": Source("x = 1", "body"), "size": Source("x = 2", "size")}
        program = replace(judged.program, staged=(staged[name],))
        decision = store.decision(replace(judged, program=program), conversation, call=WHOLE)
        told = {"body": "sha256:" + "0" * 64, "size": "12"} if name == "size" else {"body": "none"}
        receipt = store.get(store.outcome(decision, replace(result, in_force=told)).receipt_id)
        assert receipt.resolved(receipt.predicate["result"]["in_force"]) == told
        analysis = store.get(decision.receipt_id).predicate["policy_evaluation"]["analysis"]
        assert receipt.resolved(analysis["staged"]) == {name: staged[name].digest}
        assert store.verify().ok


class TestLargeReceipts:
    def test_what_is_too_large_goes_by_digest(self, store, verdict, conversation) -> None:
        large = verdict(operations=3000)
        receipt = store.get(store.decision(large, conversation, call=WHOLE).receipt_id)
        analysis = receipt.predicate["policy_evaluation"]["analysis"]
        assert len(receipt.envelope) <= MAX_ENTRY_BYTES
        assert set(analysis["operations"]) == {"body", "size"}
        assert receipt.resolved(analysis["operations"]) == [op.to_json() for op in large.program.operations]
        assert analysis["imports"] == ["pandas"]
        assert store.verify().ok

    def test_the_largest_that_anyone_could_make_still_fits(self, store, verdict) -> None:
        huge = "\u4e16" * 200_000
        violations = tuple(Violation(huge, huge, help=huge) for _ in range(3))
        base = verdict("# " + "\u4e16" * 300_000, violations=violations, operations=900)
        worst = Verdict(
            Source(base.source.text, huge, huge),
            huge,
            base.program,
            base.rulings,
            violations,
            policy_digest=base.policy_digest,
            policy_text=base.policy_text,
            constraints={huge: huge, "x": [huge] * 4},
            error=huge,
        )
        talk = Conversation(huge, huge, huge, huge, 2**80, huge)
        receipt = store.get(store.decision(worst, talk, call=WHOLE).receipt_id)
        assert len(receipt.envelope) <= MAX_ENTRY_BYTES
        assert receipt.predicate["conversation_context"]["turn_number"] == str(2**80)
        assert receipt.resolved(receipt.predicate["policy_evaluation"]["error"]) == huge
        assert store.verify().ok

    def test_a_receipt_that_would_not_fit_is_an_error_not_a_cut(self, store, verdict, monkeypatch) -> None:
        monkeypatch.setattr("execgate.receipts.store.MAX_ENTRY_BYTES", 100)
        with pytest.raises(ReceiptError, match="more than a log entry may have"):
            store.decision(verdict(), Conversation(), call=WHOLE)
        assert list(store.list()) == []

    def test_long_names_are_cut_and_stay_apart(self) -> None:
        assert name("x" * 512) == "x" * 512
        first, second = name("x" * 513), name("x" * 514)
        assert first.startswith("x" * 512 + "... (sha256:")
        assert first != second

    @given(strange=st.tuples(st.text(st.characters()), st.text(st.characters()), st.floats(), st.integers()))
    def test_nothing_is_too_strange_for_a_receipt(self, shared_store, verdict, strange) -> None:
        text, other, number, turn = strange
        base = verdict(agent=text)
        spawn = ProcessSpawn(
            via=other, location=Span(1, 0, 1, 1), command=(text,), shell=False, programs=(Unknown(other),)
        )
        odd = Verdict(
            base.source,
            text,
            Program(base.source, (spawn,)),
            violations=(Violation(other, text),),
            constraints={text: number, "turn": turn},
        )
        talk = Conversation(other, text, text, other, turn)
        receipt = shared_store.get(shared_store.decision(odd, talk, call=WHOLE).receipt_id)
        assert receipt.messages == {"message_from_suggester": text, "message_from_executor": other}
        assert canonical.decode(receipt.envelope)


class TestTime:
    def test_it_is_utc_with_microseconds(self, home, verdict) -> None:
        zone = timezone(timedelta(hours=-5))
        with ReceiptStore.open(home, clock=lambda: datetime(2026, 1, 1, 20, tzinfo=zone)) as store:
            receipt = store.decision(verdict(), Conversation(), call=WHOLE)
        assert receipt.predicate["timestamp"] == "2026-01-02T01:00:00.000000Z"

    def test_a_clock_that_is_set_back_does_not_turn_the_log_around(self, home, clock, verdict) -> None:
        with ReceiptStore.open(home, clock=clock) as store, ReceiptStore.open(home, clock=clock) as other:
            times = []
            for writer in (store, store, other, store):
                receipt = writer.decision(verdict(), Conversation(), call=WHOLE)
                times.append(receipt.predicate["timestamp"])
                clock.now -= timedelta(days=1)
            assert times == ["2026-01-02T03:04:06.678901Z"] * 4
            assert store.verify().ok

    def test_without_a_clock_it_is_now(self, home, verdict) -> None:
        before = datetime.now(timezone.utc)
        with ReceiptStore.open(home) as store:
            stamp = store.decision(verdict(), Conversation(), call=WHOLE).predicate["timestamp"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", stamp)
        assert before <= datetime.fromisoformat(stamp.replace("Z", "+00:00")) <= datetime.now(timezone.utc)


class TestLookingUp:
    def test_lists_are_oldest_first(self, filled) -> None:
        store, receipts = filled
        assert [line.to_json() for line in store.list()] == [
            {
                "receipt_id": receipt.receipt_id,
                "kind": kind,
                "verdict": verdict,
                "executor_agent": agent,
                "suggester_agent": suggester,
                "timestamp": f"2026-01-02T03:04:{6 + index:02d}.678901Z",
                "code_hash": receipt.predicate["code_hash"],
                "merkle_index": index,
            }
            for index, (receipt, (kind, verdict, agent, suggester)) in enumerate(
                zip(
                    receipts,
                    [
                        ("decision", "ALLOW", "analyst", "planner"),
                        ("outcome", "ALLOW", "analyst", "planner"),
                        ("decision", "DENY", "analyst", "planner"),
                        ("decision", "ALLOW", "analyst", None),
                        ("decision", "DENY", "nobody", "planner"),
                    ],
                    strict=True,
                )
            )
        ]

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({"agent": "nobody"}, [4]),
            ({"agent": "no"}, []),
            ({"verdict": "DENY"}, [2, 4]),
            ({"kind": "outcome"}, [1]),
            ({"limit": 2}, [3, 4]),
            ({"limit": 0}, []),
            ({"agent": "analyst", "verdict": "ALLOW", "kind": "decision", "limit": 1}, [3]),
        ],
    )
    def test_filters_leave_the_newest_that_match(self, filled, filters, expected) -> None:
        store, _ = filled
        assert [line.merkle_index for line in store.list(**filters)] == expected

    def test_a_receipt_is_found_by_its_id_whole(self, filled) -> None:
        store, receipts = filled
        for receipt in receipts:
            found = store.get(receipt.receipt_id)
            assert (found.envelope, found.predicate, found.leaf_hash) == (
                receipt.envelope,
                receipt.predicate,
                receipt.leaf_hash,
            )
            whole = json.loads(json.dumps(found.to_json()))
            assert whole["merkle_index"] == receipt.merkle_index
            assert whole["predicate"] == receipt.predicate

    def test_an_unknown_id_is_an_error_that_says_so(self, store) -> None:
        with pytest.raises(ReceiptError, match="there is no receipt nothing in"):
            store.get("nothing")

    def test_proofs_lead_to_the_checkpoint(self, filled) -> None:
        store, receipts = filled
        head = parse(store.checkpoint())
        assert head.size == 5
        for receipt in receipts:
            proof = store.inclusion_proof(receipt.merkle_index)
            leaf = tree.leaf_hash(receipt.envelope)
            assert tree.included(leaf, receipt.merkle_index, 5, proof, head.root)

    def test_every_checkpoint_continues_those_before_it(self, store, verdict) -> None:
        heads = []
        for _ in range(9):
            store.decision(verdict(), Conversation(), call=WHOLE)
            heads.append(parse(store.checkpoint()))
        for old in heads:
            for new in heads[old.size - 1 :]:
                proof = store.consistency_proof(old.size, new.size)
                assert tree.consistent(old.size, new.size, proof, old.root, new.root)
        assert store.consistency_proof(3) == store.consistency_proof(3, 9)

    @pytest.mark.parametrize("index", [-1, 5])
    def test_there_is_no_proof_of_what_is_not_there(self, filled, index: int) -> None:
        with pytest.raises(ReceiptError, match="the log has 5"):
            filled[0].inclusion_proof(index)
        with pytest.raises(ReceiptError, match="the log has 5"):
            filled[0].consistency_proof(3, 6 + abs(index))

    def test_a_log_is_named_by_its_key_unless_it_is_given_a_name(self, store, tmp_path: Path) -> None:
        origin = parse(store.checkpoint()).origin
        assert re.fullmatch(r"execgate/log/[0-9a-f]{16}", origin)
        with ReceiptStore.open(tmp_path / "named", origin="acme/receipts") as named:
            assert parse(named.checkpoint()).origin == "acme/receipts"
        with pytest.raises(ReceiptError, match="is named acme/receipts, not acme/other"):
            ReceiptStore.open(tmp_path / "named", origin="acme/other")
        with pytest.raises(ReceiptError, match="can't name a log"):
            ReceiptStore.open(tmp_path / "misnamed", origin="two words")
        assert not (tmp_path / "misnamed" / "keys").exists()

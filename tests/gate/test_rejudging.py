"""An auditor derives each verdict again, from the receipt alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from execgate import Gate
from execgate.errors import InputError
from execgate.model.context import Context, Tally
from execgate.model.execution import ExecutionResult, Stop, Usage
from execgate.model.money import Money
from execgate.model.source import Source
from execgate.model.tool import read_program, tool_program
from execgate.receipts import Body, Receipt
from execgate.rejudging import Rejudged, judged_again

POLICY = """
let safe = ["json", "math", "stripe"]
phases { allowed_payment_phase: COMMIT  EXPLORE: [COMMIT]  COMMIT: [] }
window office { zone: "Europe/Berlin" days: ["monday"] hours: "09:00-17:00" }
rule office_hours on network_call { when not (time in office) deny "not at night" }
rule late { when has turn and turn > 9 warn "it takes long" }
agent "base" {
  version: "1.2"
  description: "what all share"
  can "code_execution" with constraints {
    allowed_imports: safe
    allowed_hosts: ["api.example.com"] because "the one API"
  }
}
agent "coder" extends "base" {
  can "code_execution" with constraints {
    override allowed_imports: ["json", "math", "stripe", "os", "requests", "helper"] because "needs the system"
    override allowed_file_operations: ["read"] because "reads"
    allowed_file_paths: ["/data/*"]
  }
}
agent "team_*" {
  delegation: intersect
  can "code_execution" with constraints { allowed_imports: safe }
  can "payment" with constraints {
    allowed_providers: ["stripe"]
    allowed_payment_operations: ["*"]
    max_amount: 50.00_usd
    max_amount_per_session: 100.00_usd
    approval_above: 5.00_usd
    warn_at: 50%
  }
  can "tool" with constraints {
    allowed_executed_tools: ["search_*"]
    rule short { when args.limit > 5 deny "too many" }
  }
}
agent "idle" { }
"""

CODE = [
    "import json",
    "import os\nopen('/data/x')\nopen('/etc/passwd')",
    "import requests\nrequests.get('https://api.example.com/x')\nrequests.get(input())",
    "import stripe\nstripe.Charge.create(amount=300, currency='usd', source='tok')",
    "import stripe\nstripe.Charge.create(amount=900, currency='usd', source='tok')",
    "import stripe\nstripe.Charge.create(amount=n, currency='usd', source='tok')",
    "eval(input())",
    "print(",
    "nothing_of_that_name()",
]
MONDAY = datetime(2026, 3, 2, 10, tzinfo=timezone.utc)
CONTEXTS = [
    Context(),
    Context(suggester="coder", phase="EXPLORE", turn=3, time=MONDAY),
    Context(
        suggester="team_b",
        phase="COMMIT",
        turn=12,
        time=MONDAY.replace(hour=20),
        spent={"session": Tally((Money.parse("60", "USD"),), 3)},
    ),
    Context(suggester="idle", phase="COMMIT", budget_ratio=Decimal("0.2"), spent={"session": Tally()}),
]


class Sandbox:
    name = "pretend"

    def run(self, authorization, *, inputs=(), on_output=None, conversation=None, permits=None):
        return ExecutionResult(Stop.EXIT, 0, "", "", Usage(wall_s=0.1), backend=self.name)

    def close(self):
        pass


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    (tmp_path / "team.policy").write_text(POLICY)
    with Gate.load(tmp_path / "team.policy", home=tmp_path / "home", sandbox=Sandbox()) as gate:
        yield gate


def decisions(gate: Gate) -> list[Receipt]:
    assert gate.receipts.verify().ok
    return [gate.receipts.get(line.receipt_id) for line in gate.receipts.list(kind="decision")]


def filled(gate: Gate) -> list[Receipt]:
    for agent in ("coder", "team_a", "idle", "nobody"):
        for context in CONTEXTS:
            for code in CODE:
                gate.execute(code, agent=agent, context=context)
            for name, limit in (("search_web", 3), ("search_web", 9), ("delete", 0)):
                gate.decide_tool(name, {"limit": limit, "x": 0.5}, agent=agent, context=context)
    return decisions(gate)


def test_every_verdict_follows_from_its_receipt(gate):
    receipts = filled(gate)
    again = judged_again(receipts)
    assert [one.differs for one in again if one.differs is not None] == []
    judged = [one for one in again if one.why is None]
    verdicts = [one.receipt.predicate["policy_evaluation"]["verdict"] for one in judged]
    assert set(verdicts) == {"ALLOW", "DENY", "ESCALATE"}
    assert {one.why for one in again} == {None, "no policy judged it"}


def test_files_that_a_call_hands_on_are_found_in_its_other_receipts(gate):
    helper = Source("import json\ndef run():\n    return json.dumps(1)\n", "helper.py")
    gate.execute_blocks([helper, "import helper\nhelper.run()\n"], agent="coder")
    receipts = decisions(gate)
    assert [receipt.approved for receipt in receipts] == [True, True]
    assert judged_again(receipts) == [Rejudged(receipt) for receipt in receipts]
    (alone,) = judged_again(receipts[1:])
    assert alone.why == "the file helper.py that it could use was erased, or is in no receipt"


def forged(receipt: Receipt, **changes: object) -> Receipt:
    """Return a receipt that says something else, as one could that a broken gate has signed."""
    evaluation = {**receipt.predicate["policy_evaluation"], **changes}
    return replace(receipt, predicate={**receipt.predicate, "policy_evaluation": evaluation})


def test_what_a_run_was_confined_by_follows_too_and_where_a_receipt_lacks_it_nothing_is_missed(gate):
    gate.execute("import os", agent="coder", context=CONTEXTS[1])
    gate.execute("import sys", agent="coder", context=CONTEXTS[1])
    allowed, denied = decisions(gate)
    told = allowed.predicate["policy_evaluation"]["confines"]
    assert (told["session"], told["reads"], told["network"]) == ("none", ["/data"], True)
    evaluation = dict(allowed.predicate["policy_evaluation"])
    del evaluation["confines"]
    before = replace(allowed, predicate={**allowed.predicate, "policy_evaluation": evaluation})
    limits = {**evaluation["limits"], "wall_s": "31.0"}
    for receipt, differs in (
        (allowed, None),
        (denied, None),
        (before, None),
        (forged(allowed, confines={**told, "session": "interpreter"}), "its confines are others"),
        (
            forged(allowed, confines={**told, "host_folders": [{"source": "/", "target": "/data"}]}),
            "its confines are others",
        ),
        (forged(allowed, limits=limits), "its limits are others"),
    ):
        assert judged_again([receipt]) == [Rejudged(receipt, differs=differs)]


def test_what_does_not_follow_is_said(gate):
    gate.execute("import os", agent="coder", context=CONTEXTS[1])
    gate.execute("import sys", agent="coder", context=CONTEXTS[1])
    allowed, denied = decisions(gate)
    other = denied.predicate["policy_evaluation"]
    text = Body.of_text('agent "coder" { }')
    exchanged = forged(allowed, policy_text={"body": text.digest})
    cases = [
        (forged(allowed, verdict="DENY"), "the verdict is ALLOW, the receipt says DENY"),
        (forged(denied, violations=[]), "the verdict has other reasons"),
        (forged(allowed, analysis=other["analysis"]), "its code does something else than the operations say"),
        (forged(allowed, context={"phas": "x"}), "it can't be judged again: no field of a context: 'phas'"),
        (replace(exchanged, bodies={**allowed.bodies, text.digest: text}), "the policy's digest is sha256:"),
    ]
    for receipt, told in cases:
        (found,) = judged_again([receipt])
        assert found.differs is not None
        assert found.differs.startswith(told)


def test_what_can_not_be_judged_again_is_said(gate):
    gate.execute("import os", agent="coder")
    (receipt,) = decisions(gate)
    evaluation = dict(receipt.predicate["policy_evaluation"])
    del evaluation["context"]
    old = replace(receipt, predicate={**receipt.predicate, "policy_evaluation": evaluation})
    elsewhere = replace(receipt, predicate={**receipt.predicate, "gate_version": "0.0.1"})
    gate.receipts.erase(receipt.receipt_id, code=True)
    whys = [judged_again([one])[0].why for one in (old, elsewhere, *decisions(gate))]
    assert whys[0] == "it does not tell its context"
    assert whys[1].startswith("it was judged by version 0.0.1, this is ")
    assert whys[2] == "its code was erased"


def test_a_call_of_a_tool_can_be_read_again():
    program = tool_program("x", {"b": [1, 0.5, None], "a": "ä"}, stage="propose")
    assert read_program(program.source.text) == program
    for text in ("", "[]", "{}", '{"tool": 1, "arguments": {}, "stage": "dream"}', "[" * 100_000):
        with pytest.raises(InputError):
            read_program(text)


def test_the_command_line_judges_again(gate, tmp_path, capsys):
    from execgate.cli.app import main

    filled(gate)
    out = tmp_path / "receipts.jsonl"
    gate.receipts.export(out)
    home = str(tmp_path / "home")
    for arguments in (["--home", home], [str(out)]):
        assert main(["receipts", "verify", "--rejudge", *arguments]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("verified ")
        assert "decisions again: " in lines[-2]
        assert lines[-1].endswith("decisions not judged again: no policy judged it")


def test_the_command_line_names_a_verdict_that_does_not_follow(gate, tmp_path, capsys, monkeypatch):
    from execgate.cli.app import main

    gate.execute("import os", agent="coder")
    (receipt,) = decisions(gate)
    answer = [Rejudged(receipt, differs="the verdict is DENY, the receipt says ALLOW")]
    monkeypatch.setattr("execgate.rejudging.judged_again", lambda _: answer)
    home = str(tmp_path / "home")
    assert main(["receipts", "verify", "--rejudge", "--home", home]) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "judged 1 decision again: 0 as the receipt says",
        f"receipt 0 ({receipt.receipt_id}): the verdict is DENY, the receipt says ALLOW",
    ]
    assert main(["receipts", "verify", "--rejudge", "--home", home, "--format", "json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["rejudged"]
    assert told == {
        "receipt_id": receipt.receipt_id,
        "why": None,
        "differs": "the verdict is DENY, the receipt says ALLOW",
    }

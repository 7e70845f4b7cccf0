"""What receipts say: an in-toto statement about the code, with a predicate of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import execgate
from execgate.model.context import Context
from execgate.model.conversation import Conversation
from execgate.model.execution import ExecutionResult
from execgate.model.verdict import Verdict
from execgate.receipts import canonical
from execgate.receipts.bodies import Body, reference
from execgate.receipts.canonical import plain
from execgate.receipts.values import CallPart, Kind, PolicySource, Receipt

STATEMENT = "https://in-toto.io/Statement/v1"
DECISION = "urn:execgate:receipt:decision:v1"
OUTCOME = "urn:execgate:receipt:outcome:v1"
MAX_ENTRY_BYTES = 65_534
"""The largest entry that every log of this kind takes: its length must fit in two bytes."""
_INLINE_BYTES = 32_768
"""A predicate up to this size stands in its receipt whole."""
_PART_BYTES = 1_024
"""In a larger one, each part above this size goes by digest."""
_NAME_CHARACTERS = 512


@dataclass(slots=True)
class Draft:
    """A receipt that lacks nothing but its time, and the bodies that go beside it."""

    kind: Kind
    code_hash: str
    predicate: dict[str, Any]
    bodies: list[Body] = field(default_factory=list)
    spillable: tuple[MutableMapping[str, Any], ...] = ()

    def statement(self, timestamp: str) -> bytes:
        """Return the canonical bytes of the statement, small enough for the log."""
        self.predicate["timestamp"] = timestamp
        data = self._encode()
        if len(data) > _INLINE_BYTES:
            for part in self.spillable:
                self._spill(part)
            data = self._encode()
        return data

    def _encode(self) -> bytes:
        return canonical.encode(
            {
                "_type": STATEMENT,
                "subject": [{"digest": {"sha256": self.code_hash.removeprefix("sha256:")}}],
                "predicateType": DECISION if self.kind == "decision" else OUTCOME,
                "predicate": self.predicate,
            }
        )

    def _spill(self, part: MutableMapping[str, Any]) -> None:
        for name, value in part.items():
            # What is looked into by itself has its own turn.
            if any(value is other for other in self.spillable) or not isinstance(value, (list, dict, str)):
                continue
            data = canonical.encode(value)
            if len(data) > _PART_BYTES:
                body = Body(data)
                self.bodies.append(body)
                part[name] = reference(body)


def decision(
    receipt_id: str,
    verdict: Verdict,
    conversation: Conversation,
    call: CallPart,
    policies: PolicySource | None = None,
) -> Draft:
    """Return the receipt of a verdict: all that it takes to judge again, and what came of it."""
    code = Body.of_text(verdict.source.text)
    bodies = [code]
    program = verdict.program.to_json() if verdict.program is not None else {"operations": [], "gaps": []}
    operations = plain(program["operations"])
    analysis = {
        "operations": operations,
        "gaps": plain(program["gaps"]),
        "staged": plain(program.get("staged", {})),
        **views(operations),
    }
    if "earlier" in program:
        analysis["earlier"] = plain(program["earlier"])
    approved = verdict.allowed and call.approved
    evaluation = {
        "approved": approved,
        "verdict": verdict.decision.value,
        "executor_policy": None if verdict.policy_digest is None else name(verdict.agent),
        "policy_digest": verdict.policy_digest,
        "policy_text": _kept(verdict.policy_text, bodies),
        "policy_block": name(verdict.policy_block),
        "policy_version": plain(verdict.policy_version),
        "policy_description": plain(verdict.policy_description),
        "overrides": [plain(override.to_json()) for override in verdict.overrides],
        "suggester_policy_digest": verdict.suggester_policy_digest,
        "suggester_policy_text": _kept(verdict.suggester_policy_text, bodies),
        "policy_source": None if policies is None else plain(policies.to_json()),
        "constraints": plain(verdict.constraints),
        "context": None if verdict.context is None else plain(verdict.context.to_json()),
        "violations": [plain(violation.to_json()) for violation in verdict.all_violations],
        "warnings": [plain(warning.to_json()) for warning in verdict.all_warnings],
        "error": plain(verdict.error),
        "limits": plain(verdict.limits.to_json()),
        "confines": plain(verdict.confines.to_json()),
        "analysis": analysis,
    }
    predicate = {
        "receipt_id": receipt_id,
        "code_hash": verdict.source.digest,
        "code": {
            "language": name(verdict.source.language),
            "path": name(verdict.source.path),
            "size": len(code.data),
        },
        "executor_agent": name(verdict.agent),
        "suggester_agent": name(conversation.suggester),
        "conversation_context": {
            "group_chat": name(conversation.group_chat),
            "conversation_id": name(conversation.conversation_id),
            "message_from_suggester": _commit(conversation.message_from_suggester, bodies),
            "message_from_executor": _commit(conversation.message_from_executor, bodies),
            "turn_number": plain(conversation.turn_number),
        },
        # A call of which one part is denied is denied, whatever the caller says.
        "call": {**call.to_json(), "approved": approved},
        "policy_evaluation": evaluation,
        "gate_version": execgate.__version__,
    }
    if verdict.context is not None and (found := contradiction(verdict.context, predicate)) is not None:
        raise TypeError(found)
    return Draft("decision", verdict.source.digest, predicate, bodies, (evaluation, analysis))


def contradiction(context: Context, predicate: Mapping[str, Any]) -> str | None:
    """Return what a context says otherwise than a receipt does of its conversation; None where nothing."""
    conversation = predicate["conversation_context"]
    for word, told, state in (
        ("suggester", predicate["suggester_agent"], name(context.suggester)),
        ("group", conversation.get("group_chat"), name(context.group)),
        ("turn", conversation.get("turn_number"), context.turn),
    ):
        # What was not known when it was decided may be known to whoever keeps the receipt.
        if state not in {None, told}:
            return f"the context names another {word} than the conversation"
    return None


def outcome(receipt_id: str, receipt: Receipt, result: ExecutionResult) -> Draft:
    """Return the receipt of a run, which points to the decision that allowed it."""
    summary = receipt.summary
    ran = plain(result.to_json())
    bodies: list[Body] = []
    if result.image_contents:
        ran["image_contents"] = _kept(result.image_contents, bodies)
    predicate = {
        "receipt_id": receipt_id,
        "code_hash": summary.code_hash,
        "executor_agent": summary.executor_agent,
        "suggester_agent": summary.suggester_agent,
        "verdict": summary.verdict,
        "decision": {"receipt_id": receipt.receipt_id, "leaf_hash": receipt.leaf_hash},
        "result": ran,
        "gate_version": execgate.__version__,
    }
    return Draft("outcome", summary.code_hash, predicate, bodies, (ran,))


def views(operations: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return what is asked for first: modules by name, file operations and network calls with their index.

    A module or host that could not be worked out is null.
    """
    imports, files, calls = [], [], []
    for index, operation in enumerate(operations):
        match operation:
            case {"type": "module_import", "module": module}:
                if module not in imports:
                    imports.append(module)
            case {"type": "file_operation", "operation": kind, "paths": paths, "resolved": resolved}:
                files.append({"index": index, "operation": kind, "paths": paths, "resolved": resolved})
            case {"type": "network_call", "destination": host, "port": port, "resolved": resolved}:
                calls.append({"index": index, "destination": host, "port": port, "resolved": resolved})
    return {"imports": imports, "file_operations": files, "network_calls": calls}


def name(text: str | None) -> Any:
    """Return a name as receipts hold it: one beyond 512 characters is cut, and its digest put behind."""
    if text is None or len(text) <= _NAME_CHARACTERS:
        return plain(text)
    return f"{plain(text[:_NAME_CHARACTERS])}... ({Body.of_text(text).digest})"


def _kept(text: str | None, bodies: list[Body]) -> dict[str, Any] | None:
    """Return a reference to a text that stands beside the receipt for good."""
    if text is None:
        return None
    body = Body.of_text(text)
    bodies.append(body)
    return reference(body)


def _commit(message: str | None, bodies: list[Body]) -> str | None:
    if message is None:
        return None
    body = Body.of_message(message)
    bodies.append(body)
    return body.digest

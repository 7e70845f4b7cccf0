"""What the analysis found in one source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from execgate.model.operation import Gap, Operation
from execgate.model.source import Source


@dataclass(frozen=True, slots=True)
class Program:
    """A source with everything that it can do, in the order of the text."""

    source: Source
    operations: tuple[Operation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    staged: tuple[Source, ...] = ()
    """Files of the working folder that it may import and run, under their `path` there: judged themselves."""
    earlier: tuple[Source, ...] = ()
    """Programs of the same session that ran before it and left their names to it: judged together with it."""
    action: str = "code_execution"
    """What is done with the source as a whole: `code_execution`, or `tool_call` where it is no code."""

    def to_json(self) -> dict[str, Any]:
        """Return the canonical form that verdicts and receipts are about."""
        document: dict[str, Any] = {
            "canonical_action": self.action,
            "code_signature": self.source.digest,
            "language": self.source.language,
            "operations": [operation.to_json() for operation in self.operations],
            "gaps": [gap.to_json() for gap in self.gaps],
        }
        if self.earlier:
            document["earlier"] = [source.digest for source in self.earlier]
        if self.staged:
            document["staged"] = {file.path: file.digest for file in self.staged}
        return document

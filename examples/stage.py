"""How the demo looks in a terminal."""

from __future__ import annotations

import os
import shlex
import textwrap
from collections.abc import Sequence
from typing import Any, TextIO

from scenes import SCENES, Scene

from execgate.report.escape import visible

WIDTH = 100
COLOURS = {"analyst": "36", "colleague": "35", "allowed": "32", "denied": "31", "stopped": "33"}


def attribution(decision: Any) -> dict[str, Any]:
    """Return who executed, who suggested, and where, as a receipt has it."""
    predicate = decision.predicate
    return {
        "executor": predicate["executor_agent"],
        "suggester": predicate["suggester_agent"],
        "group": predicate["conversation_context"]["group_chat"],
        "turn": predicate["conversation_context"]["turn_number"],
    }


class Stage:
    """Shows each message when it is said, and the receipts at the end."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._colour = out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        plain = (out.encoding or "").lower().replace("-", "") != "utf8"
        self._rule, self._bar = ("-", "|") if plain else ("─", "│")
        self._scene: Scene | None = None
        self._results: dict[str, str] = {}

    def opening(self, agents: Sequence[str], live: str | None) -> None:
        """Say who plays."""
        who = f"the model {live}" if live else "a script"
        self._say(
            self._paint("A finance team in AutoGen, with execgate between its code and this machine", "1")
        )
        self._say(f"analyst ({who}) suggests, colleague persuades, user_proxy runs")
        self._say(f"agents with a policy: {', '.join(agents)}")

    def message(self, scene: Scene, speaker: str, content: Any) -> None:
        """Show one message of the conversation."""
        text = content if isinstance(content, str) else ""
        if speaker == "user_proxy":
            self._results[scene.title] = text
        if scene is not self._scene:
            self._scene = scene
            title = f"{SCENES.index(scene) + 1} {scene.title} "
            self._say("\n" + self._heading(title))
        colour = COLOURS.get(speaker) or self._verdict(text)
        self._say(f"\n{self._paint(speaker, f'1;{colour}')}")
        for line in text.rstrip().splitlines():
            self._lines(line, colour)

    def heard(self, scene: Scene) -> bool:
        """Return whether what the scene has to print came back into the conversation."""
        return scene.prints in self._results.get(scene.title, "")

    def receipts(self, decisions: Sequence[Any], outcomes: Sequence[Any]) -> None:
        """List what the receipts say."""
        self._say("\n" + self._heading("Receipts ") + "\n")
        row = "{:<9} {:<8} {:<11} {:<11} {:<13} {:>4}  {}"
        self._say(
            row.format("receipt", "verdict", "executed", "suggested", "group", "turn", "what came of it")
        )
        for decision, outcome in zip(decisions, outcomes, strict=True):
            verdict = decision.summary.verdict
            who = attribution(decision)
            names = [visible(str(value if value is not None else "-"), limit=13) for value in who.values()]
            end, colour = self._end(decision, outcome)
            line = row.format(decision.receipt_id[:8], verdict, *names, end)
            self._say(self._paint(line, colour))

    def verification(self, verification: Any, home: str | None) -> None:
        """Say whether the receipts are what was written."""
        if verification.ok:
            told = (
                f"{verification.decisions} decisions and {verification.outcomes} outcomes verified: "
                "each is signed, each is in the log, and the log is whole."
            )
            self._say("\n" + self._paint(told, COLOURS["allowed"]))
        else:
            self._say("\n" + self._paint(f"Not verified: {verification.finding}", COLOURS["denied"]))
        if home is not None:
            self._say(
                f"They are kept; look at them with:  EXECGATE_HOME={shlex.quote(home)} execgate receipts list"
            )

    def closing(self, problems: Sequence[str]) -> None:
        """Say what did not happen as it should."""
        for problem in problems:
            self._say(self._paint(f"not as it should be: {problem}", COLOURS["denied"]))

    def _end(self, decision: Any, outcome: Any) -> tuple[str, str]:
        if outcome is None:
            violations = decision.predicate["policy_evaluation"]["violations"]
            broken = dict.fromkeys(entry["constraint"] for entry in violations)
            return f"nothing was run: {', '.join(broken)}", COLOURS["denied"]
        result = outcome.predicate["result"]
        if result["stopped_by"] != "exit":
            return f"stopped by the {result['stopped_by']} limit", COLOURS["stopped"]
        return f"ended with status {result['exit_code']}", COLOURS["allowed"]

    def _verdict(self, text: str) -> str:
        if text.startswith("exitcode: 0 "):
            return COLOURS["allowed"]
        return COLOURS["denied" if text.startswith("exitcode: 126 ") else "stopped"]

    def _lines(self, line: str, colour: str) -> None:
        for part in textwrap.wrap(
            visible(line), WIDTH - 2, subsequent_indent="  ", drop_whitespace=False
        ) or [""]:
            self._say(f"{self._paint(self._bar, colour)} {part}")

    def _heading(self, title: str) -> str:
        return self._paint(title.ljust(WIDTH, self._rule), "1")

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()

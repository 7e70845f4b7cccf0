"""A team of classic AutoGen agents whose code goes through the gate.

    python examples/demo.py                a scripted analyst, no key needed
    python examples/demo.py --live         a real model in its place, with OPENAI_API_KEY set
    python examples/demo.py --home kept    keep the receipts, to look at them afterwards

Everything runs for real: the conversation in AutoGen, the code in containers, the receipts on disk.
The exit status is 0 only if all that is shown really happened, 1 if something else did, 2 if a real
model could not be talked to, and 4 if no sandbox of this machine will do: then only those scenes are
shown that need none, since nothing is run in them.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.server
import importlib.util
import io
import logging
import os
import shutil
import socket
import sqlite3
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from scenes import SCENES, Scene
from stage import Stage, attribution

from execgate.errors import ExecgateError, SandboxUnavailableError
from execgate.gate import Gate

HERE = Path(__file__).resolve().parent
GROUP = "finance_team"
RATES_PORT = 8377
UNEXPECTED, UNUSABLE, NO_SANDBOX = 1, 2, 4


class ScriptedModel:
    """A model client of AutoGen that says what stands in the scenes."""

    def __init__(self, _config: dict[str, Any], lines: list[str]) -> None:
        self.lines = lines

    def create(self, _params: dict[str, Any]) -> Any:
        """Return the next line in the form of a completion."""
        message = SimpleNamespace(content=self.lines.pop(0), function_call=None, tool_calls=None)
        return SimpleNamespace(choices=[SimpleNamespace(message=message)], model="scripted", cost=0.0)

    def message_retrieval(self, response: Any) -> list[str]:
        """Return the messages of a completion."""
        return [choice.message.content for choice in response.choices]

    def cost(self, _response: Any) -> float:
        """Return what the completion cost."""
        return 0.0

    @staticmethod
    def get_usage(_response: Any) -> dict[str, Any]:
        """Return nothing: no tokens were used."""
        return {}


def main(arguments: list[str] | None = None) -> int:
    """Play the demo and return its exit status."""
    options = parse(arguments)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # A model may say what a terminal can't show.
    stage = Stage(sys.stdout)
    try:
        with place(options.home) as (home, work):
            return play(options, stage, home, work)
    except SandboxUnavailableError as error:
        tell("no sandbox", error)
        return NO_SANDBOX
    except ExecgateError as error:
        tell("it can't be shown", error)
        return UNUSABLE
    except KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # Whoever watched has left, so nothing was shown to the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNEXPECTED


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        prog="python examples/demo.py", description="Watch a team of AutoGen agents at the gate."
    )
    parser.add_argument("--live", action="store_true", help="let a real model be the analyst")
    parser.add_argument(
        "--model", metavar="M", default="gpt-4o-mini", help="which one (default: %(default)s)"
    )
    parser.add_argument("--home", metavar="FOLDER", help="where to keep the receipts (default: not at all)")
    options = parser.parse_args(arguments)
    if options.live and not os.environ.get("OPENAI_API_KEY"):
        parser.error("--live needs OPENAI_API_KEY in the environment")
    if options.live and importlib.util.find_spec("openai") is None:
        parser.error("--live needs what AutoGen talks to models with: pip install openai")
    return options


@contextlib.contextmanager
def place(home: str | None) -> Iterator[tuple[Path, Path]]:
    """Yield where receipts are kept and where the agents work; what is in no folder of `home` is removed."""
    with tempfile.TemporaryDirectory(prefix="execgate-demo-") as folder:
        work = Path(folder) / "work"
        work.mkdir()
        furnish(work)
        yield (Path(home) if home is not None else Path(folder) / "home"), work


def furnish(work: Path) -> None:
    """Put the team's files into its folder: a table, and the same as a database."""
    table = work / "transactions.csv"
    shutil.copyfile(HERE / "data" / "transactions.csv", table)
    rows = [line.split(",") for line in table.read_text(encoding="utf-8").splitlines()]
    books = sqlite3.connect(work / "transactions.db")
    with contextlib.closing(books), books:
        books.execute(f"CREATE TABLE transactions ({', '.join(rows[0])})")
        books.executemany(f"INSERT INTO transactions VALUES ({', '.join('?' * len(rows[0]))})", rows[1:])


def play(options: argparse.Namespace, stage: Stage, home: Path, work: Path) -> int:
    """Hold the conversation, then show and check what came of it."""
    before = digests(work)
    scenes: Sequence[Scene] = SCENES
    lacking: SandboxUnavailableError | None = None
    with rates(), Gate.load(HERE / "policies", home=home) as gate:
        try:
            warm_up(gate, work.parent / "warm-up")
        except SandboxUnavailableError as error:
            if options.live:
                raise
            lacking = error
            scenes = [scene for scene in SCENES if scene.verdict == "DENY"]
        stage.opening(gate.policies.agents, options.model if options.live else None)
        store = gate.receipts
        older = sum(1 for _ in store.list(kind="decision"))
        try:
            hold_conversation(options, stage, gate, work, scenes)
        except Exception as error:
            if not options.live or isinstance(error, BrokenPipeError):
                raise
            told = str(error).partition("\n")[0]
            print(f"demo: the model could not be talked to: {type(error).__name__}: {told}", file=sys.stderr)
            return UNUSABLE
        summaries = list(store.list(kind="decision"))[older:]
        decisions = [store.get(summary.receipt_id) for summary in summaries]
        outcomes = [store.outcome_of(decision.receipt_id) for decision in decisions]
        verification = store.verify()
    stage.receipts(decisions, outcomes)
    stage.verification(verification, options.home)

    problems = [] if verification.ok else ["the receipts do not verify"]
    if digests(work) != before:
        problems.append("a file of the team was changed")
    if options.live:
        problems += [] if decisions else ["the model wrote no code"]
    else:
        problems += differences(scenes, decisions, outcomes)
        problems += [
            f"{scene.title}: nobody heard {scene.prints!r}" for scene in scenes if not stage.heard(scene)
        ]
    stage.closing(problems)
    if problems:
        return UNEXPECTED
    if lacking is not None:
        left = len(SCENES) - len(scenes)
        tell(f"no sandbox that will do, so {left} scenes that run code were left out", lacking)
        return NO_SANDBOX
    return 0


class Rates(http.server.BaseHTTPRequestHandler):
    """A service that sends whoever asks it on to another host."""

    def do_GET(self) -> None:
        """Answer that the rates are elsewhere."""
        self.send_response(302)
        self.send_header("Location", "http://rates.example/today")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: standard error is the demo's."""


class RatesServer(http.server.ThreadingHTTPServer):
    """Shares its port with the service of another demo, and outlives it."""

    def server_bind(self) -> None:
        """Bind a port that others may have, too."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()


@contextlib.contextmanager
def rates() -> Iterator[None]:
    """Have the service of rates on this machine; where its port is another's, the scene will not play."""
    try:
        server = RatesServer(("127.0.0.1", RATES_PORT), Rates)
    except OSError:
        yield
        return
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


def tell(what: str, error: ExecgateError) -> None:
    """Say in one line what went wrong, and what to do."""
    print(f"demo: {what}: {error.message}{f'; {error.help}' if error.help else ''}", file=sys.stderr)


def warm_up(gate: Gate, home: Path) -> None:
    """Find out that there is a sandbox that keeps the team's limits; raises SandboxUnavailableError."""
    Gate(gate.policies, home=home, sandbox=gate.sandbox).execute("print('ready')", agent="user_proxy")


def digests(work: Path) -> dict[str, str]:
    """Return what the team's files hold, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in work.iterdir()}


def hold_conversation(
    options: argparse.Namespace, stage: Stage, gate: Gate, work: Path, scenes: Sequence[Scene]
) -> None:
    """Let the team talk through `scenes`, in one group chat."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of AutoGen's own imports.
        import autogen

        from execgate.autogen import GatedExecutor
    logging.getLogger("autogen.oai.client").setLevel(logging.WARNING)  # It tells of each client of our own.

    analyst = autogen.AssistantAgent("analyst", llm_config=model(options))
    colleague = autogen.AssistantAgent("colleague", llm_config=scripted())
    # This is all that it takes to put the gate in.
    user_proxy = autogen.UserProxyAgent(
        "user_proxy",
        human_input_mode="NEVER",
        code_execution_config={"executor": GatedExecutor(gate, work_dir=work)},
    )
    colleague.register_model_client(ScriptedModel, lines=colleague_lines(scenes)[1:])
    if not options.live:
        analyst.register_model_client(ScriptedModel, lines=[scene.suggestion for scene in scenes])

    turns = [(scene, name) for scene in scenes for name in speakers(scene)]
    cast = {agent.name: agent for agent in (analyst, colleague, user_proxy)}

    def next_speaker(_last: Any, chat: Any) -> Any:
        said = len(chat.messages)
        stage.message(*turns[said - 1], chat.messages[-1]["content"])
        return cast[turns[said][1]]

    chat = autogen.GroupChat(
        agents=list(cast.values()),
        messages=[],
        max_round=len(turns),
        speaker_selection_method=next_speaker,
        allow_repeat_speaker=True,
    )
    manager = autogen.GroupChatManager(chat, name=GROUP, llm_config=False)
    # AutoGen prints the conversation in its own way; the stage shows it in ours.
    with contextlib.redirect_stdout(io.StringIO()):
        colleague.initiate_chat(manager, message=colleague_lines(scenes)[0])
    stage.message(*turns[-1], chat.messages[-1]["content"])


def speakers(scene: Scene) -> list[str]:
    """Return who speaks in a scene, in order."""
    return ["colleague", "analyst", *(["colleague"] if scene.aside else []), "user_proxy"]


def colleague_lines(scenes: Sequence[Scene]) -> list[str]:
    """Return all that the colleague says."""
    return [line for scene in scenes for line in (scene.request, scene.aside) if line]


def scripted() -> dict[str, Any]:
    """Return AutoGen's configuration for a model client of our own."""
    return {"config_list": [{"model": "script", "model_client_cls": "ScriptedModel"}], "cache_seed": None}


def model(options: argparse.Namespace) -> dict[str, Any]:
    """Return AutoGen's configuration for the analyst: its own client of a real model, or the script."""
    if not options.live:
        return scripted()
    config = {"model": options.model, "api_key": os.environ["OPENAI_API_KEY"]}
    if os.environ.get("OPENAI_BASE_URL"):
        config["base_url"] = os.environ["OPENAI_BASE_URL"]
    return {"config_list": [config], "cache_seed": None, "timeout": 120}


def differences(scenes: Sequence[Scene], decisions: list[Any], outcomes: list[Any]) -> list[str]:
    """Return how what the receipts say differs from what the scenes call for."""
    if len(decisions) != len(scenes):
        return [f"{len(decisions)} decisions for {len(scenes)} suggestions"]
    found = []
    turn = 0
    for scene, decision, outcome in zip(scenes, decisions, outcomes, strict=True):
        seen = {"verdict": decision.summary.verdict, **attribution(decision)}
        wanted = {
            "verdict": scene.verdict,
            "executor": "user_proxy",
            "suggester": "analyst",
            "group": GROUP,
            "turn": turn + 1,
        }
        turn += len(speakers(scene))
        if outcome is not None:
            seen["stopped_by"] = outcome.predicate["result"]["stopped_by"]
        if scene.stopped_by is not None:
            wanted["stopped_by"] = scene.stopped_by
        found += [
            f"{scene.title}: {name} is {seen.get(name)!r}, not {value!r}"
            for name, value in {**dict.fromkeys(seen), **wanted}.items()
            if seen.get(name) != value
        ]
        broken = {entry["constraint"] for entry in decision.predicate["policy_evaluation"]["violations"]}
        found += [f"{scene.title}: not denied for {name}" for name in scene.broken if name not in broken]
    return found


if __name__ == "__main__":
    sys.exit(main())

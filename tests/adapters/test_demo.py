from __future__ import annotations

import http.server
import importlib.util
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SECRET = "sk-not-a-key"


def play(*arguments, **environment):
    # AutoGen reads what a developer has set; the demo must not.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    return subprocess.run(
        [sys.executable, str(EXAMPLES / "demo.py"), *arguments],
        capture_output=True,
        text=True,
        env={**clean, "PYTHONIOENCODING": "utf-8", **environment},
        check=False,
        timeout=110,
    )


def scenes():
    spec = importlib.util.spec_from_file_location("scenes", EXAMPLES / "scenes.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["scenes"] = module
    spec.loader.exec_module(module)
    return module.SCENES


def receipts(told):
    """Return the rows of the list of receipts, without their identifiers."""
    after = told.partition("what came of it\n")[2].partition("\n\n")[0]
    return [line.split(maxsplit=6)[1:] for line in after.splitlines()]


WHO = ["user_proxy", "analyst", "finance_team"]
ROWS = [
    ["ALLOW", *WHO, "1", "ended with status 0"],
    ["DENY", *WHO, "4", "nothing was run: "],
    ["DENY", *WHO, "7", "nothing was run: "],
    ["DENY", *WHO, "10", "nothing was run: "],
    ["ALLOW", *WHO, "14", "ended with status 0"],
    ["ALLOW", *WHO, "17", "stopped by the time limit"],
    ["ALLOW", *WHO, "20", "stopped by the memory limit"],
]


def check(told):
    rows = receipts(told)
    assert [[*row[:-1], row[-1].partition(": ")[0]] for row in rows] == [
        [*row[:-1], row[-1].removesuffix(": ")] for row in ROWS
    ]
    assert "failed: 3 payments, 968.90 EUR" in told
    assert "7 decisions and 4 outcomes verified" in told
    assert "\x1b" not in told


@pytest.mark.engine
@pytest.mark.autogen
def test_the_demo_shows_what_it_says(tmp_path):
    found = play("--home", str(tmp_path / "kept"))
    assert found.returncode == 0, found.stdout + found.stderr
    check(found.stdout)
    # A second play goes into the same log, and only its own receipts are listed.
    again = play("--home", str(tmp_path / "kept"))
    assert again.returncode == 0, again.stdout + again.stderr
    assert "14 decisions and 8 outcomes verified" in again.stdout
    assert len(receipts(again.stdout)) == len(ROWS)


@pytest.mark.autogen
def test_without_an_engine_the_demo_shows_what_is_denied_and_says_what_to_do(tmp_path):
    found = play(DOCKER_HOST=f"unix://{tmp_path}/no.sock", EXECGATE_SANDBOX="docker")
    assert found.returncode == 4, found.stderr
    assert found.stderr.startswith("demo: no sandbox that will do, so 4 scenes that run code were left out: ")
    assert found.stderr.count("\n") == 1
    assert [row[0] for row in receipts(found.stdout)] == ["DENY"] * 3
    assert "3 decisions and 0 outcomes verified" in found.stdout
    assert "failed: 3 payments" not in found.stdout


def test_a_real_model_takes_a_key():
    found = play("--live")
    assert found.returncode == 2
    assert found.stderr.endswith("error: --live needs OPENAI_API_KEY in the environment\n")


class Model(http.server.BaseHTTPRequestHandler):
    """Answers as an OpenAI-compatible server does, with the next of the server's `lines`."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], asked))
        status, answer = 401, {"error": {"message": "no such key", "type": "invalid_request_error"}}
        if self.server.lines:
            message = {"role": "assistant", "content": self.server.lines.pop(0)}
            status, answer = (
                200,
                {
                    "id": "completion-1",
                    "object": "chat.completion",
                    "created": 0,
                    "model": asked["model"],
                    "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
                },
            )
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def model(socket_enabled):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    server.asked, server.lines = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def live(model):
    port = model.server_address[1]
    return play(
        "--live",
        "--model",
        "a-model",
        OPENAI_API_KEY=SECRET,
        OPENAI_BASE_URL=f"http://127.0.0.1:{port}/v1",
        NO_PROXY="127.0.0.1",
    )


if importlib.util.find_spec("openai") is None:

    def test_a_real_model_takes_the_package_that_autogen_talks_to_it_with():
        found = play("--live", OPENAI_API_KEY=SECRET)
        assert found.returncode == 2
        assert found.stderr.endswith("talks to models with: pip install openai\n")

else:

    @pytest.mark.engine
    @pytest.mark.autogen
    def test_a_real_model_is_talked_to_by_autogens_own_client(model):
        model.lines = [scene.suggestion for scene in scenes()]
        found = live(model)
        assert found.returncode == 0, found.stdout + found.stderr
        check(found.stdout)
        assert len(model.asked) == len(scenes())
        for (path, key, asked), scene in zip(model.asked, scenes(), strict=True):
            assert (path, key, asked["model"]) == ("/v1/chat/completions", f"Bearer {SECRET}", "a-model")
            assert asked["messages"][-1]["content"] == scene.request
        # What came of each run is what the model is told before the next.
        assert "Denied by execgate" in model.asked[2][2]["messages"][-2]["content"]

    @pytest.mark.engine
    @pytest.mark.autogen
    def test_a_model_that_writes_no_code_is_nothing_shown(model):
        model.lines = ["I would rather not."] * len(scenes())
        found = live(model)
        assert found.returncode == 1
        assert found.stdout.endswith("not as it should be: the model wrote no code\n")

    @pytest.mark.engine
    @pytest.mark.autogen
    def test_a_model_that_can_not_be_talked_to_is_one_line(model):
        found = live(model)
        assert found.returncode == 2
        assert found.stderr.splitlines()[-1].startswith(
            "demo: the model could not be talked to: AuthenticationError: "
        )
        assert SECRET not in found.stdout + found.stderr

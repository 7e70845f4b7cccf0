"""`execgate policy lsp`, spoken to as an editor does: JSON-RPC over standard input and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import execgate as package

GOOD = 'agent "a" { can "code_execution" with constraints { allowed_imports: ["json"] } }\n'


class Editor:
    """A client of the language server."""

    def __init__(self, folder: Path, encodings: list[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "execgate", "policy", "lsp", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(package.__file__).parents[1])},
        )
        self._number = 0
        self.diagnostics: dict[str, list[dict]] = {}
        self.abilities = self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": folder.as_uri(),
                "capabilities": {"general": {"positionEncodings": encodings}},
            },
        )["capabilities"]
        self.tell("initialized", {})

    def _send(self, message: dict) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(f"Content-Length: {len(data)}\r\n\r\n".encode() + data)
        self._process.stdin.flush()

    def _receive(self) -> dict:
        length = 0
        while (line := self._process.stdout.readline()) != b"\r\n":
            assert line, self._process.communicate()
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message = json.loads(self._process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message

    def tell(self, method: str, params: dict) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: dict | None) -> dict | list | None:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while (message := self._receive()).get("id") != self._number:
            pass
        assert "error" not in message, message
        return message["result"]

    def open(self, file: Path, text: str | None = None) -> str:
        uri = file.as_uri()
        text = file.read_text() if text is None else text
        self.tell(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "execgate", "version": 1, "text": text}},
        )
        return uri

    def at(self, method: str, uri: str, line: int, character: int) -> dict | list | None:
        position = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": position})

    def settle(self, uri: str) -> list[dict]:
        """Return what there is to say of a document, once all that was told before is taken in."""
        self.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
        return self.diagnostics[uri]

    def leave(self) -> int:
        self.ask("shutdown", None)
        self.tell("exit", {})
        _, errors = self._process.communicate(timeout=30)
        assert b"Traceback" not in errors
        return self._process.returncode

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def editor(folder, request) -> Iterator[Editor]:
    editor = Editor(folder, getattr(request, "param", ["utf-16"]))
    yield editor
    editor.kill()


def test_mistakes_are_told_as_one_types_and_of_all_files_together(editor, folder):
    (folder / "team.policy").unlink()
    (folder / "a.policy").write_text(GOOD)
    (folder / "b.policy").write_text('agent "b" { }\n')
    one = editor.open(folder / "a.policy")
    other = editor.open(folder / "b.policy")
    assert editor.settle(one) == editor.settle(other) == []
    changes = [{"text": GOOD.replace("allowed_imports", "allowed_import")}]
    editor.tell(
        "textDocument/didChange", {"textDocument": {"uri": one, "version": 2}, "contentChanges": changes}
    )
    (found,) = editor.settle(one)
    assert found == {
        "range": {"start": {"line": 0, "character": 52}, "end": {"line": 0, "character": 66}},
        "severity": 1,
        "source": "execgate",
        "message": "unknown constraint `allowed_import`\nhelp: did you mean `allowed_imports`?",
    }
    changes = [{"text": 'agent "b" { } agent "x" { }'}]
    editor.tell(
        "textDocument/didChange", {"textDocument": {"uri": one, "version": 3}, "contentChanges": changes}
    )
    assert editor.settle(one) == []
    (found,) = editor.settle(other)
    assert found["message"].startswith("agent `b` a second time")
    editor.tell("textDocument/didSave", {"textDocument": {"uri": one}})
    editor.tell("textDocument/didClose", {"textDocument": {"uri": other}})
    assert editor.settle(one) == []
    assert editor.diagnostics[other] == []
    assert editor.leave() == 0


def test_warnings_and_notes_have_their_own_severity(editor, folder):
    text = GOOD.replace('["json"]', '["json", "json"] disallowed_imports: ["os"]')
    (folder / "sub").mkdir()
    uri = editor.open(folder / "sub" / "new.policy", text)
    assert [one["severity"] for one in editor.settle(uri)] == [2, 3]


def test_a_text_without_a_file_stands_alone(editor, folder):
    uri = "untitled:Untitled-1"
    document = {"uri": uri, "languageId": "execgate", "version": 1, "text": GOOD + "oops"}
    editor.tell("textDocument/didOpen", {"textDocument": document})
    (found,) = editor.settle(uri)
    assert found["message"].startswith("expected `agent`, ")


@pytest.mark.parametrize(
    ("editor", "column"), [(["utf-16"], 21), (["utf-32", "utf-16"], 20)], indirect=["editor"]
)
def test_columns_count_as_the_editor_does(editor, folder, column):
    uri = editor.open(folder / "x.policy", 'agent "\U0001f600" { can "fly" }')
    place = next(one for one in editor.settle(uri) if "capability" in one["message"])["range"]["start"]
    assert place == {"line": 0, "character": column - 4}


def test_what_fits_is_offered_with_the_range_it_replaces(editor, folder):
    uri = editor.open(folder / "x.policy", 'agent "\U0001f600x" { can "pay" }')
    (item,) = editor.at("completion", uri, 0, 22)
    assert item["label"] == "payment"
    assert item["textEdit"] == {
        "newText": "payment",
        "range": {"start": {"line": 0, "character": 19}, "end": {"line": 0, "character": 22}},
    }
    assert item["documentation"]["value"] == "Moving money."
    labels = [one["label"] for one in editor.at("completion", uri, 0, 13)]
    assert labels == ["can", "rule", "override", "version", "description", "delegation"]
    assert editor.at("completion", uri, 99, 0) is not None
    assert editor.abilities["completionProvider"]["triggerCharacters"]


def test_a_word_is_explained_and_leads_to_where_it_is_from(editor, folder):
    (folder / "sets.policy").write_text('let apis = ["a.com"]\n')
    text = 'agent "a" { can "code_execution" with constraints {\n  allowed_hosts: apis\n} }'
    uri = editor.open(folder / "x.policy", text)
    assert "hosts that are contacted" in editor.at("hover", uri, 1, 5)["contents"]["value"].lower()
    assert editor.at("hover", uri, 2, 1) is None
    place = editor.at("definition", uri, 1, 18)
    assert place["uri"] == (folder / "sets.policy").as_uri()
    assert place["range"]["start"] == {"line": 0, "character": 4}
    assert editor.at("definition", uri, 1, 5) is None


def test_a_document_is_outlined_and_laid_out(editor, folder):
    uri = editor.open(folder / "x.policy", GOOD)
    (agent,) = editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    assert (agent["name"], agent["children"][0]["children"][0]["name"]) == ("a", "allowed_imports")
    assert agent["range"]["start"] == agent["selectionRange"]["start"]
    options = {"textDocument": {"uri": uri}, "options": {"tabSize": 8, "insertSpaces": False}}
    (edit,) = editor.ask("textDocument/formatting", options)
    assert edit["newText"].startswith('agent "a" {\n  can "code_execution"')
    assert edit["range"] == {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
    for version, text in ((2, edit["newText"]), (3, "agent {")):
        changes = [{"text": text}]
        editor.tell(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": changes},
        )
        assert editor.ask("textDocument/formatting", options) == []


def test_what_lies_in_the_folder_and_can_not_be_read_hides_nothing(editor, folder):
    (folder / "broken.policy").write_bytes(b"\xff")
    (folder / "sub.policy").mkdir()
    uri = editor.open(folder / "gone" / "x.policy", GOOD)
    assert editor.settle(uri) == []
    uri = editor.open(folder / "x.policy", 'agent "y" { can "fly" }')
    assert any("unknown capability" in one["message"] for one in editor.settle(uri))


def test_without_what_it_needs_it_says_what_to_install(execgate, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    done = execgate("policy", "lsp")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "execgate: error: the language server needs pygls, which is not installed\n"
        "help: install it: pip install 'execgate[lsp]'\n"
    )

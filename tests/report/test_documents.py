"""The JSON document keeps the names that callers rely on; SARIF keeps the standard's rules."""

from __future__ import annotations

import json

import pytest

from execgate import __version__
from execgate.errors import InputError, SourceError
from execgate.model.execution import Artifact, ExecutionResult, Stop, Usage
from execgate.model.operation import FileOperation, Gap, ModuleImport
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.model.verdict import Clause
from execgate.report.json import dumps, report_document, run_document
from execgate.report.sarif import sarif_document, uri
from execgate.report.values import FileReport

CLAUSE = Clause("team.policy", Span(4, 2, 4, 28), '  disallowed_imports: ["os"]')


@pytest.fixture
def breach(denied) -> FileReport:
    return denied(
        "import os\n",
        "import os",
        ModuleImport,
        CLAUSE,
        module="os",
        via="import",
        constraint="disallowed_imports",
        message="agent `coder` may not import `os`",
        help="take the import out",
    )


def test_the_document_of_a_denied_file_is_the_contract_and_more(breach):
    place = {"line": 1, "column": 0, "end_line": 1, "end_column": 9}
    assert report_document([breach]) == {
        "results": [
            {
                "path": "job.py",
                "verdict": "DENY",
                "agent": "coder",
                "policy_digest": "sha256:00",
                "ir": {
                    "canonical_action": "code_execution",
                    "code_signature": Source("import os\n").digest,
                    "language": "python",
                    "operations": [
                        {
                            "type": "module_import",
                            "module": "os",
                            "via": "import",
                            "resolved": True,
                            "location": place,
                        }
                    ],
                    "gaps": [],
                },
                "violations": [
                    {
                        "constraint": "disallowed_imports",
                        "message": "agent `coder` may not import `os`",
                        "reason": "policy",
                        "operation": 0,
                        "location": place,
                        "policy": {
                            "file": "team.policy",
                            "location": {"line": 4, "column": 2, "end_line": 4, "end_column": 28},
                            "text": 'disallowed_imports: ["os"]',
                        },
                        "help": "take the import out",
                        "escalates": False,
                    }
                ],
                "warnings": [],
                "error": None,
                "error_location": None,
            }
        ],
        "summary": {"files": 1, "allowed": 0, "denied": 1, "escalated": 0, "errors": 0, "warnings": 0},
        "error": None,
    }


def test_a_file_that_is_no_python_is_denied_with_line_and_column_where_an_agent_is_given():
    error = SourceError("invalid syntax", line=3, column=7)
    judged = report_document([FileReport("bad.py", "coder", error=error)])
    listed = report_document([FileReport("bad.py", None, error=error)])
    assert judged["results"][0]["verdict"] == "DENY"
    assert listed["results"][0]["verdict"] is None
    for document in (judged, listed):
        assert document["results"][0]["ir"] is None
        assert document["results"][0]["error"] == "invalid syntax (line 3, column 7)"
        assert document["results"][0]["error_location"]["line"] == 3
    assert judged["summary"] == {
        "files": 1,
        "allowed": 0,
        "denied": 1,
        "escalated": 0,
        "errors": 1,
        "warnings": 0,
    }
    assert listed["summary"] == {
        "files": 1,
        "allowed": 0,
        "denied": 0,
        "escalated": 0,
        "errors": 1,
        "warnings": 0,
    }


def test_an_operation_without_evidence_gets_a_violation_of_its_own(denied):
    report = denied("import os\n", "import os", ModuleImport, module="os")
    verdict = report.verdict
    bare = FileReport(
        "job.py",
        "coder",
        report.source,
        verdict=type(verdict)(
            verdict.source,
            "coder",
            verdict.program,
            (type(verdict.rulings[0])(0),),
            policy_digest="sha256:00",
        ),
    )
    violations = report_document([bare])["results"][0]["violations"]
    assert [(v["constraint"], v["message"], v["operation"]) for v in violations] == [
        ("evidence", "nothing permits that the code imports os", 0)
    ]


def test_the_document_of_a_run_holds_output_whole_and_files_by_digest(allowed):
    result = ExecutionResult(
        Stop.EXIT, 0, "42\n", "\x1b", Usage(0.5), artifacts=(Artifact("out.txt", b"hi"),), backend="docker"
    )
    document = run_document(allowed, execution=result, receipts={"decision": "r1", "outcome": "r2"})
    entry = document["results"][0]
    assert entry["verdict"] == "ALLOW"
    assert entry["receipts"] == {"decision": "r1", "outcome": "r2"}
    assert entry["execution"]["stdout"] == "42\n"
    assert entry["execution"]["stopped_by"] == "exit"
    assert entry["execution"]["artifacts"] == [
        {
            "name": "out.txt",
            "size": 2,
            "type": "text/plain",
            "digest": "sha256:8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
        }
    ]


def test_json_is_ascii_whatever_stands_in_it():
    text = dumps(report_document([FileReport("caf\udce9\u202e.py", None, error=InputError("no such file"))]))
    assert text.isascii()
    assert json.loads(text)["results"][0]["path"] == "caf\udce9\u202e.py"


def test_the_sarif_log_of_a_denied_file_is_whole(breach):
    assert sarif_document([breach], exit_code=1) == {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "execgate",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "rules": [
                            {
                                "id": "disallowed_imports",
                                "shortDescription": {
                                    "text": "The policy's constraint `disallowed_imports` must be kept"
                                },
                            }
                        ],
                    }
                },
                "invocations": [
                    {"executionSuccessful": True, "exitCode": 1, "toolExecutionNotifications": []}
                ],
                "artifacts": [
                    {
                        "location": {"uri": "job.py"},
                        "sourceLanguage": "python",
                        "encoding": "utf-8",
                        "hashes": {"sha-256": Source("import os\n").digest.removeprefix("sha256:")},
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": [
                    {
                        "ruleId": "disallowed_imports",
                        "ruleIndex": 0,
                        "level": "error",
                        "kind": "fail",
                        "message": {"text": "agent `coder` may not import `os`\nhelp: take the import out"},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": "job.py"},
                                    "region": {
                                        "startLine": 1,
                                        "startColumn": 1,
                                        "endLine": 1,
                                        "endColumn": 10,
                                    },
                                }
                            }
                        ],
                        "relatedLocations": [
                            {
                                "id": 0,
                                "physicalLocation": {
                                    "artifactLocation": {"uri": "team.policy"},
                                    "region": {
                                        "startLine": 4,
                                        "startColumn": 3,
                                        "endLine": 4,
                                        "endColumn": 29,
                                    },
                                    "contextRegion": {
                                        "startLine": 4,
                                        "snippet": {"text": '  disallowed_imports: ["os"]'},
                                    },
                                },
                                "message": {"text": "the clause that decided"},
                            }
                        ],
                        "properties": {"agent": "coder", "reason": "policy", "operation": 0},
                    }
                ],
            }
        ],
    }


def test_sarif_results_that_are_no_failures_have_no_level(denied):
    source = Source("open(x)\n", "a.py")
    program = Program(
        source,
        (FileOperation(via="open", location=Span(1, 0, 1, 7), operation="read", paths=("x",)),),
        (Gap("what `x` is can't be known", Span(1, 5, 1, 6)),),
    )
    listed = FileReport("a.py", None, source, program=program)
    gated = denied("import os\n", "import os", ModuleImport, module="os", escalates=True)
    run = sarif_document([listed, gated, listed], exit_code=3)["runs"][0]
    assert [(result["kind"], result["level"]) for result in run["results"]] == [
        ("informational", "none"),
        ("informational", "none"),
        ("review", "none"),
        ("informational", "none"),
        ("informational", "none"),
    ]
    assert len(run["artifacts"]) == 2
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["file_operation", "gap", "allowed_hosts"]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [r["ruleId"] for r in run["results"]]


def test_a_warning_is_a_result_of_its_level_and_stands_in_the_document_beside_the_verdict(warned):
    place = {"line": 1, "column": 0, "end_line": 1, "end_column": 9}
    (result,) = report_document([warned])["results"]
    assert (result["verdict"], result["violations"]) == ("ALLOW", [])
    assert result["warnings"] == [
        {
            "constraint": "rule look_twice",
            "message": "somebody should look",
            "operation": 0,
            "location": place,
            "policy": {
                "file": "team.policy",
                "location": {"line": 7, "column": 2, "end_line": 7, "end_column": 17},
                "text": "rule look_twice {",
            },
        }
    ]
    assert report_document([warned])["summary"]["warnings"] == 1
    run = sarif_document([warned], exit_code=0)["runs"][0]
    (found,) = run["results"]
    assert (found["level"], found["kind"], found["ruleId"]) == ("warning", "fail", "rule look_twice")
    assert found["message"] == {"text": "somebody should look"}
    assert found["properties"] == {"agent": "coder", "operation": 0}
    assert found["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 7


def test_what_could_not_be_read_is_a_notification_of_the_run():
    report = FileReport("gone.py", "coder", error=InputError("no such file or folder"))
    run = sarif_document([report], exit_code=2, error=InputError("broken"))["runs"][0]
    assert run["results"] == []
    assert run["artifacts"] == []
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "exitCode": 2,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": "no such file or folder"},
                    "locations": [{"physicalLocation": {"artifactLocation": {"uri": "gone.py"}}}],
                },
                {"level": "error", "message": {"text": "broken"}},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("path", "reference"),
    [
        ("src/job.py", "src/job.py"),
        ("/abs/a b.py", "file:///abs/a%20b.py"),
        ("c:d?e#f.py", "c%3Ad%3Fe%23f.py"),
        ("é\udcff.py", "%C3%A9%FF.py"),
        ("-", "-"),
    ],
)
def test_paths_become_uri_references(path, reference):
    assert uri(path) == reference

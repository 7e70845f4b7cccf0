"""What is called idle is: without it, every operation is judged the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execgate.model.operation import FileOperation, ModuleImport, NetworkCall, Operation, ToolCall
from execgate.model.program import Program
from execgate.model.source import Source, Span
from execgate.policy import PolicySet
from execgate.policy.findings import find
from execgate.policy.language.text import PolicyText

HERE = Span(1, 0, 1, 4)
IMPORTS = ["*", "a", "a.b", "a.b.c", "a.*", "b", "b.c"]
HOSTS = ["*", "a.com", "*.a.com", "x.a.com", "a.com:80", "https://a.com", "127.0.0.1", "localhost", "*.local"]
PATHS = ["/", "/a", "/a/*", "/a/b", "/a/**", "/a/b/*", "/*/b", "/b"]
TOOLS = ["*", "a*", "ab", "ab*", "*b", "b"]
SUBJECTS: dict[str, list[Operation]] = {
    "imports": [
        ModuleImport(via="import", location=HERE, module=name)
        for name in ("a", "a.b", "a.b.c", "a.b.c.d", "a.x", "b", "b.c", "c")
    ],
    "hosts": [
        NetworkCall(via="get", location=HERE, destination=host, scheme=scheme, port=port)
        for host in ("a.com", "x.a.com", "y.x.a.com", "127.0.0.1", "localhost", "h.local", "b.com")
        for scheme, port in (("https", 443), ("https", 80), ("http", 80), ("http", 8080))
    ],
    "file_paths": [
        FileOperation(via="open", location=HERE, operation=operation, paths=(path,))
        for path in ("/", "/a", "/a/b", "/a/c", "/a/b/c", "/b", "/x/b")
        for operation in ("read", "delete")
    ],
    "executed_tools": [
        ToolCall(via="call", location=HERE, stage="execute", tool=name)
        for name in ("a", "ab", "abc", "b", "cb", "c")
    ],
}
ENTRIES = {"imports": IMPORTS, "hosts": HOSTS, "file_paths": PATHS, "executed_tools": TOOLS}


def policy(noun: str, allowed: list[str], disallowed: list[str]) -> str:
    lines = [
        f"{name}: [\n" + "".join(f'"{entry}",\n' for entry in entries) + "]"
        for name, entries in ((f"allowed_{noun}", allowed), (f"disallowed_{noun}", disallowed))
        if entries
    ]
    capability = "tool" if noun.endswith("tools") else "code_execution"
    more = 'allowed_file_operations: ["*"]\n' if noun == "file_paths" else ""
    body = "\n".join(lines)
    return f'agent "a" {{ can "{capability}" with constraints {{\n{more}{body}\n}} }}\n'


def verdicts(text: str, noun: str) -> list[bool]:
    policies = PolicySet.parse(text)
    action = "tool_call" if noun.endswith("tools") else "code_execution"
    return [
        policies.agent("a").judge(Program(Source("x"), (operation,), (), action=action)).allowed
        for operation in SUBJECTS[noun]
    ]


@pytest.mark.parametrize("noun", [*ENTRIES])
@settings(max_examples=60)
@given(data=st.data())
def test_without_what_is_idle_all_is_judged_the_same(noun, data) -> None:
    entries = st.lists(st.sampled_from(ENTRIES[noun]), max_size=4)
    text = policy(noun, data.draw(entries, label="allowed"), data.draw(entries, label="disallowed"))
    checked = find([PolicyText("a.policy", text)])
    assert checked.error is None
    before = verdicts(text, noun)
    lines = text.split("\n")
    for finding in checked.findings:
        line = finding.clause.span.line - 1
        if lines[line].startswith('"'):
            left = "\n".join([*lines[:line], "", *lines[line + 1 :]])
            assert verdicts(left, noun) == before, finding.message

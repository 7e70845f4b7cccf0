"""What a program did and nobody foresaw, as lines for people."""

from execgate.model.execution import ExecutionResult, Stop, Usage
from execgate.model.operation import FileOperation, NetworkCall
from execgate.model.source import Span
from execgate.report.text import outcome_text, surprise_lines

SEEN = FileOperation(via="open", location=Span(3, 0, 3, 0), operation="read", paths=("/etc/\x1b[2Jpasswd",))
CALLED = NetworkCall(
    via="connect", location=Span(0, 0, 0, 0), destination="203.0.113.9", port=443, method="connect"
)


def ended(stop, *surprises, **more):
    return ExecutionResult(stop, None, "", "", Usage(0.1), surprises=surprises, **more)


def test_each_surprise_has_a_line_with_its_place_where_it_has_one():
    lines = surprise_lines(ended(Stop.EXIT, SEEN, CALLED, omitted=2))
    assert len(lines) == 3
    assert lines[0].startswith("surprise[file_operation]: the program reads ")
    assert lines[0].endswith(" (open, line 3)")
    assert "\x1b" not in lines[0]
    assert lines[1].startswith("surprise[network_call]: the program ")
    assert lines[1].endswith(" (connect)")
    assert lines[2] == "2 more observations not kept"


def test_without_a_surprise_there_is_no_line():
    assert surprise_lines(ended(Stop.EXIT)) == []


def test_a_run_that_a_surprise_stopped_says_so_and_names_it():
    text = outcome_text(ended(Stop.SURPRISE, SEEN, detail="not foreseen: x"))
    assert text.startswith("the program was stopped by a surprise (not foreseen: x)")

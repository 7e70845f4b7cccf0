"""What is known of a value, and what a judge may conclude from it."""

from __future__ import annotations

import pytest

from execgate.model.limits import Limits
from execgate.model.operation import FileOperation, ProcessSpawn
from execgate.model.source import Span
from execgate.model.values import Hole, Template, Unknown, is_resolved, shown

AT = Span(1, 0, 1, 1)
IN_FOLDER = Template(("/data/", Hole.WORD, ".csv"))
ANYWHERE = Template(("/data/", Hole.ANY))


def test_a_template_without_a_hole_is_refused():
    with pytest.raises(ValueError, match="a template without a hole is a string"):
        Template(("/data/x.csv",))


@pytest.mark.parametrize(
    ("value", "resolved", "seen"),
    [
        ("/data/x.csv", True, "/data/x.csv"),
        (443, True, 443),
        (None, True, None),
        (IN_FOLDER, True, "/data/*.csv"),
        (ANYWHERE, False, "/data/*"),
        (Unknown("it is read from a file"), False, None),
    ],
)
def test_a_value_is_resolved_if_nothing_in_it_can_lead_elsewhere(value, resolved, seen):
    assert (is_resolved(value), shown(value)) == (resolved, seen)


def test_an_operation_tells_each_field_that_is_not_resolved_once():
    paths = (IN_FOLDER, ANYWHERE, ANYWHERE, Unknown("it is read from a file"))
    operation = FileOperation(via="open", location=AT, operation="read", paths=paths)
    assert not operation.resolved
    assert operation.unresolved == (
        "paths: `/data/*` depends on a value that is only known when it runs",
        "paths: it is read from a file",
    )
    assert operation.to_json()["paths"] == ["/data/*.csv", "/data/*", "/data/*"]


def test_a_command_is_resolved_by_the_programs_it_starts_and_not_by_their_arguments():
    argument = Unknown("it is an argument")
    known = ProcessSpawn(
        via="subprocess.run", location=AT, command=("ls", argument), shell=False, programs=("ls",)
    )
    assert known.resolved
    assert known.to_json()["command"] is None
    unknown = ProcessSpawn(
        via="subprocess.run", location=AT, command=(ANYWHERE,), shell=False, programs=(ANYWHERE, argument)
    )
    assert unknown.unresolved == (
        "command: `/data/*` depends on a value that is only known when it runs",
        "command: it is an argument",
    )


@pytest.mark.parametrize("name", Limits().to_json())
@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_is_positive_or_unlimited(name, value):
    with pytest.raises(ValueError, match=f"{name} must be positive or None, got {value}"):
        Limits(**{name: value})
    assert Limits(**{name: None}).to_json()[name] is None


def test_a_limit_is_stated_unless_it_is_known_to_be_a_default():
    assert Limits().states("memory_bytes")
    some = Limits(stated=frozenset({"cpus"}))
    assert (some.states("cpus"), some.states("memory_bytes")) == (True, False)
    assert some == Limits()
    assert some.to_json() == Limits().to_json()

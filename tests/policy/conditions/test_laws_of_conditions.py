"""Laws: any condition has an answer for any operation in any context, and says the same once it is printed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from execgate.model.context import SCOPES, Context, Tally
from execgate.model.money import Money
from execgate.model.operation import (
    OPERATION_TYPES,
    FileOperation,
    NetworkCall,
    Operation,
    PaymentCall,
    ToolCall,
)
from execgate.model.source import Span
from execgate.model.values import Hole, Template, Unknown
from execgate.policy.conditions import printing
from execgate.policy.conditions.attributes import ATTRIBUTES, Kind
from execgate.policy.conditions.facts import Facts
from execgate.policy.conditions.values import Missing
from execgate.policy.problems import Problems

HERE = Span(1, 0, 1, 4)
WORDS = [
    "os",
    "os.path",
    "/data/x",
    "/etc",
    "~",
    "..",
    "api.example.com",
    "10.0.0.1",
    "git",
    "HOME",
    "usd",
    "",
    "a b",
    "stripe",
]
PATTERNS = ["*", "os", "/data/*", "*.example.com", "git-*", "AWS_*", "types-*", "x"]
TEXTS = st.sampled_from(WORDS)
PARTS = st.lists(st.sampled_from(["a", "/", ".", *Hole]), min_size=1, max_size=4)
TEMPLATES = PARTS.filter(lambda parts: any(isinstance(part, Hole) for part in parts)).map(
    lambda parts: Template(tuple(parts))
)
VALUES = TEXTS | TEMPLATES | st.just(Unknown("an argument"))
MONEY = st.sampled_from([Money.parse("0", "USD"), Money.parse("0.40", "USD"), Money.parse("3", "EUR")])


def _operation(kind: type[Operation]) -> st.SearchStrategy[Operation]:
    several = st.lists(VALUES, max_size=3).map(tuple)
    given_ = dict.fromkeys(
        ("module", "destination", "scheme", "method", "amount", "currency", "recipient", "customer"), VALUES
    )
    fields = {
        **given_,
        **dict.fromkeys(("paths", "programs", "names", "tables", "packages"), several),
        **dict.fromkeys(("recursive", "shell"), st.booleans()),
        "port": st.sampled_from([None, 443, Unknown("?")]),
        "command": st.just("x"),
        "provider": TEXTS,
        "library": TEXTS,
        "tool": TEXTS,
        "arguments_json": st.sampled_from(["{}", '{"a": 1, "b": "x"}', '{"a": true, "b": [1, "x"]}']),
        "via": st.sampled_from(["open", "sqlite3.connect"]),
        "location": st.just(HERE),
    }
    if kind.word is not None:
        fields[kind.word[0]] = st.sampled_from(kind.word[1])
    elif kind is PaymentCall:
        fields["operation"] = st.sampled_from(["charge", "void", "any"])
    names = [name for base in kind.__mro__ for name in getattr(base, "__annotations__", {}) if name in fields]
    return st.builds(kind, **{name: fields[name] for name in names})


OPERATIONS = st.sampled_from(OPERATION_TYPES).flatmap(_operation)
LITERALS = {
    Kind.TEXT: st.sampled_from([f'"{word}"' for word in WORDS]),
    Kind.NUMBER: st.sampled_from(["0", "3", "443"]),
    Kind.COUNT: st.sampled_from(["1", "4_payments"]),
    Kind.RATIO: st.sampled_from(["0.5", "90%"]),
    Kind.MONEY: st.sampled_from(["0.30_usd", "2_eur"]),
    Kind.TALLY: st.sampled_from(["0.30_usd", "2_eur", "3_payments"]),
    Kind.TRUTH: st.sampled_from(["true", "false"]),
    Kind.PHASE: st.sampled_from(["EXPLORE", "COMMIT"]),
    Kind.ANY: st.sampled_from(['"x"', "1", "true", "50%"]),
}
KINDS = {**{name: one.kind for name, one in ATTRIBUTES.items()}, "args.a": Kind.ANY, "args.b": Kind.ANY}
SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def _comparison(name: str) -> st.SearchStrategy[str]:
    kind = KINDS[name]
    if kind is Kind.TIME:
        return st.sampled_from([f"{name} in night", f"{name} not in night"])
    literals = LITERALS[kind]
    listed = (
        literals.filter(lambda text: text not in {"true", "false"})
        if kind is not Kind.TRUTH
        else LITERALS[Kind.NUMBER]
    )
    found = [
        st.tuples(SIGNS, literals).map(lambda one: f"{name} {one[0]} {one[1]}"),
        st.tuples(st.sampled_from(["in", "not in"]), st.lists(listed, min_size=1, max_size=3)).map(
            lambda one: f"{name} {one[0]} [{', '.join(one[1])}]"
        ),
        st.tuples(SIGNS, st.sampled_from(sorted(KINDS))).map(lambda one: f"{name} {one[0]} {one[1]}"),
        st.just(f"has {name}"),
    ]
    if kind in {Kind.TEXT, Kind.ANY}:
        found.append(st.sampled_from(PATTERNS).map(lambda text: f'{name} matches "{text}"'))
    return st.one_of(found)


TESTS = st.sampled_from(sorted(KINDS)).flatmap(_comparison)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda one: f"({one[0]}) {one[1]} ({one[2]})"
        ),
    ),
    max_leaves=4,
)
CONTEXTS = st.builds(
    Context,
    suggester=st.none() | TEXTS,
    group=st.none() | TEXTS,
    turn=st.sampled_from([None, 0, 3]),
    phase=st.sampled_from([None, "COMMIT", "?"]),
    time=st.none()
    | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(  # noqa: DTZ001 - given at once
        lambda time: time.replace(tzinfo=timezone(timedelta(hours=5)))
    ),
    cost=st.none() | MONEY,
    customer=st.none() | TEXTS,
    budget_ratio=st.sampled_from([None, Decimal(0), Decimal("0.5"), Decimal("1e17")]),
    spend_velocity=st.sampled_from([None, 4]),
    spent=st.dictionaries(
        st.sampled_from(SCOPES), st.builds(Tally, st.lists(MONEY, max_size=1).map(tuple), st.integers(0, 5))
    ),
)
BESIDE = 'window night { zone: "Europe/Berlin" hours: "22:00-06:00" }'


def _readable(rules_of, condition):
    """Return the rule of a condition, None where its types don't fit."""
    problems = Problems()
    rules = rules_of(f'{BESIDE} rule r on all {{ when {condition} deny "m" }}', problems)
    assert bool(rules) is not bool(problems.found)
    return rules[0] if rules else None


@settings(max_examples=80, deadline=None)
@given(CONDITIONS, OPERATIONS, CONTEXTS)
def test_every_condition_has_an_answer_and_the_same_once_it_is_printed(
    rules_of, condition, operation, context
) -> None:
    rule = _readable(rules_of, condition)
    if rule is None:
        return
    facts = Facts(operation, context, "coder", lambda: Fraction(1, 3))
    answer, opinion = rule.ask(facts, operation.type)
    assert answer is True or answer is False or isinstance(answer, Missing)
    assert opinion.why
    assert rule.ask(facts, operation.type) == (answer, opinion)
    (again,) = rules_of(f"{BESIDE} {chr(10).join(rule.canonical)}")
    assert again.canonical == rule.canonical
    assert again.ask(facts, operation.type)[0] == answer


@settings(max_examples=80, deadline=None)
@given(CONDITIONS, OPERATIONS, CONTEXTS)
def test_what_is_not_is_the_opposite(rules_of, condition, operation, context) -> None:
    rule, opposite = (_readable(rules_of, text) for text in (condition, f"not ({condition})"))
    assert (rule is None) is (opposite is None)
    if rule is None or opposite is None:
        return
    facts = Facts(operation, context, "coder")
    answer, denied = (one.ask(facts, operation.type)[0] for one in (rule, opposite))
    assert denied == (answer if isinstance(answer, Missing) else not answer)
    plain = printing.condition(rule.condition.tree)
    assert f"not {plain}" in printing.condition(opposite.condition.tree) or "(" in printing.condition(
        opposite.condition.tree
    )


@given(
    CONDITIONS,
    st.sampled_from([FileOperation, NetworkCall, PaymentCall, ToolCall]).flatmap(_operation),
    CONTEXTS,
)
def test_what_the_caller_adds_never_turns_an_answer_round(rules_of, condition, operation, context) -> None:
    if "has" in condition:
        return
    rule = _readable(rules_of, condition)
    if rule is None:
        return
    nothing, _ = rule.ask(Facts(operation, Context(), "coder"), operation.type)
    more, _ = rule.ask(Facts(operation, context, "coder"), operation.type)
    if not isinstance(nothing, Missing):
        assert more is nothing

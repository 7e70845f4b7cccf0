"""Mistakes in a rule: each is named at its place, with what to write instead."""

from __future__ import annotations

import pytest

from execgate.policy.problems import Problems

BESIDE = """
let tools = ["pay", "mail"]
let one = ["x"]
let words = [COMMIT]
window night { zone: "UTC" hours: "22:00-06:00" }
"""


@pytest.fixture
def report(rules_of, mistakes):
    def run(text: str, capability: str | None = None) -> list[str]:
        problems = Problems()
        rules_of(f"{BESIDE}{text}", problems, capability)
        return mistakes(problems)

    return run


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("phas == COMMIT", "unknown attribute `phas` / did you mean `phase`?"),
        ("xyzzy == 1", "unknown attribute `xyzzy` / docs/policy.md lists the attributes"),
        ("spent.sesion > 1_usd", "unknown scope of spending `spent.sesion` / did you mean `spent.session`?"),
        ("spent > 1_usd", "unknown scope of spending `spent` / "),
        ("args > 1", "`args` stands before the name of an argument / as in `args.amount`"),
        ("arg.x > 1", "unknown attribute `arg.x` / "),
        ("night", "`night` is a window / ask `time in night`"),
        ("tools", "`tools` is a set / compare with it: `attribute in tools`"),
        ("COMMIT", "`COMMIT` is a phase / compare with it: `phase == COMMIT`"),
        ("has phas", "unknown attribute `phas` / did you mean `phase`?"),
        ("not phas == COMMIT", "unknown attribute `phas` / did you mean `phase`?"),
        ("phase == COMIT", "unknown phase `COMIT` / did you mean `COMMIT`?"),
        ("phase == commit", "unknown phase `commit` / did you mean `COMMIT`?"),
        ("phase == LUNCH", "unknown phase `LUNCH` / there are: `EXPLORE`, `DECIDE`, `COMMIT`"),
        ('phase == "COMMIT"', "a phase is a bare word / write `COMMIT` without quotes"),
        ('phase in ["COMMIT"]', "a phase is a bare word / write `COMMIT` without quotes"),
        (
            "phase in COMMIT",
            "`phase` is compared with `COMMIT` by `in` / write it as in `phase in [DECIDE, COMMIT]`",
        ),
        ("phase == [COMMIT]", "`phase` is compared with a list by `==` / write it as in `phase == COMMIT`"),
        ("phase == true", "a phase is a bare word / write `` without quotes"),
        ("phase in []", "an empty list: nothing is in it"),
        ("phase < COMMIT", "phases have no order / `==`, `!=` and `in` compare them"),
        ("cost > 0.50", "an amount of money needs its currency, got `0.50` / did you mean `0.50_usd`?"),
        ("spent.day > 5", "an amount of money needs its currency, got `5` / did you mean `5_usd`?"),
        ("cost > 0.50_udd", "unknown currency `udd` / did you mean"),
        ("cost > 0.50usd", "`0.50usd` is no amount of money / did you mean `0.50_usd`?"),
        ("cost > 0.501_usd", "`0.501_usd` has more digits than the currency"),
        ("cost > -1_usd", "an amount of money must be 0 or more, got `-1_usd`"),
        (
            'cost > "0.50_usd"',
            "`cost` is an amount of money, compared with a text / did you mean `0.50_usd`?",
        ),
        ('cost > "much"', "`cost` is an amount of money, compared with a text"),
        (
            "cost > 20_payments",
            "`cost` is an amount of money, compared with a number of payments: `20_payments`",
        ),
        ("cost > turn", "`>` can't compare them: `cost` is an amount of money, and `turn` is a number"),
        ("spent.day > turn", "`>` can't compare them: `spent.day` is what was spent"),
        ("agent > suggester", "`>` can't compare them: `agent` is a text, and `suggester` is a text"),
        ("agent == turn", "`==` can't compare them: `agent` is a text, and `turn` is a number"),
        ("turn == turn", "`turn` is compared with itself"),
        ("cost < 0_usd", "`cost < 0_usd` never depends on `cost`: it is a number from 0"),
        ("cost >= 0_usd", "`cost >= 0_usd` never depends on `cost`: it is a number from 0"),
        ("budget_ratio > 0.9_usd", "`budget_ratio` is a ratio, compared with an amount of money: `0.9_usd`"),
        ("budget_ratio < 0%", "`budget_ratio < 0%` never depends on `budget_ratio`: it is a number from 0"),
        ("turn > 50%", "`turn` is a number, compared with a ratio: `50%`"),
        ("turn == 1.5", "`turn == 1.5` never depends on `turn`: it is a whole number from 0"),
        ("turn > -1", "`turn > -1` never depends on `turn`: it is a whole number from 0"),
        ("port > 65535", "`port > 65535` never depends on `port`: it is a whole number from 0 to 65535"),
        ("port == 70000", "`port == 70000` never depends on `port`: it is a whole number from 0 to 65535"),
        ("port <= 65535", "`port <= 65535` never depends on `port`"),
        (
            "spend_velocity > 2_usd",
            "`spend_velocity` is a number of payments, compared with an amount of money",
        ),
        ("turn > 5_seconds", "unknown currency `seconds`"),
        ("turn == 5..5", "`5..5` is no amount of money"),
        ('turn == "3"', "`turn` is a number, compared with a text / did you mean `3`?"),
        ("turn == true", "`turn` is a number, compared with true or false"),
        ("turn in [1, true]", None),
        ("resolved == 5", "`resolved` is true or false, compared with a number: `5`"),
        ("resolved < true", "`resolved` is true or false, compared with true or false"),
        ("agent", "a condition is true or false, and `agent` is a text / compare it, or ask `has agent`"),
        ('"x"', 'a condition is true or false, got the text "x" / compare it with an attribute'),
        ("5", "a condition is true or false, got the number `5` / compare it with an attribute"),
        ("[1]", "a condition is true or false, got a list / compare it with an attribute"),
        ("1 == 2", "two constants are compared / name the attribute on the left: `phase == COMMIT`"),
        ("1 in [1]", "two constants are compared / name the attribute on the left: `phase == COMMIT`"),
        ("(turn > 1) == true", "an attribute is compared, got a condition / name the attribute on the left"),
        ("turn == (turn > 1)", "`turn` is a number, compared with a condition"),
        ("turn == [1]", "`turn` is a number, compared with a list / `in` compares with each of a list"),
        ("1 in agent", "an attribute is compared, got the number `1` / name the attribute on the left"),
        ("turn in 5", "`in` takes a list, got the number `5` / as in `[...]`, or `==`"),
        ("turn in []", "an empty list: nothing is in it"),
        ("tool in tols", "unknown set `tols` / did you mean `tools`?"),
        ("tool in [tols]", "unknown set `tols` / did you mean `tools`?"),
        ("tool in [xyz]", 'unknown set `xyz` / write "xyz", or `let xyz = [...]`'),
        ("tool in xyz", 'unknown set `xyz` / write "xyz", or `let xyz = [...]`'),
        (
            "spent.day > spent.session",
            "`>` can't compare them: `spent.day` is what was spent, and `spent.session`",
        ),
        ("resolved == agent", "`==` can't compare them: `resolved` is true or false, and `agent` is a text"),
        ("turn == phas", "unknown attribute `phas` / did you mean `phase`?"),
        ("turn == args", "`args` stands before the name of an argument"),
        ("agent in args", "unknown set `args` / "),
        ("tool in words", "`tool` is compared with the word `COMMIT` / write texts in quotes"),
        ("tool in night", "`night` is a window, and `tool` is no time / `time in night`"),
        ("time in nigth", "unknown window `nigth` / did you mean `night`?"),
        (
            "time == 5",
            "a time is compared with windows alone / `time in a_window`, with `window a_window { ... }`",
        ),
        ('time in ["x"]', "a time is compared with windows alone"),
        ('agent < "x"', "texts have no order / `==`, `!=`, `in` and `matches` compare them"),
        ('agent == "x*"', '`*` stands for itself here / `agent matches "x*"`'),
        ('operation == "reed"', 'no `operation` is "reed" / did you mean "read"?'),
        ('operation matches "rx*"', 'no `operation` matches "rx*" / there are: '),
        ('type == "filé"', 'no `type` is "fil\\u00e9" / there are: '),
        ('turn matches "x"', "only texts match a pattern, and `turn` is a number"),
        ('paths matches "x?"', '`?` is no wildcard of a path: "x?" / the wildcards are `*` and `**`'),
        ("turn in one", "`turn` is a number, compared with a text"),
        ('packages == "git+https://x"', 'no `packages` is "git+https://x" / `git+https://x` could be any'),
        ('paths == "/proc/self/root"', 'no `paths` is "/proc/self/root" / `/proc/self/root` could be any'),
    ],
)
def test_a_mistake_in_a_condition_is_named(report, condition, expected) -> None:
    found = report(f'rule r {{ when {condition} deny "m" }}') if expected else ["x"]
    assert len(found) == 1, found
    assert found[0].startswith(expected or "x"), found


def test_a_host_is_compared_without_scheme_and_port(report) -> None:
    (found,) = report('rule r on network_call { when destination == "a b" deny "m" }')
    assert found == 'no `destination` is "a b" / `a b` is no host name or address'
    (found,) = report('rule r on network_call { when destination matches "https://a.com:443" deny "m" }')
    assert found.startswith('a host without scheme and port is compared: "https://a.com:443" / write "a.com"')


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("https://a.com", "a.com"),
        ("a.com:443", "a.com"),
        ("a.com:*", "a.com"),
        ("https://[::1]:443", "[::1]"),
    ],
)
def test_the_host_to_compare_is_the_entry_without_scheme_and_port(report, entry, host) -> None:
    (found,) = report(f'rule r on network_call {{ when destination matches "{entry}" deny "m" }}')
    assert f'/ write "{host}", and compare' in found
    assert report(f'rule r on network_call {{ when destination matches "{host}" deny "m" }}') == []


def test_a_message_is_bounded(report) -> None:
    assert report(f'rule r {{ when turn > 3 deny "{"m" * 500}" }}') == []
    (found,) = report(f'rule r {{ when turn > 3 deny "{"m" * 501}" }}')
    assert found == "a message has at most 500 characters"


def test_every_mistake_of_a_rule_is_named_at_once(report) -> None:
    found = report('rule r on netwrk_call { when phas == COMMIT and cost > 5 or turn in [] deny " " }')
    assert [one.partition(" / ")[0] for one in found] == [
        "`netwrk_call` is no type of operation and no capability",
        "a rule without a message",
        "unknown attribute `phas`",
        "an amount of money needs its currency, got `5`",
        "an empty list: nothing is in it",
    ]


@pytest.mark.parametrize(
    ("text", "capability", "expected"),
    [
        (
            'rule r { when paths == "x" and amount > 1_usd deny "m" }',
            None,
            "rule `r` judges nothing: no operation has all of `amount`, `paths` / say which it judges",
        ),
        (
            'rule r { when paths == "x" and amount > 1_usd and turn > 3 deny "m" }',
            None,
            "rule `r` judges nothing: no operation has all of `amount`, `paths` / say which it judges",
        ),
        (
            'rule r on network_call { when paths == "x" deny "m" }',
            None,
            "no operation that the rule judges has `paths` / it is of `file_operation`, `deserialization`",
        ),
        (
            'rule r on payment { when true deny "m" }',
            "code_execution",
            "a rule in a grant judges what it grants: there is no `payment` in it / move the rule out",
        ),
        ('rule r { when amount > 1_usd deny "m" }', "code_execution", "rule `r` judges nothing"),
        (f'rule r {{ when true deny "{"m" * 501}" }}', None, "a message has at most 500 characters"),
    ],
)
def test_a_rule_that_judges_nothing_is_a_mistake(report, text, capability, expected) -> None:
    found = report(text, capability)
    assert len(found) == 1, found
    assert found[0].startswith(expected)


@pytest.mark.parametrize("depth", [51, 20_000])
@pytest.mark.parametrize(("before", "behind"), [("not ", ""), ("(true and ", ")")])
def test_a_condition_is_not_nested_without_end(parse, before, behind, depth) -> None:
    from execgate.errors import PolicyError

    with pytest.raises(PolicyError, match="a condition is nested at most 50 deep"):
        parse(f'rule r {{ when {before * depth} true {behind * depth} deny "m" }}')


def test_parentheses_alone_are_no_depth(parse) -> None:
    document = parse(f'rule r {{ when {"(" * 5000}true{")" * 5000} deny "m" }}')
    assert len(document.rules) == 1

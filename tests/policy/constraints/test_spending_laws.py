"""Laws of spending: they hold for every policy, payment and state."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from execgate.model.context import SCOPES, Context, Tally
from execgate.model.money import Money
from execgate.model.operation import PaymentCall
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.values import Hole, Template, Unknown
from execgate.model.verdict import Decision
from execgate.policy import PolicySet

from .conftest import AT, WHO

CODES = ["USD", "EUR", "JPY", "ETH"]
cents = st.integers(0, 2000)
money = st.builds(
    lambda minor, code: Money(Decimal(minor).scaleb(-2), code), cents, st.sampled_from(CODES[:2])
)
several = st.lists(money, min_size=1, max_size=2, unique_by=lambda one: one.currency)
tallies = st.builds(Tally, several.map(tuple), st.integers(0, 4))
spent = st.dictionaries(st.sampled_from(SCOPES), tallies, max_size=4)
contexts = st.builds(Context, spent=spent, customer=st.none() | st.sampled_from(["cus_1", "cus_2"]))
texts = (
    st.none()
    | st.sampled_from(["", "NaN", "-1", "1e3", "cus_1", "USD"])
    | st.just(Unknown("why"))
    | st.just(Template(("1", Hole.NUMBER)))
)
payments = st.builds(
    PaymentCall,
    provider=st.just("stripe"),
    operation=st.sampled_from(["charge", "void"]),
    amount=cents.map(lambda minor: f"{Decimal(minor).scaleb(-2):f}") | texts,
    currency=st.sampled_from(CODES) | texts,
    recipient=texts,
    customer=texts,
    **{name: st.just(value) for name, value in AT.items()},
)


def written(amounts: list[Money]) -> str:
    return "[" + ", ".join(f"{one}_{one.currency.lower()}" for one in amounts) + "]"


limits = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.just("unlimited") | several.map(written) for name in ("max_amount", "approval_above")},
        **{f"max_amount_per_{scope}": st.just("unlimited") | several.map(written) for scope in SCOPES},
        **{f"max_payments_per_{scope}": st.integers(0, 4).map(str) for scope in SCOPES},
        **{name: st.integers(0, 100).map("{}%".format) for name in ("warn_at", "restrict_at", "halt_at")},
        "restricted_payment_operations": st.sampled_from(['["void"]', "[]"]),
        "allowed_customers": st.sampled_from(['["*"]', '["cus_1"]']),
        "disallowed_currencies": st.just('["jpy"]'),
    },
)
RANK = {Decision.ALLOW: 0, Decision.ESCALATE: 1, Decision.DENY: 2}


def compiled(given_limits: dict[str, str]):
    body = "\n".join(f"{name}: {value}" for name, value in given_limits.items())
    text = f'agent "a" {{ can "code_execution" can "payment" with constraints {{ {WHO}\n{body} }} }}'
    return PolicySet.parse(text).agent("a")


def decide(agent, operation, context) -> Decision:
    return agent.judge(Program(Source("x"), (operation,)), context).decision


@given(limits, payments, contexts, st.sampled_from(SCOPES), st.tuples(money, st.integers(0, 3)))
def test_more_that_was_spent_before_never_permits_more(
    given_limits, operation, context, scope, payment
) -> None:
    more, count = payment
    before = context.spent.get(scope)
    if before is None:
        return
    amounts = {one.currency: one.amount for one in before.amounts}
    amounts[more.currency] = amounts.get(more.currency, Decimal(0)) + more.amount
    tally = Tally(tuple(Money(amount, code) for code, amount in amounts.items()), before.payments + count)
    raised = Context(spent={**context.spent, scope: tally}, customer=context.customer)
    agent = compiled(given_limits)
    assert RANK[decide(agent, operation, raised)] >= RANK[decide(agent, operation, context)]


@given(limits, payments, contexts, st.sampled_from(SCOPES))
def test_what_is_not_known_never_permits_more(given_limits, operation, context, scope) -> None:
    less = {name: tally for name, tally in context.spent.items() if name != scope}
    agent = compiled(given_limits)
    unknown = Context(spent=less, customer=context.customer)
    if not any(name.endswith("_at") for name in given_limits):
        assert RANK[decide(agent, operation, unknown)] >= RANK[decide(agent, operation, context)]


@given(limits, limits, payments, contexts)
def test_a_further_limit_never_permits_more(given_limits, further, operation, context) -> None:
    # Without `max_amount` nothing is paid, without a list of what is restricted all of it waits for somebody.
    new = {
        name: value
        for name, value in further.items()
        if name not in {"max_amount", "restricted_payment_operations"}
        and not name.startswith("max_amount_per")
    }
    both = {**new, **given_limits}
    assert (
        RANK[decide(compiled(both), operation, context)]
        >= RANK[decide(compiled(given_limits), operation, context)]
    )


@given(limits, payments, contexts)
def test_judging_never_raises_and_the_canonical_form_judges_the_same(
    given_limits, operation, context
) -> None:
    agent = compiled(given_limits)
    again = PolicySet.parse(agent.canonical).agent("a")
    assert (again.canonical, again.digest) == (agent.canonical, agent.digest)
    one = agent.judge(Program(Source("x"), (operation,)), context)
    two = again.judge(Program(Source("x"), (operation,)), context)
    assert one.decision is two.decision
    assert [(v.constraint, v.message, v.help) for v in one.all_violations] == [
        (v.constraint, v.message, v.help) for v in two.all_violations
    ]
    assert all(ruling.evidence or ruling.violations for ruling in one.rulings)


@given(limits, payments, contexts)
def test_the_order_of_constraints_and_currencies_changes_nothing(given_limits, operation, context) -> None:
    turned = {
        name: f"[{', '.join(reversed(value[1:-1].split(', ')))}]" if value.startswith("[") else value
        for name, value in reversed(given_limits.items())
    }
    one, two = compiled(given_limits), compiled(turned)
    assert one.digest == two.digest
    said = [
        [
            (v.constraint, v.message)
            for v in agent.judge(Program(Source("x"), (operation,)), context).all_violations
        ]
        for agent in (one, two)
    ]
    assert said[0] == said[1]


AMOUNT = st.builds(
    lambda whole, digits: Decimal(f"{whole}.{digits:018}"),
    st.integers(0, 10**18 - 1),
    st.integers(0, 10**18 - 1),
)


@given(AMOUNT, AMOUNT, AMOUNT)
def test_sums_are_exact(before, now, most) -> None:
    agent = compiled({"max_amount": "unlimited", "max_amount_per_day": f"{most:f}_eth"})
    operation = PaymentCall(provider="stripe", operation="charge", amount=f"{now:f}", currency="ETH", **AT)
    context = Context(spent={"day": Tally((Money(before, "ETH"),))})
    within = Fraction(before) + Fraction(now) <= Fraction(most)
    assert (decide(agent, operation, context) is Decision.ALLOW) is within


@given(AMOUNT, st.integers(1, 10**18 - 1), st.integers(0, 100))
def test_gates_close_at_exactly_their_share(before, most, share) -> None:
    limits_ = {
        "max_amount": "unlimited",
        "max_amount_per_day": f"{most}_eth",
        "halt_at": f"{share}%",
    }
    operation = PaymentCall(provider="stripe", operation="void", amount=None, currency=None, **AT)
    context = Context(spent={"day": Tally((Money(before, "ETH"),))})
    open_ = Fraction(before) / most < Fraction(share, 100)
    assert (decide(compiled(limits_), operation, context) is Decision.ALLOW) is open_

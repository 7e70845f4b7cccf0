"""`can "tool"`: which tools an agent proposes and uses; those that are payments keep to its spending, too."""

from __future__ import annotations

from collections.abc import Callable

from execgate.model.context import Context
from execgate.model.operation import Operation, PaymentCall, ToolCall
from execgate.policy.constraints._family import Family, Given, Judge, ListConstraint, names, twins
from execgate.policy.constraints.capabilities import PAYMENT, TOOL
from execgate.policy.constraints.gates import Gates
from execgate.policy.constraints.payments import Names, ungranted
from execgate.policy.constraints.spending import Cost, Spending, shown
from execgate.policy.matching.pairs import Finding, Listing, Pair, Subject, total
from execgate.policy.problems import clipped

read_tool = names("the name of a tool", "send_*")

_NOT_TOLD = "the caller does not say what the call costs"


def payment_test(listing: Listing | None) -> Callable[[Operation, Context], bool]:
    """Return what says whether an operation is a payment; `listing` are an agent's `payment_tools`.

    Every payment call is one, and the use of a tool that is listed or costs something.  To propose a tool
    moves no money.
    """

    def is_payment(operation: Operation, context: Context) -> bool:
        if isinstance(operation, PaymentCall):
            return True
        if not isinstance(operation, ToolCall) or operation.stage != "execute":
            return False
        if context.cost is not None and context.cost.amount:
            return True
        return listing is not None and bool(listing.index.meeting((operation.tool,)))

    return is_payment


def _compile(given: Given) -> Judge:
    if TOOL not in given.grants:
        return lambda operation, _: ungranted(given, TOOL, _act(operation), "tools")
    lists = {
        "propose": given.pair("proposed_tools", read_tool),
        "execute": given.pair("executed_tools", read_tool),
    }
    is_payment = payment_test(given.lists.get("payment_tools"))
    pays = _payment_judge(given)

    def judge(operation: ToolCall, context: Context) -> Finding:
        finding = _listed(lists[operation.stage], operation)
        return total((finding, pays(operation, context))) if is_payment(operation, context) else finding

    return judge


def _listed(pair: Pair, operation: ToolCall) -> Finding:
    name = operation.tool
    entry = name if "*" not in name else None
    return pair.judge(Subject((name,), (name,), lambda: (_act(operation), entry)))


def _payment_judge(given: Given) -> Judge:
    """Return the judge of a tool that is a payment: by all that spending keeps to but who pays, and how."""
    if PAYMENT not in given.grants:
        return lambda operation, _: ungranted(given, PAYMENT, _act(operation), "tools that are payments")
    named, spending, gates = Names(given), Spending(given), Gates(given)

    def judge(operation: ToolCall, context: Context) -> Finding:
        money = context.cost
        act = _act(operation)
        if money is None:
            cost = Cost(None, None, _NOT_TOLD, context.customer)
        else:
            cost = Cost(money.amount, money.currency, "", context.customer)
            act = f"{act} for {shown(money.amount, money.currency)}"
        return total(
            (
                *named.judge(cost.currency, None, context.customer),
                spending.judge(cost, context, act),
                *gates.judge(operation, cost, context, act),
            )
        )

    return judge


def _act(operation: ToolCall) -> str:
    return f"{operation.stage} the tool `{clipped(operation.tool)}`"


FAMILIES = (
    Family(
        ToolCall,
        (
            *twins("proposed_tools", read_tool),
            *twins("executed_tools", read_tool),
            ListConstraint("payment_tools", read_tool),
        ),
        _compile,
        TOOL,
        contextual=True,
    ),
)

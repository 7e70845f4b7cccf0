"""Payments: no constraint of `code_execution` grants them."""

from __future__ import annotations

from execgate.model.operation import PaymentCall
from execgate.policy.constraints._family import Family, Given, Judge
from execgate.policy.matching.pairs import Breach, Finding
from execgate.policy.problems import clipped

CONSTRAINT = "payment"


def _compile(given: Given) -> Judge:
    def judge(operation: PaymentCall) -> Finding:
        act = f"pay through `{clipped(operation.provider)}` (`{clipped(operation.operation)}`)"
        why = 'the agent has no `can "payment"`, which alone grants payments'
        return Finding((), (Breach(CONSTRAINT, act, why, given.grant),))

    return judge


FAMILIES = (Family(PaymentCall, (), _compile),)

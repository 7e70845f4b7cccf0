"""Code in a constant string: what `eval`, `exec` and `compile` are given, followed like any other."""

from __future__ import annotations

import libcst as cst

from execgate.analysis import guard
from execgate.analysis.machine import MAX_NESTED, Machine
from execgate.analysis.values import NONE, Anything, Value
from execgate.analysis.work import PARSING
from execgate.errors import SourceError
from execgate.model.source import Source


def follow(m: Machine, code: str | bytes, kind: str, node: cst.CSTNode) -> Value:
    """Follow constant code in the scope of the call, and return the value of an expression.

    Everything that it does is reported at the call.
    """
    if m.nested >= MAX_NESTED:
        m.gap("code inside code inside code is not followed", node)
        return Anything("it comes from code in a string")
    try:
        text = code.decode("utf-8") if isinstance(code, bytes) else code
        module = _parsed(m, text.strip() if kind != "exec" else text)
    except (SourceError, UnicodeDecodeError):
        m.gap("the string that is run as code is not valid Python", node)
        return Anything("it comes from code in a string")
    outer_site, outer_statement = m.site, m.statement
    m.nested += 1
    m.site = m.site or node
    try:
        result: Value = NONE
        for statement in module.body:
            line = statement.body if isinstance(statement, cst.SimpleStatementLine) else ()
            if line and isinstance(line[-1], cst.Expr) and statement is module.body[-1]:
                for before in line[:-1]:
                    m.run(before)
                result = m.evaluate(line[-1].value)
            else:
                m.run(statement)
        return result
    finally:
        m.nested -= 1
        m.site, m.statement = outer_site, outer_statement


def _parsed(m: Machine, text: str) -> cst.Module:
    module = m.parsed.get(text)
    if module is None:
        m.step(PARSING * len(text))
        _, module = guard.parse(Source(text))
        m.parsed[text] = module
    return module

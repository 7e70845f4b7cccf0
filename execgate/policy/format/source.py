"""From the text of a policy to the same policy, laid out."""

from __future__ import annotations

from execgate.policy.format.layout import Layout
from execgate.policy.language import syntax, text, tokens
from execgate.policy.language.text import PolicyText
from execgate.policy.problems import Problems


def decoded(data: bytes, file: str) -> str:
    """Return the text that a file holds, without a byte order mark; raises PolicyError."""
    problems = Problems()
    policy = text.decode(data, file, problems)
    problems.raise_if_any()
    return policy.text if policy is not None else ""  # a problem was raised where there is none


def formatted(source: str, file: str = "<policy>") -> str:
    """Return a policy in the one layout, as what means the same.

    Lines end as the first of `source` does.  Raises PolicyError with every mistake in the form; what names
    and values mean is not asked.
    """
    problems = Problems()
    policy = text.check(source, file, problems)
    problems.raise_if_any()
    first, newline, _ = source.partition("\n")
    ending = "\r\n" if newline and first.endswith("\r") else "\n"
    plain = PolicyText(file, (policy.text if policy is not None else "").replace("\r\n", "\n"))
    syntax.Parser(problems).parse(plain)
    problems.raise_if_any()
    words = tokens.read(plain, syntax.MAX_TOKENS).tokens
    return Layout(plain.text, words).lines().replace("\n", ending)

# ruff: noqa: SIM905 - words read best as words
"""Names in modules that act on the world which do not: types, exceptions, and functions that only compute.

A type that stands here has no method with an effect but those that the catalogue lists.
"""

from __future__ import annotations

HARMLESS: frozenset[str] = frozenset(
    """

    """.split()
)

"""The catalogue: what each library call does, one file a family.

`lookup` answers for one qualified name; `modules` says what a name that it does not list stands for, and
`types` what objects hold and inherit.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from execgate.operations import (
    archives,
    cloud,
    control,
    data,
    databases,
    deserialization,
    dynamic,
    environment,
    files,
    formats,
    http_clients,
    native,
    network,
    packages,
    paths,
    payments,
    processes,
    remote,
    system,
    tasks,
    web,
)
from execgate.operations.entry import Does, Entry, Table, parse
from execgate.operations.modules import PURE
from execgate.operations.types import ATTRIBUTES as _ATTRIBUTES
from execgate.operations.types import BASES

__all__ = ["ATTRIBUTES", "BASES", "CATALOGUE", "FAMILIES", "Entry", "lookup"]

FAMILIES: dict[str, Table] = {
    module.__name__.rpartition(".")[2]: module.TABLE
    for module in (
        archives,
        cloud,
        control,
        data,
        databases,
        deserialization,
        dynamic,
        environment,
        files,
        formats,
        http_clients,
        native,
        network,
        packages,
        paths,
        payments,
        processes,
        remote,
        system,
        tasks,
        web,
    )
}

CATALOGUE: dict[str, tuple[str, Does]] = {
    key.partition("(")[0]: (key, does) for table in FAMILIES.values() for key, does in table.items()
}

ATTRIBUTES: dict[str, str] = {**_ATTRIBUTES, **payments.ATTRIBUTES}


@cache
def lookup(qualified_name: str) -> Entry | None:
    """Return what the catalogue says of a callable, by its canonical name; None where it says nothing.

    A method that a type does not list is looked up in the types that it inherits from; what is listed for
    every name below another (`ctypes.*`) comes last.
    """
    line = CATALOGUE.get(qualified_name)
    if line is not None:
        return parse(*line)
    owner, _, method = qualified_name.rpartition(".")
    for base in BASES.get(owner, ()):
        entry = lookup(f"{base}.{method}")
        if entry is not None:
            return entry
    prefix = qualified_name
    while prefix and prefix not in PURE:
        prefix = prefix.rpartition(".")[0]
        line = CATALOGUE.get(f"{prefix}.*")
        if line is not None:
            return replace(parse(*line), name=qualified_name)
    return None

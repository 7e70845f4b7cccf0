"""What the tests of the analysis share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from execgate.analysis import analyze
from execgate.model.operation import (
    DatabaseOperation,
    DynamicCode,
    EnvironmentAccess,
    FileOperation,
    ModuleImport,
    NetworkCall,
    Operation,
    PaymentCall,
    ProcessSpawn,
)
from execgate.model.source import Source
from execgate.model.values import shown


def _line(operation: Operation) -> str:
    """Say an operation in one short line; `?` stands for what could not be worked out."""
    match operation:
        case ModuleImport(module=module):
            words = ["import", module]
        case FileOperation(operation=kind, paths=paths):
            words = [kind, *paths]
        case NetworkCall(destination=host, port=port, scheme=scheme, method=method):
            words = [
                method,
                f"{shown(scheme) or ''}//{shown(host) or '?'}{'' if shown(port) is None else f':{shown(port)}'}",
            ]
        case ProcessSpawn(programs=programs, shell=shell):
            words = ["shell" if shell else "spawn", *programs]
        case EnvironmentAccess(operation=kind, names=names):
            words = ["environment", kind, *names]
        case DatabaseOperation(operation=kind, tables=tables, destination=where):
            words = ["sql", kind, *tables, "at", where]
        case PaymentCall(
            provider=provider, operation=kind, amount=amount, currency=currency, recipient=payee
        ):
            words = ["pay", provider, kind, amount, currency, payee]
        case DynamicCode(kind=kind):
            words = ["dynamic", kind]
        case _:
            words = [operation.type, *(str(value) for _, value in operation.arguments())]
    return " ".join("?" if shown(word) is None else str(shown(word)) for word in words)


@pytest.fixture
def does() -> Callable[[str], list[str]]:
    """Return a function from code to what it does, without its import statements, gaps at the end."""

    def lines(code: str) -> list[str]:
        program = analyze(Source(code))
        said = [
            _line(operation)
            for operation in program.operations
            if not (isinstance(operation, ModuleImport) and operation.via == operation.module)
        ]
        return said + [f"gap: {gap.why}" for gap in program.gaps]

    return lines


@pytest.fixture
def imports() -> Callable[[str], list[str]]:
    """Return a function from code to the modules that it reaches."""

    def modules(code: str) -> list[str]:
        return [
            str(shown(operation.module) or "?")
            for operation in analyze(Source(code)).operations
            if isinstance(operation, ModuleImport)
        ]

    return modules

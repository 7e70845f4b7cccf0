"""Operations in words: what each one does, in the third person and in one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from execgate.model.operation import (
    DatabaseOperation,
    Deserialization,
    DynamicCode,
    EnvironmentAccess,
    FileOperation,
    ModuleImport,
    NativeCode,
    NetworkCall,
    OpaqueCall,
    Operation,
    PackageInstall,
    PaymentCall,
    ProcessControl,
    ProcessSpawn,
    SystemAccess,
    ToolCall,
)
from execgate.model.values import Text, Unknown

MAX_ITEMS = 4
MAX_CHARACTERS = 60
"""How many names of a list, and how many characters of each, are worth reading in one line."""

_FILE_VERBS = {
    "read": "reads",
    "write": "writes",
    "append": "appends to",
    "create": "creates",
    "delete": "deletes",
    "move": "moves",
    "copy": "copies",
    "list": "lists",
    "stat": "looks at",
    "chmod": "changes the mode of",
    "link": "links",
    "execute": "executes",
}
_ENVIRONMENT_VERBS = {"read": "reads", "write": "writes"}
_NETWORK_VERBS = {"listen": "listens on", "resolve": "looks up", "send": "sends to"}
_DATABASE_VERBS = {
    "select": "selects from",
    "insert": "inserts into",
    "update": "updates",
    "delete": "deletes from",
    "create": "creates",
    "alter": "alters",
    "drop": "drops",
    "execute": "executes a statement on",
}
_TOOL_VERBS = {"propose": "proposes", "execute": "executes"}
_DYNAMIC_KINDS = {
    "eval": "evaluates an expression that is made when it runs",
    "exec": "executes code that is made when it runs",
    "compile": "compiles code when it runs",
    "attribute": "reaches an attribute by a name that is only known when it runs",
    "import": "imports a module that is only known when it runs",
    "namespace": "reaches names through a namespace",
    "introspection": "reaches into the interpreter",
}


def describe(operation: Operation) -> str:
    """Return what `operation` does, such as `reads data.csv`; the names in it are as hostile as the code."""
    word: Callable[[Any], str] | None = _WORDS.get(type(operation))
    return word(operation) if word is not None else f"does {operation.type}"


def name(value: Text | int | None, kind: str) -> str:
    """Return a value as people read it; `kind` says what is unknown about it, such as `path`."""
    if value is None or isinstance(value, Unknown):
        return f"an unknown {kind}"
    text = str(value)
    if text == "":
        return f"an empty {kind}"
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 3] + "..."


def names(values: Sequence[Text], kind: str) -> str:
    """Return several values as people read them, the first few of many."""
    shown = list(dict.fromkeys(name(value, kind) for value in values))
    if not shown:
        return f"an unknown {kind}"
    more = len(shown) - MAX_ITEMS
    if more > 0:
        return ", ".join(shown[:MAX_ITEMS]) + f" and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def _import(operation: ModuleImport) -> str:
    return f"imports {name(operation.module, 'module')}"


def _file(operation: FileOperation) -> str:
    if isinstance(operation.operation, str):
        verb = _FILE_VERBS[operation.operation]
    else:
        verb = "opens in an unknown mode"
    below = " and all below" if operation.recursive else ""
    return f"{verb} {names(operation.paths, 'path')}{below}"


def _network(operation: NetworkCall) -> str:
    verb = _NETWORK_VERBS.get(str(operation.method), "reaches")
    if operation.destination is None:
        return f"{verb} the network" if verb != "listens on" else "listens on every interface"
    port = "" if operation.port is None else f":{name(operation.port, 'port')}"
    return f"{verb} {name(operation.destination, 'host')}{port}"


def _spawn(operation: ProcessSpawn) -> str:
    through = " through a shell" if operation.shell else ""
    return f"starts {names(operation.programs, 'program')}{through}"


def _environment(operation: EnvironmentAccess) -> str:
    if operation.operation == "list":
        return "lists the environment"
    return (
        f"{_ENVIRONMENT_VERBS[operation.operation]} the environment variable {names(operation.names, 'name')}"
    )


def _database(operation: DatabaseOperation) -> str:
    if isinstance(operation.operation, str):
        verb = _DATABASE_VERBS[operation.operation]
    else:
        verb = "does something unknown to"
    tables = names(operation.tables, "table") if operation.tables else "a database"
    place = "" if operation.destination is None else f" in {name(operation.destination, 'database')}"
    return f"{verb} {tables}{place}"


def _payment(operation: PaymentCall) -> str:
    amount = " ".join(
        [
            "an unknown amount" if not isinstance(operation.amount, str) else operation.amount,
            "" if operation.currency is None else name(operation.currency, "currency"),
        ]
    ).rstrip()
    recipient = "" if operation.recipient is None else f" to {name(operation.recipient, 'recipient')}"
    same = isinstance(operation.customer, str) and operation.customer == operation.recipient
    customer = "" if operation.customer is None or same else f" for {name(operation.customer, 'customer')}"
    return f"calls {operation.provider} to {operation.operation} {amount}{recipient}{customer}"


def _dynamic(operation: DynamicCode) -> str:
    return _DYNAMIC_KINDS[operation.kind]


def _native(operation: NativeCode) -> str:
    return f"calls native code by {operation.kind}"


def _deserialization(operation: Deserialization) -> str:
    place = f" from {names(operation.paths, 'path')}" if operation.paths else ""
    return f"makes objects of {operation.format} data{place}"


def _install(operation: PackageInstall) -> str:
    return f"installs {names(operation.packages, 'package')}"


def _control(operation: ProcessControl) -> str:
    return f"controls processes ({operation.operation})"


def _system(operation: SystemAccess) -> str:
    return f"looks at or acts on the machine ({operation.kind})"


def _opaque(operation: OpaqueCall) -> str:
    return f"calls {operation.library}, whose effects are not known"


def _tool(operation: ToolCall) -> str:
    return f"{_TOOL_VERBS[operation.stage]} the tool {name(operation.tool, 'tool')}"


_WORDS: dict[type[Operation], Callable[[Any], str]] = {
    ModuleImport: _import,
    FileOperation: _file,
    NetworkCall: _network,
    ProcessSpawn: _spawn,
    EnvironmentAccess: _environment,
    DatabaseOperation: _database,
    PaymentCall: _payment,
    DynamicCode: _dynamic,
    NativeCode: _native,
    Deserialization: _deserialization,
    PackageInstall: _install,
    ProcessControl: _control,
    SystemAccess: _system,
    OpaqueCall: _opaque,
    ToolCall: _tool,
}

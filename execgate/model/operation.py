"""Operations: what a program can do, in one vocabulary for every library and language.

Each type is one frozen class.  Its `type` is the name in JSON, in receipts and in the documentation;
its own fields come first in `to_json()`, then `via`, `resolved` and `location`.

A string that could be one of several gives one operation for each, except for the fields that are
tuples (`paths`, `names`, `tables`, `packages`, `programs`), of which every element happens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias

from execgate.model import vocabulary
from execgate.model.source import Span
from execgate.model.values import Text, Unknown, is_resolved, shown

Word: TypeAlias = "tuple[str, tuple[str, ...]]"
"""The field of a type that says what is done, and all the words that it can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that the code can do.

    `via` is the qualified name that does it, such as `pandas.read_csv`.  A type with a `word` refuses
    others with ValueError: no policy could name them.
    """

    via: str
    location: Span

    type: ClassVar[str]
    word: ClassVar[Word | None] = None

    def __post_init__(self) -> None:
        if self.word is not None:
            field, known = self.word
            value = getattr(self, field)
            if isinstance(value, str) and value not in known:
                raise ValueError(f"{field} of a {self.type} must be one of {', '.join(known)}, got {value!r}")

    def arguments(self) -> Iterator[tuple[str, Any]]:
        """Yield each of the type's own fields with its value."""
        for field in fields(self):
            if field.name not in {"via", "location"}:
                yield field.name, getattr(self, field.name)

    @property
    def unresolved(self) -> tuple[str, ...]:
        """The fields that could not be worked out, each as `name: why`."""
        found = []
        for name, value in self.arguments():
            for element in value if isinstance(value, tuple) else (value,):
                if isinstance(element, Unknown):
                    found.append(f"{name}: {element.why}")
                elif not is_resolved(element):
                    found.append(f"{name}: `{element}` depends on a value that is only known when it runs")
        return tuple(dict.fromkeys(found))

    @property
    def resolved(self) -> bool:
        """Whether every argument that a policy would judge is known before running."""
        return not self.unresolved

    def to_json(self) -> dict[str, Any]:
        """Return the operation as the JSON document and the receipts hold it."""
        document: dict[str, Any] = {"type": self.type}
        for name, value in self.arguments():
            if isinstance(value, tuple):
                document[name] = [shown(element) for element in value if not isinstance(element, Unknown)]
            else:
                document[name] = value if isinstance(value, bool) else shown(value)
        document["via"] = self.via
        document["resolved"] = self.resolved
        if self.unresolved:
            document["unresolved"] = list(self.unresolved)
        document["location"] = self.location.to_json()
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleImport(Operation):
    """A module is reached, by whatever spelling; `module` is its full dotted name."""

    type: ClassVar[str] = "module_import"
    module: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOperation(Operation):
    """Files or folders are touched.

    `operation` is one of FILE_OPERATIONS, Unknown where a mode could not be worked out.  `paths` are as
    written; a judge resolves them.  `recursive` where it is surely done to all below them, too.
    """

    type: ClassVar[str] = "file_operation"
    word: ClassVar[Word] = ("operation", vocabulary.FILE_OPERATIONS)
    operation: Text
    paths: tuple[Text, ...]
    recursive: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the operation; `recursive` stands there only where it is."""
        document = Operation.to_json(self)
        if not self.recursive:
            del document["recursive"]
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkCall(Operation):
    """A host is contacted, listened for or looked up.

    `destination` is a host name or address without port, None where the call has none to name (such as
    listening on every interface).  `method` is the HTTP method, or `connect`, `listen`, `resolve`, `send`.
    """

    type: ClassVar[str] = "network_call"
    destination: Text | None
    port: int | Unknown | None = None
    scheme: Text | None = None
    method: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpawn(Operation):
    """Another program is started.

    `command` is the argument list, or the shell text where `shell`.  `programs` are all the programs that it
    starts, each as written; an Unknown among them stands for one that could not be named.
    """

    type: ClassVar[str] = "process_spawn"
    command: tuple[Text, ...] | Text
    shell: bool
    programs: tuple[Text, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the operation; a command of which a part is unknown is null as a whole."""
        document = Operation.to_json(self)
        if isinstance(self.command, tuple) and any(isinstance(part, Unknown) for part in self.command):
            document["command"] = None
        return document

    @property
    def unresolved(self) -> tuple[str, ...]:
        """The programs that could not be named; the rest of the command line is not judged."""
        found = []
        for program in self.programs:
            if isinstance(program, Unknown):
                found.append(f"command: {program.why}")
            elif not is_resolved(program):
                found.append(f"command: `{program}` depends on a value that is only known when it runs")
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentAccess(Operation):
    """The process environment is read, written or listed; `list` means all of it and has no names."""

    type: ClassVar[str] = "environment_access"
    word: ClassVar[Word] = ("operation", vocabulary.ENVIRONMENT_OPERATIONS)
    operation: str
    names: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseOperation(Operation):
    """A database is asked or changed.

    `operation` is one of DATABASE_OPERATIONS, Unknown where the statement could not be worked out.
    `destination` is a path or a host, None where the code does not say.
    """

    type: ClassVar[str] = "database_operation"
    word: ClassVar[Word] = ("operation", vocabulary.DATABASE_OPERATIONS)
    operation: Text
    tables: tuple[Text, ...]
    destination: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCall(Operation):
    """Money is moved, or a call that can move it is made.

    `amount` is a decimal string in the major unit (`19.99`), `currency` an ISO 4217 code in upper case or a
    token's name; None where the call has none, Unknown where it could not be worked out.
    """

    type: ClassVar[str] = "payment_call"
    provider: str
    operation: str
    amount: Text | None = None
    currency: Text | None = None
    recipient: Text | None = None
    customer: Text | None = None
    """On whose account: the provider's customer id, None where the call names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicCode(Operation):
    """Code is made or reached at run time."""

    type: ClassVar[str] = "dynamic_code"
    word: ClassVar[Word] = ("kind", vocabulary.DYNAMIC_CODE)
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeCode(Operation):
    """Code below Python's own rules is called."""

    type: ClassVar[str] = "native_code"
    word: ClassVar[Word] = ("kind", vocabulary.NATIVE_CODE)
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deserialization(Operation):
    """Bytes become objects in a format that can run code."""

    type: ClassVar[str] = "deserialization"
    word: ClassVar[Word] = ("format", vocabulary.DESERIALIZATION)
    format: str
    paths: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageInstall(Operation):
    """Packages are installed."""

    type: ClassVar[str] = "package_install"
    packages: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessControl(Operation):
    """Processes are controlled."""

    type: ClassVar[str] = "process_control"
    word: ClassVar[Word] = ("operation", vocabulary.PROCESS_CONTROL)
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemAccess(Operation):
    """The machine is looked at or acted on."""

    type: ClassVar[str] = "system_access"
    word: ClassVar[Word] = ("kind", vocabulary.SYSTEM_ACCESS)
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpaqueCall(Operation):
    """A library is called whose effects the catalogue does not know; the sandbox confines it."""

    type: ClassVar[str] = "opaque_call"
    library: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall(Operation):
    """An agent proposes or executes a tool that it was given; `arguments` are by name, JSON texts.

    The only operation of a program whose action is `tool_call`; code never holds one.
    """

    type: ClassVar[str] = "tool_call"
    word: ClassVar[Word] = ("stage", vocabulary.TOOL_STAGES)
    stage: str
    tool: str
    arguments_json: str = "{}"
    """The arguments as one JSON object, in canonical form."""

    def to_json(self) -> dict[str, Any]:
        """Return the operation; the arguments stand there as what they are, null where they are no JSON."""
        document = Operation.to_json(self)
        try:
            document["arguments"] = json.loads(document.pop("arguments_json"))
        except (ValueError, RecursionError):
            document["arguments"] = None
        return document


OPERATION_TYPES: tuple[type[Operation], ...] = (
    ModuleImport,
    FileOperation,
    NetworkCall,
    ProcessSpawn,
    EnvironmentAccess,
    DatabaseOperation,
    PaymentCall,
    DynamicCode,
    NativeCode,
    Deserialization,
    PackageInstall,
    ProcessControl,
    SystemAccess,
    OpaqueCall,
    ToolCall,
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Code whose effect could not be named; one is enough to deny."""

    why: str
    location: Span
    help: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the gap as receipts hold it."""
        return {"why": self.why, "location": self.location.to_json()}

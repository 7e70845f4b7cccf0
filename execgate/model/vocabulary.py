"""The words of operations: what the catalogue may say, and what a policy may name."""

from __future__ import annotations

FILE_OPERATIONS = (
    "read",
    "write",
    "append",
    "create",
    "delete",
    "move",
    "copy",
    "list",
    "stat",
    "chmod",
    "link",
    "execute",
)
ENVIRONMENT_OPERATIONS = ("read", "write", "list")
DATABASE_OPERATIONS = ("select", "insert", "update", "delete", "create", "alter", "drop", "execute")
DYNAMIC_CODE = ("eval", "exec", "compile", "attribute", "import", "namespace", "introspection")
NATIVE_CODE = ("ctypes", "cffi", "mmap", "cppyy", "cython", "extension", "llvm", "perf", "sqlite")
DESERIALIZATION = ("pickle", "marshal", "shelve", "yaml", "jsonpickle", "torch", "keras", "tensorflow")
PROCESS_CONTROL = ("kill", "signal", "priority", "identity", "limits")
SYSTEM_ACCESS = ("processes", "resources", "interfaces", "users", "hardware", "screen", "input")
TOOL_STAGES = ("propose", "execute")

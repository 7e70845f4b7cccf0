"""Make `sandbox/execgate_guest/syscalls.json`, the numbers of system calls, from the kernel's headers.

    python scripts/syscalls.py [INCLUDE_FOLDER]    # /usr/include, as linux-libc-dev installs it

x86-64 has a header of its own; aarch64 takes the generic one with the switches that its `asm/unistd.h` sets.
Needs a C compiler for its preprocessor.  Numbers never change: newer headers only add some.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "sandbox" / "execgate_guest" / "syscalls.json"
DEFINE = re.compile(r"#define (__NR\w*_|LINUX_VERSION_CODE)(\w*) (\S+)")
GENERIC_SWITCHES = (
    "__ARCH_WANT_RENAMEAT",
    "__ARCH_WANT_NEW_STAT",
    "__ARCH_WANT_SET_GET_RLIMIT",
    "__ARCH_WANT_TIME32_SYSCALLS",
    "__ARCH_WANT_SYS_CLONE3",
    "__ARCH_WANT_MEMFD_SECRET",
)
NO_CALLS = frozenset(("syscalls", "arch_specific_syscall"))
"""What the generic header counts in the same way."""


def defines(header: str, include: Path, switches: tuple[str, ...] = ()) -> dict[str, str]:
    """Return what `header` defines of numbers, as text, by the whole name of the macro."""
    command = ["cc", "-E", "-dM", "-I", str(include), *(f"-D{name}" for name in switches), "-"]
    source = f"#include <{header}>\n"
    found = subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout
    return {match[1] + match[2]: match[3] for match in map(DEFINE.match, found.splitlines()) if match}


def numbers(macros: dict[str, str]) -> dict[str, int]:
    """Return the calls by name, in the order of their numbers."""
    calls = {}
    for macro, value in macros.items():
        name = macro.removeprefix("__NR_")
        if name == macro or name in NO_CALLS:
            continue
        while value in macros:  # a call that has another's number, or one that differs with the word's size
            value = macros[value]  # noqa: PLW2901
        calls[name] = int(value, 0)
    return dict(sorted(calls.items(), key=lambda call: (call[1], call[0])))


def written(linux: str, machines: dict[str, dict[str, int]]) -> str:
    """Return the table as JSON of short lines."""
    tables = []
    for machine, calls in machines.items():
        body = textwrap.fill(json.dumps(calls)[1:-1], 102, break_on_hyphens=False)
        tables.append(f'    "{machine}": {{\n{textwrap.indent(body, " " * 6)}\n    }}')
    return f'{{\n  "linux": "{linux}",\n  "machines": {{\n' + ",\n".join(tables) + "\n  }\n}\n"


def main() -> None:
    """Write the table."""
    include = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/include")
    code = int(defines("linux/version.h", include)["LINUX_VERSION_CODE"])
    linux = f"{code >> 16}.{code >> 8 & 255}"
    machines = {
        "x86_64": numbers(defines("asm/unistd_64.h", include)),
        "aarch64": numbers(defines("asm-generic/unistd.h", include, GENERIC_SWITCHES)),
    }
    TABLE.write_text(written(linux, machines), encoding="utf-8")
    counts = ", ".join(f"{len(calls)} of {machine}" for machine, calls in machines.items())
    print(f"{TABLE.name}: Linux {linux}, {counts}")


if __name__ == "__main__":
    main()

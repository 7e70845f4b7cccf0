"""What each constraint is for, in one line with an example: what the reference of the language is made of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from execgate.model.context import SCOPES


class About(NamedTuple):
    """A constraint in one line, and an example of it in the language."""

    line: str
    example: str


TWINS: Mapping[str, tuple[str, str]] = {
    "imports": ("modules that the code reaches, in whatever way it spells them", '["pandas", "xml.etree"]'),
    "file_operations": ("what is done to files", '["read", "list"]'),
    "file_paths": ("the paths that files are reached by", '["/data/*.csv", "out"]'),
    "hosts": ("hosts that are contacted, looked up or listened as", '["api.example.com", "*.example.org"]'),
    "commands": ("programs that are started", '["git", "ls"]'),
    "environment": ("variables of the environment that are read or written", '["HOME", "APP_*"]'),
    "database_operations": ("what is done in databases", '["select", "insert"]'),
    "tables": ("tables of a database", '["orders", "sales.*"]'),
    "databases": ("databases, by path or by host", '["/data/app.db", "db.example.com"]'),
    "dynamic_code": ("code that is made or reached at run time", '["import"]'),
    "native_code": ("code below the rules of Python", '["ctypes"]'),
    "deserialization": ("formats that can run code when they are loaded", '["pickle"]'),
    "process_control": ("what is done to processes", '["kill"]'),
    "system_access": ("what is asked of the machine", '["hardware"]'),
    "packages": ("packages that are installed", '["requests", "types-*"]'),
    "providers": ("through whom is paid", '["stripe"]'),
    "payment_operations": ("what is done with money", '["charge", "refund"]'),
    "currencies": ("currencies that are paid in", '["usd", "eur"]'),
    "recipients": ("to whom money goes", '["acct_*"]'),
    "customers": ("on whose account is paid", '["cus_*"]'),
    "proposed_tools": ("tools that the agent proposes to use", '["search", "send_*"]'),
    "executed_tools": ("tools that the agent uses", '["search"]'),
}
"""What the two lists of a pair are about, with an example, by what stands behind `allowed_`."""

_SCOPES = {
    "session": "in one session",
    "conversation": "in one conversation",
    "agent": "by the agent",
    "customer": "on one customer's account",
    "day": "on one day",
    "organisation": "by the whole organisation",
}
_OTHERS = {
    "disallowed_opaque_libraries": ("libraries whose effects are not known, which are denied", '["foo"]'),
    "max_execution_time": ("how long a program runs", "30_seconds"),
    "max_memory": ("how much memory all its processes take together", "1_gigabyte"),
    "max_cpus": ("how many processors it keeps busy", "2"),
    "max_processes": ("how many processes and threads there are at once", "32"),
    "max_output": ("how much it prints", "1_megabyte"),
    "max_disk": ("how much it leaves in the working folder", "64_megabytes"),
    "max_cpu_time": ("how much time of processors all its processes take together", "20_seconds"),
    "max_files": ("how many files and folders there are in a place that it writes to", "1000_files"),
    "max_file_size": ("how large one file gets", "10_megabytes"),
    "session": ("what the runs of one agent in one conversation share, never with others", '"files"'),
    "on_surprise": ("what happens where a program does what was not foreseen", '"stop"'),
    "image": ("the image that programs run in; without it the one that fits", '"data-science"'),
    "host_folders": (
        "folders of the host that are mounted, to be read alone, each with its place inside",
        '["/srv/data:/data/analysis"]',
    ),
    "restricted_payment_operations": ("what may still be done while payments are restricted", '["refund"]'),
    "payment_tools": ("tools that are payments", '["pay_*"]'),
    "max_amount": ("the amount of one payment; without it nothing is paid", "[50.00_usd, 45.00_eur]"),
    "approval_above": ("the amount above which somebody has to approve a payment", "0.50_usd"),
    "warn_at": ("the share of the budget from which on payments warn", "50%"),
    "restrict_at": ("the share of the budget from which on payments are restricted", "75%"),
    "halt_at": ("the share of the budget from which on payments are denied", "90%"),
    "compensation": ("what is done where a payment has to be taken back", '"refund_request"'),
    "compensation_timeout": ("how long that may take", "30_seconds"),
}

ABOUT: Mapping[str, About] = MappingProxyType(
    {
        name: About(f"{line[0].upper()}{line[1:]}.", f"{name}: {value}")
        for name, line, value in (
            *(
                (f"allowed_{noun}", f"{line}: what is permitted", value)
                for noun, (line, value) in TWINS.items()
            ),
            *(
                (f"disallowed_{noun}", f"{line}: what is denied", value)
                for noun, (line, value) in TWINS.items()
            ),
            *(
                (
                    f"max_amount_per_{scope}",
                    f"how much is paid {_SCOPES[scope]}, all amounts together",
                    "100.00_usd",
                )
                for scope in SCOPES
            ),
            *(
                (f"max_payments_per_{scope}", f"how many payments are made {_SCOPES[scope]}", "20_payments")
                for scope in SCOPES
            ),
            *((name, line, value) for name, (line, value) in _OTHERS.items()),
        )
    }
)
"""By the constraint's name."""

"""What ended a run, in the model's terms and in one line for people.  Pure.

What a program ran out of is the program's own claim (an exception that nobody handled), so it counts
only where a limit was set, and for processes only where the kernel counted a refusal.
"""

from __future__ import annotations

import signal

from execgate.model.execution import Stop
from execgate.model.limits import Limits
from execgate.sandbox.transcript import Ending, Want

_FULL = frozenset((Want.DISK, Want.FILES, Want.FILE_SIZE))
"""The disk is full where nothing finer is limited."""

Conclusion = tuple[Stop, "int | None", str]


def judge(ending: Ending, limits: Limits) -> Conclusion:
    """Return what ended a program that was not stopped from outside: (stop, exit code, detail)."""
    code = ending.code
    if code != 0:
        if limits.memory_bytes is not None:
            if code == -signal.SIGKILL and ending.memory_kills:
                return Stop.MEMORY, None, stopped(Stop.MEMORY, limits) + ": the program was killed"
            if ending.want is Want.MEMORY:
                return Stop.MEMORY, None, stopped(Stop.MEMORY, limits) + ": it ended with MemoryError"
        if limits.file_bytes is not None and (ending.want is Want.FILE_SIZE or code == -signal.SIGXFSZ):
            return Stop.FILE_SIZE, None, stopped(Stop.FILE_SIZE, limits)
        if limits.files is not None and ending.want is Want.FILES:
            return Stop.FILES, None, stopped(Stop.FILES, limits)
        if limits.disk_bytes is not None and (ending.want in _FULL or code == -signal.SIGXFSZ):
            return Stop.DISK, None, stopped(Stop.DISK, limits)
        if limits.cpu_s is not None and code == -signal.SIGXCPU:
            return Stop.CPU, None, stopped(Stop.CPU, limits)
        if limits.processes is not None and ending.want is Want.PROCESSES and ending.refused_processes:
            return Stop.PROCESSES, None, stopped(Stop.PROCESSES, limits)
    notes = [_how(code)] if code else []
    if ending.memory_kills:
        notes.append("a child process was killed at the memory limit")
    if ending.refused_processes:
        notes.append("a process or thread was refused at the limit on processes")
    return Stop.EXIT, code, "; ".join(notes)


def stopped(stop: Stop, limits: Limits) -> str:
    """Return the sentence for a limit that ended a run, with the constraint that sets it."""
    if stop is Stop.TIME:
        return f"stopped after {limits.wall_s:g} s (max_execution_time)"
    if stop is Stop.MEMORY:
        return f"out of memory at {_bytes(limits.memory_bytes)} (max_memory)"
    if stop is Stop.PROCESSES:
        return f"no more than {limits.processes} processes and threads at once (max_processes)"
    if stop is Stop.OUTPUT:
        return f"stopped at {_bytes(limits.output_bytes)} of output (max_output)"
    if stop is Stop.CPU:
        return f"stopped after {limits.cpu_s:g} s of processor time (max_cpu_time)"
    if stop is Stop.FILES:
        return f"no more than {limits.files:,} files and folders in one place (max_files)"
    if stop is Stop.FILE_SIZE:
        return f"no file over {_bytes(limits.file_bytes)} (max_file_size)"
    if stop is Stop.DISK:
        return f"out of disk space: {_bytes(limits.disk_bytes)} for all files together (max_disk)"
    return str(stop.value)


def no_room(limits: Limits) -> Conclusion:
    """Return the conclusion where the memory limit does not even hold an interpreter."""
    return (
        Stop.MEMORY,
        None,
        f"{_bytes(limits.memory_bytes)} (max_memory) do not hold an interpreter: nothing was run",
    )


def no_room_for_inputs(limits: Limits) -> Conclusion:
    """Return the conclusion where the disk limit does not hold the input files."""
    return (
        Stop.DISK,
        None,
        f"the input files do not fit into {_bytes(limits.disk_bytes)} (max_disk): nothing was run",
    )


def _how(code: int) -> str:
    if code > 0:
        return f"exit status {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def _bytes(value: int | None) -> str:
    return "the gate's ceiling" if value is None else f"{value:,} bytes"

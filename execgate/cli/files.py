"""Files that go into a run, and files that come out of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from execgate.cli.inputs import read_file
from execgate.errors import InputError
from execgate.model.execution import Artifact, InputFile
from execgate.sandbox import Caps, Reserved, collect_inputs, write_artifacts

_CAPS = Caps()

MAX_TOLD = 4
"""How many files that could not be written are told one by one."""


def collect(paths: Sequence[str], reserved: Reserved, left_out: Callable[[str], None]) -> list[InputFile]:
    """Return the files that `paths` name, each under the last part of its path; a folder with all below it.

    `left_out` is told of everything in a folder that is not handed in, such as links and state folders.
    Raises InputError where a path can't be read, and where it leads into a state folder.
    """
    found: list[InputFile] = []
    for path in paths:
        base = os.path.basename(os.path.abspath(path))  # noqa: PTH100, PTH119 - the name stays as written
        if path and reserved.home_of(Path(path)) is not None:
            raise InputError(
                f"{path}: receipts and their keys are kept there, which no program is handed",
                help="name the files that the program needs",
            )
        if path and os.path.isdir(path):  # noqa: PTH112
            folder = Path(path).resolve()
            files, notes = collect_inputs(folder, without=reserved.homes_below(folder))
            found += [InputFile(f"{base}/{file.name}", file.data) for file in files]
            for note in notes:
                left_out(f"{path}: {note}")
            continue
        try:
            data, size = read_file(path, _CAPS.total_bytes + 1)
        except InputError as error:
            raise InputError(f"{path}: {error.message}", help=error.help) from error
        if size > _CAPS.total_bytes:
            raise InputError(f"{path}: {size:,} bytes, at most {_CAPS.total_bytes:,} are handed in")
        found.append(InputFile(base, data))
    return found


def keep(
    folder: str, artifacts: Sequence[Artifact], reserved: Reserved
) -> tuple[list[str], InputError | None]:
    """Write the program's files below `folder`; return the paths of those that were, and why others were not.

    Raises InputError where nothing can be written there at all.
    """
    if not folder:
        raise InputError(
            "an empty path names no folder for the program's files", help="name one with --output-dir"
        )
    place = Path(folder)
    if reserved.home_of(place) is not None:
        raise InputError(
            f"{folder}: receipts and their keys are kept there, which no program may write to",
            help="name another folder with --output-dir",
        )
    faults = {artifact.name: reserved.fault(place, artifact.name) for artifact in artifacts}
    try:
        written, failed = write_artifacts(
            place, [artifact for artifact in artifacts if faults[artifact.name] is None]
        )
    except InputError as error:
        raise InputError(
            error.message, help="name a folder with --output-dir that this user may make or write to"
        ) from error
    refused = [f"{name}: {fault}" for name, fault in faults.items() if fault is not None]
    refused += failed
    problem = None
    if refused:
        more = f"; and {len(refused) - MAX_TOLD} more" if len(refused) > MAX_TOLD else ""
        problem = InputError(
            f"{folder}: {'; '.join(refused[:MAX_TOLD])}{more}",
            help="the outcome receipt names every file with its digest; run again with another --output-dir",
        )
    return [str(path) for path in written], problem

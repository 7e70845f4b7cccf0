"""The folder on this machine that runs get their files from and leave them in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from execgate.adapters.blocks import file_name
from execgate.adapters.replies import files_note
from execgate.errors import InputError
from execgate.model.execution import Artifact, InputFile
from execgate.sandbox import Reserved, collect_inputs, write_artifacts


class WorkFolder:
    """A folder whose files are copied into each run, and that what a run leaves is copied back to.

    What could not be copied becomes a note for the conversation, not an error: the program has run.
    """

    def __init__(self, path: Path, home: Path, reserved: Reserved) -> None:
        """Make the folder if it is missing; raises InputError where a program could reach `home` in it.

        What else of `reserved` lies in it is neither handed in nor written.
        """
        state = reserved.home_of(path)
        if state is not None:
            raise InputError(
                f"work_dir {path} is in {state}, where receipts and their keys are kept",
                help="pass a work_dir of its own",
            )
        try:
            path.mkdir(parents=True, exist_ok=True)
            self.path = path.resolve(strict=True)
            home = home.resolve()
        except OSError as error:
            raise InputError(f"work_dir {path} can't be used: {error.strerror or error}") from error
        self._reserved = reserved
        if home.is_relative_to(self.path):
            raise InputError(
                f"work_dir {path} holds the receipts in {home}, which a program could then read and replace",
                help="pass a work_dir of its own, or a home outside of it: Gate.load(..., home=...)",
            )

    def inputs(self) -> tuple[tuple[InputFile, ...], list[str]]:
        """Return the files to hand in, and what is to be said of the others."""
        found, left_out = collect_inputs(self.path, without=self._reserved.homes_below(self.path))
        return found, [files_note("files that were not handed in", left_out)] if left_out else []

    def keep(self, artifacts: Sequence[Artifact]) -> list[str]:
        """Write files back; returns what is to be said of those that could not be."""
        return self._write(artifacts)[1]

    def save(self, texts: Sequence[str]) -> tuple[str | None, list[str]]:
        """Save the texts that name a file; returns the first one's path, and what is to be said."""
        named = [Artifact(name, text.encode("utf-8")) for text in texts if (name := file_name(text))]
        written, notes = self._write(named)
        return (str(written[0]) if written else None), notes

    def _write(self, artifacts: Sequence[Artifact]) -> tuple[tuple[Path, ...], list[str]]:
        if not artifacts:
            return (), []
        faults = {artifact.name: self._reserved.fault(self.path, artifact.name) for artifact in artifacts}
        try:
            written, failed = write_artifacts(
                self.path, [artifact for artifact in artifacts if faults[artifact.name] is None]
            )
        except (InputError, OSError) as error:
            return (), [f"files could not be written to the working folder: {error}"]
        refused = [f"{name}: {fault}" for name, fault in faults.items() if fault is not None]
        refused += failed
        return written, [files_note("files that were not written back", refused)] if refused else []

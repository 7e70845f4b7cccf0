"""The blocks of an approved call, run one after the other; each leaves its outcome in the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from execgate.calls import BlocksExecution, Execution, NotRunError
from execgate.errors import InputError, ReceiptError, SandboxUnavailableError
from execgate.model.confines import HostFolder
from execgate.model.execution import Artifact, ExecutionResult, InputFile, Stop, Usage
from execgate.model.operation import Operation
from execgate.model.verdict import Authorization, Verdict

if TYPE_CHECKING:
    from execgate.receipts import ReceiptStore
    from execgate.sandbox import Reserved, Sandbox

OnOutput = Callable[[str, bytes], None]
"""Called with `stdout` or `stderr` and a chunk while a program runs."""

_File = TypeVar("_File", InputFile, Artifact)


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs what was approved in one call, in one conversation."""

    sandbox: Callable[[], Sandbox]
    """Gives where it runs, or raises: what that meets is the outcome of the block that asked."""
    receipts: ReceiptStore
    reserved: Reserved
    """What no program is shown."""
    conversation: str | None
    permission: Callable[[Verdict], Callable[[Operation], bool]]
    """What an approved program may do beside what it was found to do, asked while it runs."""
    on_output: OnOutput | None = None

    def run(self, executions: Sequence[Execution], inputs: Sequence[InputFile]) -> BlocksExecution:
        """Run the blocks in order until the first that fails; what one leaves is handed to the next.

        Raises NotRunError, or what the sandbox raised, where not even the first could be run.
        """
        done = list(executions)
        handed: Sequence[InputFile] = tuple(inputs)
        left: tuple[Artifact, ...] = ()
        judged: dict[str, InputFile] = {}
        for index, execution in enumerate(executions):
            result = self._run(execution, handed, first=index == 0)
            done[index] = self._recorded(execution, result)
            handed = laid_over(handed, [InputFile(file.name, file.data) for file in result.artifacts])
            # Whatever a program wrote over it, the next block finds the text that was judged.
            source = execution.verdict.source
            if source.file is not None and len(executions) > 1:
                judged[source.file] = InputFile(source.file, source.text.encode("utf-8"))
            handed = laid_over(handed, tuple(judged.values()))
            left = laid_over(left, result.artifacts)
            if not result.succeeded or done[index].unrecorded is not None:
                break
        return BlocksExecution(tuple(done), left)

    def _run(self, execution: Execution, inputs: Sequence[InputFile], *, first: bool) -> ExecutionResult:
        authorization = Authorization.of(execution.verdict)
        backend = ""
        try:
            sandbox = self.sandbox()
            backend = sandbox.name
            self._keep_closed(authorization.confines.host_folders)
            return sandbox.run(
                authorization,
                inputs=inputs,
                on_output=self.on_output,
                conversation=self.conversation,
                permits=self.permission(execution.verdict),
            )
        except BaseException as error:
            # Whatever happens, the decision that is in the log gets its outcome.
            interrupted = not isinstance(error, Exception)
            not_run = isinstance(error, (SandboxUnavailableError, InputError))
            detail = "interrupted" if interrupted else str(error) or type(error).__name__
            result = ExecutionResult(
                stopped_by=Stop.CANCELLED if interrupted else Stop.ENGINE,
                exit_code=None,
                stdout="",
                stderr="",
                usage=Usage(wall_s=0.0),
                detail=f"nothing was run: {detail}" if not_run else detail,
                backend=backend,
            )
            if not_run and not first:
                # An error would say that nothing of the call was run, and take the other results with it.
                return result
            recorded = self._recorded(execution, result)
            if isinstance(error, SandboxUnavailableError):
                raise NotRunError(error, recorded) from error
            raise

    def _recorded(self, execution: Execution, result: ExecutionResult) -> Execution:
        """Make the outcome of a run durable; what happened is told even where that fails."""
        try:
            outcome = self.receipts.outcome(execution.decision, result)
        except ReceiptError as error:
            return replace(execution, result=result, unrecorded=error)
        return replace(execution, result=result, outcome=outcome)

    def _keep_closed(self, folders: Sequence[HostFolder]) -> None:
        """Raise SandboxUnavailableError for a folder of the host that shows what is reserved."""
        for folder in folders:
            why = self.reserved.exposed_by(Path(folder.source))
            if why is not None:
                raise SandboxUnavailableError(
                    f"can't mount a folder of the host: `{folder.source}`: {why}",
                    help="take it out of `host_folders`, or name a folder beside them",
                )


def laid_over(below: Sequence[_File], above: Sequence[_File]) -> tuple[_File, ...]:
    """Return the files of a folder after others were written there."""
    names = {file.name for file in above}
    # Where there is a folder now no file was left, and the other way round.
    folders = {str(folder) for name in names for folder in PurePosixPath(name).parents}
    kept = [
        file
        for file in below
        if file.name not in names | folders
        and names.isdisjoint(str(folder) for folder in PurePosixPath(file.name).parents)
    ]
    return tuple(kept) + tuple(above)

"""The sandbox as the gate sees it: any backend's cells, each for one run."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from execgate.errors import SandboxUnavailableError
from execgate.model.confines import Session
from execgate.model.execution import ExecutionResult, InputFile, Usage
from execgate.model.held import Held
from execgate.model.limits import CONSTRAINTS, Limits
from execgate.model.source import LANGUAGES
from execgate.model.verdict import Authorization
from execgate.sandbox import machine, outcome, places
from execgate.sandbox.cell import Backend, ImageGoneError, Profile
from execgate.sandbox.cells import Cells
from execgate.sandbox.contents import encoded
from execgate.sandbox.files import check_inputs
from execgate.sandbox.host_folders import HostFolders
from execgate.sandbox.image.choosing import advice
from execgate.sandbox.image.facts import Facts
from execgate.sandbox.job import Job
from execgate.sandbox.layers import Layer, Layers
from execgate.sandbox.pool import Pool
from execgate.sandbox.preloading import preloads
from execgate.sandbox.protocol import Permits
from execgate.sandbox.refused import explanation
from execgate.sandbox.run import execute
from execgate.sandbox.sessions import Sessions
from execgate.sandbox.stock import USUAL, Ahead

_SESSION_HELP = 'use a Docker engine with its own runtime, or set `session: "none"`'
_encoded = functools.lru_cache(maxsize=16)(encoded)  # the same few images all the time
_GROUPS_HELP = (
    "give it control groups (start the gate as root, or with `systemd-run --user --scope -p Delegate=yes`), "
    "use a container engine, or say `unlimited` in the policy; `execgate doctor` says more"
)


class CellSandbox:
    """Runs each program in a cell of a backend; see `Sandbox` for what it promises.

    May be used from several threads at once.
    """

    def __init__(self, backend: Backend, *, ahead: Ahead = USUAL) -> None:
        self.name = backend.name
        self._backend = backend
        self._cells = Pool(backend, ahead)
        self._sessions = Sessions(self._cells)
        self._layers = Layers()
        self._host_folders = HostFolders()
        self._closed = False
        # Where nobody closes it: the pool's threads know the pool, and this only.
        weakref.finalize(self, self._cells.abandon).atexit = False

    def prepare(self) -> None:
        """Make sure that programs can be run; raises SandboxUnavailableError with the fix."""
        self._backend.prepare()

    def run(
        self,
        authorization: Authorization,
        *,
        inputs: Sequence[InputFile] = (),
        on_output: Callable[[str, bytes], None] | None = None,
        conversation: str | None = None,
        permits: Permits | None = None,
    ) -> ExecutionResult:
        """Run the authorized text; see `Sandbox.run`."""
        language = authorization.source.language
        if language not in LANGUAGES:
            raise SandboxUnavailableError(
                f"the sandbox does not run {language}", help=f"write it in one of: {', '.join(LANGUAGES)}"
            )
        check_inputs(inputs)
        early = self._hopeless(authorization.limits, inputs)
        if early is not None:
            return early
        for _ in range(2):
            with machine.before_a_run():
                self._check(authorization)
                profile = self._profile(authorization, self._session(authorization, conversation))
                facts = self._backend.facts(profile.image)
                layer = self._layers.for_run(authorization, conversation, permits, facts)
                profile = replace(profile, packages=layer.folder)

            def do(
                cells: Cells, profile: Profile, given: Sequence[InputFile], layer: Layer = layer
            ) -> ExecutionResult:
                job = Job(authorization, tuple(given), profile, self.name, permits, layer)
                return self._qualified(execute(cells, job, on_output), authorization.limits)

            try:
                if conversation is None or profile.session is Session.NONE:
                    result = do(self._cells, profile, inputs)
                else:
                    key = authorization.verdict.agent, conversation
                    result = self._sessions.run(key, authorization, profile, inputs, do)
                # A session may have gone on in the image that it began in.
                return _described(result, authorization, self._backend.facts(result.image), layer)
            except ImageGoneError:
                self._backend.forget_image(profile.image)
        raise SandboxUnavailableError(
            "the sandbox image vanishes as soon as it is made",
            help="look for what removes unused images from the engine, and run it again",
        )

    def warm(self, authorization: Authorization, count: int = 1) -> int:
        """Start cells for programs like this one ahead of them; return how many wait.

        Where the policy says `session`, they are for a conversation's first run.
        """
        with machine.before_a_run():
            self._check(authorization)
            session = Session.NONE if "session" in self._backend.lacks() else authorization.confines.session
            profile = self._profile(authorization, session)
        return self._cells.warm(profile, count)

    def held(self, agent: str, conversation: str) -> Held:
        """Return what the interpreter of an agent in a conversation holds now; see `Sandbox.held`."""
        return self._sessions.held((agent, conversation))

    def turn(self, agent: str, conversation: str) -> AbstractContextManager[None]:
        """Be alone with a session from the judging of a call to its end; see `Turning.turn`."""
        return self._sessions.turn((agent, conversation))

    def end_sessions(self, agent: str | None = None, conversation: str | None = None) -> int:
        """End the sessions of an agent and a conversation; see `Sandbox.end_sessions`."""
        return self._sessions.end(agent, conversation)

    def close(self) -> None:
        """Remove every cell, and let go of the backend."""
        self._closed = True
        self._sessions.close()
        self._cells.close()
        self._backend.close()

    def _check(self, authorization: Authorization) -> None:
        """Raise SandboxUnavailableError where no program can be run now, or none with this policy."""
        if self._closed:
            raise SandboxUnavailableError("the sandbox was closed")
        self._backend.prepare()
        self._refuse_what_is_lacking(authorization)

    def _profile(self, authorization: Authorization, session: Session) -> Profile:
        """Return the profile of a program's cells; its image is made first where there is none."""
        marks = self._host_folders.check(authorization.confines.host_folders)
        image = self._backend.image(authorization)
        profile = Profile.of(authorization, image, session=session, preload=preloads(authorization))
        return replace(profile, folder_marks=marks)

    def _session(self, authorization: Authorization, conversation: str | None) -> Session:
        """Return what a run keeps; raises SandboxUnavailableError for more than can be kept."""
        session = authorization.confines.session
        if conversation is None or session is Session.NONE:
            return Session.NONE
        if "session" in self._backend.lacks():
            raise SandboxUnavailableError(
                f"the {self.name} sandbox keeps no cell for a session",
                help="; or ".join(filter(None, (self._backend.remedy("session"), _SESSION_HELP))),
            )
        return session

    def _hopeless(self, limits: Limits, inputs: Sequence[InputFile]) -> ExecutionResult | None:
        """Return the result of a run that its limits rule out before it begins."""
        workspace = places.shares(limits.disk_bytes).workspace
        if limits.memory_bytes is not None and limits.memory_bytes < places.MEMORY_FLOOR:
            stop, code, detail = outcome.no_room(limits)
        elif workspace is not None and sum(len(file.data) for file in inputs) > workspace:
            stop, code, detail = outcome.no_room_for_inputs(limits)
        else:
            return None
        return ExecutionResult(stop, code, "", "", Usage(0.0), detail, backend=self.name)

    def _qualified(self, result: ExecutionResult, limits: Limits) -> ExecutionResult:
        """Return a result that says which limits were kept in another way than they are meant."""
        told = {
            CONSTRAINTS[field]: words
            for field, words in self._backend.instead().items()
            if getattr(limits, field) is not None
        }
        return replace(result, in_force={**result.in_force, **told}) if told else result

    def _refuse_what_is_lacking(self, authorization: Authorization) -> None:
        """Raise SandboxUnavailableError for what the policy says and the backend can't keep.

        A default that it keeps in another way is let pass; the result tells which.
        """
        limits, lacks, instead = authorization.limits, self._backend.lacks(), self._backend.instead()
        if authorization.confines.network and "network" in lacks:
            raise SandboxUnavailableError(
                "the policy grants hosts, and this sandbox can't be given the gate's socket to reach them by",
                help="use an engine on this machine, or a policy without allowed_hosts",
            )
        lacking = {
            constraint: self._backend.remedy(field) or _GROUPS_HELP
            for field, constraint in CONSTRAINTS.items()
            if field in lacks
            and getattr(limits, field) is not None
            and (field not in instead or limits.states(field))
        }
        if lacking:
            raise SandboxUnavailableError(
                f"this sandbox can't keep a limit of the policy: {', '.join(sorted(lacking))}",
                help="; or ".join(dict.fromkeys(lacking.values())),
            )


def _described(
    result: ExecutionResult, authorization: Authorization, facts: Facts, layer: Layer
) -> ExecutionResult:
    """Return the result with what the program found installed, and how to get what it missed."""
    notes = [result.detail] if result.detail else []
    if not result.succeeded:
        notes += [f"`{name}` was not installed: {why}" for name, why in layer.told().items()]
        missed = advice(result.stderr, authorization, facts)
        notes += [missed] if missed else []
        refused = explanation(result.stderr, authorization.confines)
        notes += [refused] if refused else []
    return replace(
        result,
        detail="; ".join(notes),
        image_contents=_encoded(facts.contents) if facts.contents else "",
        packages=layer.lines(),
    )

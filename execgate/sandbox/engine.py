"""The Docker engine: how it is reached, and what its errors mean to people.

`DOCKER_HOST` (with its TLS variables) decides; without it the system's socket, then those of a rootless
engine and of Docker Desktop.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from execgate.errors import SandboxUnavailableError
from execgate.sandbox import machine

if TYPE_CHECKING:
    from docker import APIClient

TIMEOUT_S = 15
"""How long one answer of the engine may take."""

_OLDEST_API = "1.24"

START_HELP = "start it (`scripts/engine.sh`, or `sudo systemctl start docker`), or point DOCKER_HOST at one"
SILENT_HELP = "look at its log, or restart it"
GROUP_HELP = (
    "add yourself to its group (`sudo usermod -aG docker $USER`, then log in again), or run with sudo"
)

_T = TypeVar("_T")


def endpoint() -> str:
    """Return where the engine is looked for, as a URL."""
    named = os.environ.get("DOCKER_HOST")
    if named:
        return named
    system = Path("/var/run/docker.sock")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    own = [Path(runtime) / "docker.sock"] if runtime else []
    own.append(Path.home() / ".docker/run/docker.sock")
    found = next((path for path in (system, *own) if path.exists()), system)
    return f"unix://{found}"


def is_local() -> bool:
    """Return whether the engine is reached over a socket of this machine, whose files it sees."""
    return endpoint().partition("://")[0] == "unix"


def connect(timeout_s: int = TIMEOUT_S) -> APIClient:
    """Return a client of an engine that answered; raises SandboxUnavailableError with the fix as help."""
    from docker import APIClient
    from docker.utils import kwargs_from_env

    with translated("can't reach the Docker engine"):
        settings: dict[str, Any] = dict(kwargs_from_env())
        settings["base_url"] = settings.get("base_url") or endpoint()
        _knock(str(settings["base_url"]), timeout_s)
        # Asked with a client of its own, which is closed whatever comes of it.
        with closing(APIClient(version=_OLDEST_API, timeout=timeout_s, **settings)) as asking:
            version = asking.version(api_version=False)["ApiVersion"]
        return APIClient(version=version, timeout=timeout_s, **settings)


def _knock(url: str, timeout_s: int) -> None:
    """Raise OSError where nobody listens at a local socket (the SDK would leave its own open)."""
    scheme, _, path = url.partition("://")
    if scheme == "unix":
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.settimeout(timeout_s)
            knocking.connect(path)


def _faults() -> tuple[type[Exception], ...]:
    """Return what an engine's library raises, and what comes of an answer that is none of an engine's."""
    from docker.errors import DockerException
    from requests.exceptions import RequestException

    return (DockerException, RequestException, OSError, ValueError, LookupError, TypeError, AttributeError)


def is_absent(error: SandboxUnavailableError) -> bool:
    """Return whether no engine was reached because this machine has none, and none is named."""
    return isinstance(error.__cause__, FileNotFoundError) and not os.environ.get("DOCKER_HOST")


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn whatever the engine's library raises while `doing` into SandboxUnavailableError."""
    try:
        yield
    except _faults() as error:
        message, help_ = explain(error)
        raise SandboxUnavailableError(f"{doing}: {message}", help=help_) from error


class Attempts:
    """Calls of one engine, which is asked no more when it has once kept silent: each wait is a long one."""

    def __init__(self) -> None:
        self._silence: str | None = None

    def __call__(self, call: Callable[[], _T]) -> tuple[_T | None, str | None]:
        """Return what `call` gives, or why the engine did not do it, as one line."""
        if self._silence is not None:
            return None, self._silence
        try:
            return call(), None
        except SandboxUnavailableError as error:
            return None, error.message
        except _faults() as error:
            fault = explain(error)[0]
            if _is_silence(error):
                self._silence = fault
            return None, fault


def attempt(call: Callable[[], _T]) -> tuple[_T | None, str | None]:
    """Return what `call` gives, or why the engine did not do it, as one line."""
    return Attempts()(call)


def remove_container(client: APIClient, name: str) -> None:
    """Remove a container with all that runs in it and its volumes; raises what the engine's library does."""
    client.remove_container(name, force=True, v=True)


def is_missing(error: BaseException) -> bool:
    """Return whether the engine says that it has no such image or container."""
    from docker.errors import NotFound

    return isinstance(error, NotFound)


def explain(error: BaseException) -> tuple[str, str | None]:
    """Return what went wrong in one line, and the fix where there is one to name."""
    from docker.errors import APIError

    where = endpoint()
    cause = _system_error(error)
    if isinstance(error, APIError):
        text = _line(str(error.explanation or error))
        if "no space left on device" in text:
            return f"the engine's disk is full ({text})", "free some with `docker system prune`"
        return f"the engine answered: {text}", None
    if _is_silence(error):
        return f"the engine at {where} did not answer in time", SILENT_HELP
    if cause is not None and machine.fix_for(cause) is not None:
        return f"the engine at {where} can't be asked: {cause.strerror}", machine.fix_for(cause)
    if isinstance(cause, PermissionError):
        return f"no permission to use {where}", GROUP_HELP
    if isinstance(cause, FileNotFoundError):
        return f"there is no engine at {where}", START_HELP
    if isinstance(cause, ConnectionError):
        return f"no engine answers at {where}", START_HELP
    if _is_nonsense(error):
        text = _line(str(error)) or type(error).__name__
        return f"the engine at {where} gave no answer that can be read ({text})", SILENT_HELP
    return _line(str(error)) or type(error).__name__, START_HELP


def _system_error(error: BaseException) -> OSError | None:
    """Return the error of the operating system that libraries wrapped."""
    wrapped = (one for one in _wrapped(error) if isinstance(one, OSError) and one.errno in errno.errorcode)
    return next(wrapped, None)


def _is_silence(error: BaseException) -> bool:
    """Return whether an answer did not come in time."""
    from requests.exceptions import Timeout

    return any(isinstance(one, (Timeout, TimeoutError)) for one in _wrapped(error))


def _is_nonsense(error: BaseException) -> bool:
    """Return whether an answer was cut off, is none of an engine's, or lacks what such an answer has."""
    from http.client import HTTPException

    from requests.exceptions import ChunkedEncodingError, InvalidJSONError
    from urllib3.exceptions import HTTPError

    kinds = (HTTPException, HTTPError, ChunkedEncodingError, InvalidJSONError)
    return isinstance(error, (LookupError, TypeError, AttributeError)) or any(
        isinstance(one, kinds) for one in _wrapped(error)
    )


def _wrapped(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that libraries wrapped in it, the innermost first."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or not isinstance(one, BaseException):
            continue
        seen.add(id(one))
        yield one
        # Not what it was raised in the course of: that may be the trouble of whoever called.
        waiting += [one.__cause__, *one.args, getattr(one, "reason", None)]


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else line[:300] + "…"

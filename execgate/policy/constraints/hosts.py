"""`allowed_hosts` and `disallowed_hosts`: which hosts are reached, listened on and looked up."""

from __future__ import annotations

from typing import cast

from execgate.model.operation import NetworkCall
from execgate.model.values import Template
from execgate.policy.constraints._family import Family, Given, Judge, twins
from execgate.policy.matching import hosts
from execgate.policy.matching.hosts import ANY_PORT, DEFAULT_PORTS, WEB_PORTS, Host, HostShape
from execgate.policy.matching.pairs import Finding, Shape, Subject, UnresolvableError, known
from execgate.policy.problems import clipped

_EVERY_INTERFACE = "0.0.0.0"  # noqa: S104 - a name for what listens everywhere, nothing is bound
_CONSTANT_HOST = "make the address a constant; what follows behind the host's `/` may vary"


def _compile(given: Given) -> Judge:
    pair = given.pair("hosts", hosts.entry)

    def judge(operation: NetworkCall) -> Finding:
        try:
            call = Call(operation)
        except UnresolvableError as error:
            act = "listen on" if operation.method == "listen" else "reach"
            return pair.puzzle(f"{act} a host that could not be worked out", str(error), _CONSTANT_HOST)
        pattern = call.host.pattern
        return pair.judge(Subject(pattern, pattern, call.describe, call.admitted_by, call.caught_by))

    return judge


class Call:
    """A network call with what is known of its host, scheme and port."""

    __slots__ = ("effective", "host", "listens", "lookup", "scheme", "usual")

    def __init__(self, operation: NetworkCall) -> None:
        destination = operation.destination
        if not destination and operation.method == "listen":
            destination = _EVERY_INTERFACE
        if destination is None:
            raise UnresolvableError("the call names no host")
        judged = known(destination, "host")
        self.host: Host = hosts.template(judged) if isinstance(judged, Template) else hosts.parse(judged)
        method = operation.method
        self.lookup = method == "resolve"
        self.listens = method == "listen"
        scheme, port = operation.scheme, operation.port
        if scheme is not None and not isinstance(scheme, str):
            raise UnresolvableError(f"the scheme: {getattr(scheme, 'why', str(scheme))}")
        if port is not None and not isinstance(port, int):
            raise UnresolvableError(f"the port: {port.why}")
        self.scheme = scheme.lower() if scheme else None
        default = DEFAULT_PORTS.get(self.scheme) if self.scheme else None
        self.effective: int | None = default if port is None else port
        """The port that is reached, None where it can't be said."""
        self.usual = port in WEB_PORTS if self.scheme is None else port is None or port == default
        """Whether the port is the scheme's own, or a web port where no scheme is known."""

    def describe(self) -> tuple[str, str | None]:
        """Return what the call does, and the narrowest entry that covers it."""
        host, port = self.host.text, self.effective
        if self.lookup:
            return f"look up `{clipped(host)}`", host
        place = clipped(host if port is None else f"{host}:{port}")
        act = f"listen on `{place}`" if self.listens else f"reach `{place}`"
        if self.usual:
            return act, host
        if port is None:
            # What has no scheme's port, as a ping, or tries many, as a scan: whoever wants that says so.
            return act, f"{host}:{ANY_PORT}"
        return act, f"{host}:{port}" if 0 < port < 65536 else None

    def admitted_by(self, shape: Shape) -> bool:
        """Return whether an allow entry whose pattern covers the host covers the call."""
        entry = cast("HostShape", shape)
        if self.host.guarded and not entry.names(self.host):
            return False
        if self.lookup:
            return True
        if entry.scheme not in {None, self.scheme}:
            return False
        if entry.port is None:
            return self.usual
        return entry.port in {ANY_PORT, self.effective}

    def caught_by(self, shape: Shape) -> bool:
        """Return whether a disallow entry whose pattern meets the host may meet the call."""
        entry = cast("HostShape", shape)
        if self.lookup:
            return entry.scheme is None and entry.port in {None, ANY_PORT}
        if entry.scheme is not None and self.scheme not in {None, entry.scheme}:
            return False
        return entry.port in {None, ANY_PORT} or self.effective in {None, entry.port}


FAMILIES = (Family(NetworkCall, twins("hosts", hosts.entry), _compile),)

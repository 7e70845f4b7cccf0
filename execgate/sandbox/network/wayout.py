"""What a guest has to be told so that programs that know of no proxy find their way to the gate."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from execgate.model.operation import NetworkCall
from execgate.model.verdict import Authorization
from execgate.sandbox.network.judge import Judge
from execgate.sandbox.network.targets import Target
from execgate.sandbox.protocol import Permits

_LOOPBACK = (Target("127.0.0.1", 0, ipaddress.IPv4Address("127.0.0.1")), Target("localhost", 0))
_MOST = 50


@dataclass(frozen=True, slots=True)
class WayOut:
    """The `ports` that are granted, None for every one, and what of the gate's own machine is.

    `loopback` are names and ports of the gate's machine.  With `own_loopback` loopback is the sandbox's own,
    since the program listens there itself.
    """

    ports: tuple[int, ...] | None
    loopback: tuple[tuple[str, int], ...]
    own_loopback: bool

    @classmethod
    def of(cls, authorization: Authorization, permits: Permits | None) -> WayOut:
        """Return the way out of an authorized program."""
        program, ports = authorization.verdict.program, authorization.confines.ports
        operations = () if program is None else program.operations
        own = any(isinstance(one, NetworkCall) and one.method == "listen" for one in operations)
        loopback: list[tuple[str, int]] = []
        judge = Judge(permits)
        for port in () if own or ports is None else ports[:_MOST]:
            granted = [one.host for one in _LOOPBACK if judge.modes(Target(one.host, port, one.address))]
            loopback += [(host, port) for host in granted[:1]]
        return cls(ports, tuple(loopback), own)

    def to_json(self) -> dict[str, Any]:
        """Return it as the guest is told."""
        return {
            "ports": None if self.ports is None else list(self.ports),
            "loopback": [list(one) for one in self.loopback],
            "own_loopback": self.own_loopback,
        }

"""The way out of a sandbox: what the gate's proxy adds to a connection, by tunnel and by request."""

from __future__ import annotations

import multiprocessing
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measure import Row, interleaved
from execgate import Gate
from execgate.model.context import Context
from execgate.model.operation import NetworkCall, Operation
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.policy import PolicySet
from execgate.sandbox.network import SOCKET, Doors

ROUNDS = 400
NAME = "api.example.com"
INSIDE = 100
"""How many connections a program makes: below what a run may open in a second, so that none has to wait."""
PROGRAM = """
import socket, time

times = []
for _ in range({rounds}):
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", {port})) as client:
        client.sendall({request!r})
        while client.recv(4096):
            pass
    times.append(time.perf_counter() - began)
print(sorted(times)[{rounds} // 2])
"""
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def measure() -> list[Row]:
    """Return what a connection costs through a door, against one that is made directly.

    The server is a process of its own on loopback; the name is looked up in memory, and the policy is a real
    one.  Programs in containers that know of no proxy pass the shim of their guest, too.
    """
    with _server() as port, tempfile.TemporaryDirectory() as folder:
        doors = Doors(_resolve)
        try:
            door = doors.open(Path(folder) / "door")
            door.admit(_permission(port))
            path = str(door.folder / SOCKET)
            request = (
                f"GET http://{NAME}:{port}/ HTTP/1.1\r\nHost: {NAME}:{port}\r\nConnection: close\r\n\r\n"
            )
            tunnel = f"CONNECT {NAME}:{port} HTTP/1.1\r\nHost: {NAME}:{port}\r\n\r\n"
            plain = f"GET / HTTP/1.1\r\nHost: {NAME}:{port}\r\nConnection: close\r\n\r\n".encode()
            ways: tuple[Callable[[], object], ...] = (
                lambda: _ask(socket.AF_INET, ("127.0.0.1", port), b"", plain),
                lambda: _ask(socket.AF_UNIX, path, tunnel.encode(), plain),
                lambda: _ask(socket.AF_UNIX, path, b"", request.encode()),
            )
            interleaved(20, *ways)
            direct, tunnelled, requested = interleaved(ROUNDS, *ways)
        finally:
            doors.close()
        inside = _inside(port, Path(folder))
    return [
        Row(
            "proxy",
            f"a connection {how}, added to a direct one",
            through - direct,
            "1 ms",
            0.001,
            rounds,
            target=1.0,
            note=f"direct {direct * 1000:.2f} ms",
        )
        for how, through, rounds in (
            ("through a tunnel", tunnelled, ROUNDS),
            ("through a request", requested, ROUNDS),
            ("out of a container", inside, INSIDE),
        )
    ]


def _inside(port: int, home: Path) -> float:
    """Return what a connection takes a program in a container, in seconds; the median of medians."""
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    policies = PolicySet.parse(
        f"""agent "bench" {{
            can "code_execution" with constraints {{
                allowed_imports: ["socket", "time"]
                allowed_hosts: ["127.0.0.1:{port}"]
            }}
        }}"""
    )
    medians = []
    with Gate(policies, home=home / "state") as gate:
        for _ in range(5):
            time.sleep(1.0)  # how many connections there may be is counted by the second
            execution = gate.execute(PROGRAM.format(rounds=INSIDE, port=port, request=request), agent="bench")
            if execution.result is None or not execution.result.succeeded:
                raise RuntimeError(f"the program did not run: {execution}")
            medians.append(float(execution.result.stdout))
    return statistics.median(medians)


def _ask(family: int, address: Any, tunnel: bytes, request: bytes) -> None:
    with socket.socket(family) as client:
        client.connect(address)
        if tunnel:
            client.sendall(tunnel)
            if b" 200 " not in client.recv(4096):
                raise RuntimeError("the tunnel was refused")
        client.sendall(request)
        found = b""
        while piece := client.recv(4096):
            found += piece
        if not found.endswith(b"ok"):
            raise RuntimeError(f"no answer: {found[:200]!r}")


async def _resolve(_: str) -> list[str]:
    return ["127.0.0.1"]


def _permission(port: int) -> Callable[[Operation], bool]:
    hosts = f'["{NAME}:{port}", "127.0.0.1:{port}"]'
    text = f'agent "bench" {{ can "code_execution" with constraints {{ allowed_hosts: {hosts} }} }}'
    policies, source = PolicySet.parse(text), Source("pass")

    def permits(operation: Operation) -> bool:
        return (
            isinstance(operation, NetworkCall)
            and policies.judge(Program(source, operations=(operation,)), "bench", Context()).allowed
        )

    return permits


@contextmanager
def _server() -> Iterator[int]:
    """Answer every connection in a process of its own."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(listener,), daemon=True)
    process.start()
    try:
        yield listener.getsockname()[1]
    finally:
        process.kill()
        process.join()
        listener.close()


def _serve(listener: socket.socket) -> None:
    while True:
        client, _ = listener.accept()
        with client:
            if client.recv(4096):
                client.sendall(ANSWER)

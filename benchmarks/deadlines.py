"""How long after its limit a program still runs, whatever it does about being stopped."""

from __future__ import annotations

from benchmarks.measure import Row, SkippedError
from execgate.errors import SandboxError
from execgate.model.confines import OPEN
from execgate.model.execution import Stop
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict
from execgate.sandbox import DockerSandbox

ROUNDS = 3
LIMIT_S = 1.0
WITHIN_S = 0.5
"""How late a program may be stopped, in seconds."""

PROGRAMS = {
    "a loop": "while True: pass",
    "C that never returns": "sum(range(10**14))",
    "deaf to every signal": """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True: pass
""",
    "a fork bomb": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "a flood of output": "while True: print('x' * 200)",
    "a flood of files": "n = 0\nwhile True:\n    open(f'f{n % 1000}', 'w').close()\n    n += 1",
    "a flood of threads": """
import threading, time
while True:
    try: threading.Thread(target=time.sleep, args=(60,)).start()
    except RuntimeError: pass
""",
}


def measure() -> list[Row]:
    """Return how late each program was stopped at worst, against what is promised."""
    sandbox = DockerSandbox()
    try:
        return [_row(sandbox, name, text) for name, text in PROGRAMS.items()]
    except SandboxError as error:
        raise SkippedError(str(error)) from error
    finally:
        sandbox.close()


def _row(sandbox: DockerSandbox, name: str, text: str) -> Row:
    late = []
    for _ in range(ROUNDS):
        result = sandbox.run(_authorized(text))
        if result.stopped_by is not Stop.TIME:
            raise SkippedError(f"{name} ended with {result.stopped_by.value}: {result.detail}")
        late.append(result.usage.wall_s - LIMIT_S)
    worst = max(late)
    return Row("deadlines", f"{name}, stopped after its limit", worst, "0.5 s", WITHIN_S, ROUNDS, target=1.0)


def _authorized(text: str) -> Authorization:
    source = Source(text)
    limits = Limits(wall_s=LIMIT_S, output_bytes=None)
    verdict = Verdict(
        source,
        "bench",
        program=Program(source),
        limits=limits,
        confines=OPEN,
        policy_digest="sha256:" + "0" * 64,
    )
    return Authorization.of(verdict)

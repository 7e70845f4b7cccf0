"""One authorized run, container and all, against `docker run` of the same image and program."""

from __future__ import annotations

import shutil
import subprocess

from benchmarks.measure import Row, SkippedError, interleaved
from execgate.analysis import analyze
from execgate.errors import SandboxError
from execgate.model.source import Source
from execgate.model.verdict import Authorization
from execgate.policy import PolicySet
from execgate.sandbox import DockerSandbox
from execgate.sandbox.pool import NOTHING

ROUNDS = 11
PROGRAM = "print(sum(range(10)))\n"
POLICY = 'agent "bench" { can "code_execution" with constraints { allowed_imports: [] } }'


def measure() -> list[Row]:
    """Return the time of a run that prints one line, first and last byte of it included."""
    if shutil.which("docker") is None:
        raise SkippedError("there is no `docker` command to compare with")
    verdict = PolicySet.parse(POLICY).agent("bench").judge(analyze(Source(PROGRAM)))
    authorization = Authorization.of(verdict)
    sandbox = DockerSandbox(ahead=NOTHING)
    try:
        first = sandbox.run(authorization)
        if first.stdout != "45\n":
            raise SkippedError(f"the sandbox did not run the program: {first.detail or first.stderr}")

        def docker_run() -> None:
            command = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "python3", first.image]
            subprocess.run([*command, "-I", "-c", PROGRAM], check=True, capture_output=True)

        try:
            docker_run()
        except subprocess.CalledProcessError as error:
            raise SkippedError(f"`docker run` failed: {error.stderr.decode().strip()}") from error
        ours, bare = interleaved(ROUNDS, lambda: sandbox.run(authorization), docker_run)
    except SandboxError as error:
        raise SkippedError(str(error)) from error
    finally:
        sandbox.close()
    return [Row("sandbox", "one run, hardened and watched", ours, "docker run", bare, ROUNDS)]

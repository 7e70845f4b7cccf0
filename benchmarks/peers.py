"""Another project's container executor, opened once and asked again and again: one run per line of input.

    python benchmarks/peers.py NAME IMAGE

Runs in an environment that has the peers (`pip install "autogen-ext[docker]==0.7.5" autogen-agentchat
"pyautogen==0.2.35" "llm-sandbox[docker]" "smolagents[docker]" jupyter_kernel_gateway ipykernel`), so it
imports nothing of execgate.  Each gets its container before the clock runs, from the image of ours, and
keeps it: what is timed is what its users wait for with every block of code.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

CODE = "print(1)"


def autogen_ext(image: str, stack: ExitStack) -> Callable[[], str]:
    from autogen_core import CancellationToken
    from autogen_core.code_executor import CodeBlock
    from autogen_ext.code_executors.docker import DockerCommandLineCodeExecutor

    loop = asyncio.new_event_loop()
    executor = DockerCommandLineCodeExecutor(image=image, work_dir=_folder(stack))
    block = CodeBlock(code=CODE, language="python")

    async def start() -> None:
        # It would have the loop stop the container when it closes, which takes ten seconds.
        import asyncio_atexit

        asyncio_atexit.register = lambda *_, **__: None
        await executor.start()

    loop.run_until_complete(start())
    stack.callback(lambda: executor._container.remove(force=True))  # noqa: SLF001 - `stop` waits ten seconds
    return lambda: str(
        loop.run_until_complete(executor.execute_code_blocks([block], CancellationToken())).output
    )


def pyautogen(image: str, stack: ExitStack) -> Callable[[], str]:
    from autogen.coding import CodeBlock, DockerCommandLineCodeExecutor

    executor = DockerCommandLineCodeExecutor(image=image, work_dir=_folder(stack), stop_container=False)
    block = CodeBlock(code=CODE, language="python")
    stack.callback(lambda: executor._container.remove(force=True))  # noqa: SLF001 - as above
    return lambda: str(executor.execute_code_blocks([block]).output)


def llm_sandbox(image: str, stack: ExitStack) -> Callable[[], str]:
    from llm_sandbox import SandboxSession

    session: Any = SandboxSession(
        image=image,
        lang="python",
        skip_environment_setup=True,  # it would ask a registry for pip
        keep_template=True,
        runtime_configs={"entrypoint": "/bin/sh", "user": "root"},
    )
    session.open()
    stack.callback(lambda: session.container.remove(force=True))
    return lambda: str(session.run(CODE).stdout)


def smolagents(image: str, stack: ExitStack) -> Callable[[], str]:
    import ipykernel
    from smolagents.monitoring import AgentLogger, LogLevel
    from smolagents.remote_executors import DockerExecutor

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # The kernel comes from this environment, so that no registry is needed for an image that has it.
    mounted = {str(Path(ipykernel.__file__).parents[1]): {"bind": "/peers", "mode": "ro"}}
    for name in ("libstdc++.so.6", "libgcc_s.so.1"):
        for library in Path("/usr/lib").glob(f"*-linux-gnu/{name}"):
            mounted[str(library.resolve())] = {"bind": f"/peers-libraries/{name}", "mode": "ro"}
    executor = DockerExecutor(
        [],
        AgentLogger(level=LogLevel.OFF),
        image_name=image,
        build_new_image=False,
        port=port,
        container_run_kwargs={
            "user": "root",
            "volumes": mounted,
            "environment": {
                "PYTHONPATH": "/peers",
                "LD_LIBRARY_PATH": "/peers-libraries",
                "HOME": "/tmp",
                "PATH": "/usr/local/bin:/usr/bin:/bin",
            },
            "entrypoint": ["python3", "-m", "kernel_gateway"],
            "command": ["--KernelGatewayApp.ip=0.0.0.0", "--KernelGatewayApp.port=8888"],
        },
    )
    stack.callback(lambda: executor.container.remove(force=True))
    return lambda: str(executor.run_code_raise_errors(CODE).logs)


PEERS = {
    "autogen-ext": autogen_ext,
    "pyautogen": pyautogen,
    "llm-sandbox": llm_sandbox,
    "smolagents": smolagents,
}


def _folder(stack: ExitStack) -> str:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    Path(folder).chmod(0o755)  # the image's user is another one
    return folder


def main() -> None:
    """Say that it is open, then answer each line with how long a run took; end with the input."""
    name, image = sys.argv[1:]
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    answers, sys.stdout = sys.stdout, sys.stderr
    with ExitStack() as stack:
        run = PEERS[name](image, stack)
        if run() != "1\n":
            sys.exit(f"{name} did not run the program")
        print(json.dumps({"version": version(name)}), file=answers, flush=True)
        for _ in sys.stdin:
            started = time.perf_counter()
            run()
            print(json.dumps({"seconds": time.perf_counter() - started}), file=answers, flush=True)


if __name__ == "__main__":
    main()

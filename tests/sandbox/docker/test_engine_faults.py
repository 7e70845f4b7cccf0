"""An engine that is down, forbidden, silent, dying or without images: a clear answer, and no restart.

Engines are killed here, so these are private ones on a socket and a folder of their own (as root).
"""

import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from execgate.errors import SandboxUnavailableError
from execgate.model.execution import Stop
from execgate.sandbox import DockerSandbox, diagnose
from execgate.sandbox.choice import VARIABLE
from execgate.sandbox.engine import GROUP_HELP, START_HELP, connect
from execgate.sandbox.image import ensure_image
from execgate.sandbox.stock import NOTHING

pytestmark = [
    pytest.mark.engine,
    # The SDK leaves a socket to the garbage collector where an engine dies on it.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class PrivateEngine:
    """A Docker engine of our own that can be stopped, killed, frozen and started again."""

    def __init__(self, folder):
        self.folder = folder
        self.url = f"unix://{folder}/docker.sock"
        self.containerd = self._spawn(
            "containerd",
            f"--root={folder}/containerd",
            f"--state={folder}/state",
            f"--address={folder}/containerd.sock",
        )
        self._until(lambda: Path(folder, "containerd.sock").exists(), self.containerd)
        self.process = None

    def start(self):
        # In a network of its own: an engine without a bridge takes the one of the machine's engine away.
        self.process = self._spawn(
            "unshare",
            "--net",
            "dockerd",
            f"--host={self.url}",
            f"--containerd={self.folder}/containerd.sock",
            f"--data-root={self.folder}/data",
            f"--exec-root={self.folder}/exec",
            f"--pidfile={self.folder}/pid",
            "--iptables=false",
            "--bridge=none",
            "--shutdown-timeout=1",
        )
        self._until(self._answers, self.process)

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.thaw()
            self.end(signal.SIGTERM)
        self.containerd.terminate()
        self.containerd.wait()
        # A killed engine leaves its mounts, and a folder with mounts can't be removed.
        for mount in Path("/proc/self/mounts").read_text().splitlines():
            place = mount.split()[1]
            if place.startswith(f"{self.folder}/"):
                subprocess.run(["umount", "--lazy", place], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self):
        try:
            connect(2).close()
        except SandboxUnavailableError:
            return False
        return True

    def _spawn(self, *command):
        with Path(self.folder, f"{command[0]}.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def _until(self, ready, process):
        for _ in range(300):
            if process.poll() is not None:
                break
            if ready():
                return
            time.sleep(0.1)
        pytest.fail(f"the private engine did not start, see its log in {self.folder}")


@pytest.fixture(scope="module")
def packed_image(tmp_path_factory):
    path = tmp_path_factory.mktemp("image") / "image.tar"
    client = connect()
    image = ensure_image(client)
    with path.open("wb") as file:
        for piece in client.get_image(image.id):
            file.write(piece)
    client.close()
    return path


@pytest.fixture(scope="module")
def engine(tmp_path_factory, packed_image):
    # Sockets have short names.
    folder = tmp_path_factory.mktemp("e")
    engine = PrivateEngine(folder)
    before = os.environ.get("DOCKER_HOST")
    os.environ["DOCKER_HOST"] = engine.url
    try:
        engine.start()
        client = connect()
        with packed_image.open("rb") as file:
            client.load_image(file)
        client.close()
        yield engine
    finally:
        engine.close()
        if before is None:
            del os.environ["DOCKER_HOST"]
        else:
            os.environ["DOCKER_HOST"] = before


@pytest.fixture
def private(engine):
    sandbox = DockerSandbox(on_progress=lambda _: None, ahead=NOTHING)
    yield sandbox
    sandbox.close()
    if engine.process.poll() is not None:
        engine.start()


@pytest.fixture(autouse=True)
def collected():
    """Collect here what the SDK left open, where the mark above covers it."""
    yield
    gc.collect()


LOOP = "print('up', flush=True)\nwhile True: pass"


def once(action):
    """Return a listener that acts at the first output."""
    waiting = [action]
    return lambda *_: waiting and waiting.pop()()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_engine_that_dies_in_the_middle_is_a_result_and_the_next_run_works(
    engine, private, authorize, number
):
    result = private.run(authorize(LOOP), on_output=once(lambda: engine.end(number)))
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.ENGINE, None, "up\n")
    # An engine that is asked to end ends its containers, and may still say so.
    assert result.detail in {
        "the engine stopped answering",
        "the container was ended from outside, with status 137",
    }
    with pytest.raises(SandboxUnavailableError) as caught:
        private.run(authorize("print('never')"))
    assert caught.value.help == START_HELP
    engine.start()
    assert private.run(authorize("print('again')")).stdout == "again\n"
    client = connect()
    left = client.containers(all=True)
    client.close()
    assert left == []


def test_an_engine_that_freezes_in_the_middle_holds_nobody_up_for_ever(
    engine, private, authorize, monkeypatch
):
    private.run(authorize("pass"))
    monkeypatch.setattr(private._backend._engine.client, "timeout", 2)
    try:
        result = private.run(authorize(LOOP, wall_s=1.0), on_output=once(engine.freeze))
    finally:
        engine.thaw()
    assert result.stdout == "up\n"
    # Frozen, it can't say whether the program was stopped, and nobody claims that it was.
    assert result.stopped_by in {Stop.ENGINE, Stop.TIME}
    assert private.run(authorize("print('again')")).stdout == "again\n"


def test_a_container_that_somebody_removes_is_a_result(engine, private, authorize):
    def remove():
        client = connect()
        for container in client.containers():
            client.remove_container(container["Id"], force=True)
        client.close()

    result = private.run(authorize(LOOP), on_output=once(remove))
    assert (result.stopped_by, result.exit_code, result.stdout) == (Stop.ENGINE, None, "up\n")


def test_a_container_that_somebody_kills_is_a_result(engine, private, authorize):
    def kill():
        client = connect()
        for container in client.containers():
            client.kill(container["Id"])
        client.close()

    result = private.run(authorize(LOOP), on_output=once(kill))
    assert result.stopped_by is Stop.ENGINE
    assert result.detail == "the container was ended from outside, with status 137"


def test_an_image_that_is_gone_is_made_again(engine, private, authorize, packed_image, monkeypatch):
    assert private.run(authorize("print('first')")).stdout == "first\n"
    client = connect()
    for image in client.images():
        client.remove_image(image["Id"], force=True)
    client.close()
    monkeypatch.setenv("EXECGATE_IMAGE_TAR", str(packed_image))
    result = private.run(authorize("print('again')"))
    assert result.stdout == "again\n"


def test_an_engine_that_is_down_is_told_with_the_fix(authorize, monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(SandboxUnavailableError) as caught:
        DockerSandbox().run(authorize("print('never')"))
    assert (
        caught.value.message
        == f"can't reach the Docker engine: there is no engine at unix://{tmp_path}/none.sock"
    )
    assert caught.value.help == START_HELP


def test_a_socket_that_nobody_listens_at_is_told_with_the_fix(authorize, monkeypatch, tmp_path):
    path = tmp_path / "dead.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    with pytest.raises(SandboxUnavailableError) as caught:
        DockerSandbox().run(authorize("print('never')"))
    assert caught.value.message == f"can't reach the Docker engine: no engine answers at unix://{path}"
    assert caught.value.help == START_HELP


def test_a_socket_without_permission_is_told_with_the_fix(tmp_path):
    # As another user, in another process: root has every permission.
    path = tmp_path / "locked.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        path.chmod(0o600)
        for folder in (tmp_path, *tmp_path.parents):
            if str(folder).startswith("/tmp/"):
                folder.chmod(folder.stat().st_mode | 0o011)
        text = (
            "import os\n"
            "from execgate.sandbox.engine import connect\n"
            "from execgate.errors import SandboxUnavailableError\n"
            "import docker, docker.transport, docker.utils\n"
            "os.setuid(65534)\n"
            "try:\n    connect()\n"
            "except SandboxUnavailableError as error:\n    print(error.message)\n    print(error.help)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", text],
            env={**os.environ, "DOCKER_HOST": f"unix://{path}", "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout.splitlines() == [
        f"can't reach the Docker engine: no permission to use unix://{path}",
        GROUP_HELP,
    ], done.stderr


def test_an_engine_that_never_answers_is_given_up(monkeypatch, tmp_path):
    path = tmp_path / "silent.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        monkeypatch.setenv("EXECGATE_SANDBOX", "docker")  # where bubblewrap works, an engine is only told of
        with pytest.raises(SandboxUnavailableError, match="did not answer in time"):
            connect(1)
        checks = {check.name: check for check in diagnose()}
    assert checks["engine"].ok is False
    assert checks["engine"].needed_for == "running code"


def test_what_is_no_engine_is_told(monkeypatch, tmp_path):
    path = tmp_path / "other.sock"

    def answer(server):
        for _ in range(2):
            with server.accept()[0] as connection:
                if connection.recv(10_000):
                    connection.sendall(b"220 mail.example ESMTP\r\n")

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        thread = threading.Thread(target=answer, args=(server,))
        thread.start()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        with pytest.raises(SandboxUnavailableError):
            connect(2)
        thread.join()


@pytest.mark.parametrize(
    "url", ["tcp://127.0.0.1:1", "nonsense", "tcp://", "http://[", "ssh://nobody@127.0.0.1:1"]
)
def test_a_docker_host_that_leads_nowhere_is_told(authorize, monkeypatch, url):
    monkeypatch.setenv("DOCKER_HOST", url)
    with pytest.raises(SandboxUnavailableError) as caught:
        DockerSandbox().run(authorize("print('never')"))
    assert caught.value.message.isprintable()
    assert caught.value.help
    monkeypatch.setenv(VARIABLE, "docker")  # else bubblewrap may do instead, and the engine is only told of
    assert [check.ok for check in diagnose() if check.name == "engine"] == [False]

"""A package that a block installs is there for it and for those behind it, and what that ended is said."""

import base64
import hashlib
import zipfile

import pytest

from execgate import Gate
from execgate.model.conversation import Conversation

pytestmark = pytest.mark.engine

POLICY = """
agent "coder" {
  can "code_execution" with constraints {
    allowed_imports: ["subprocess", "sys", "good", "pip"]
    allowed_commands: ["python3", "pip"]
    allowed_packages: ["good"]
    session: "interpreter"
  }
}
"""
INSTALL = 'import subprocess, sys\nsubprocess.check_call([sys.executable, "-m", "pip", "install", "good"])\n'


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def test_a_package_comes_as_programs_ask_for_it_and_the_session_begins_anew(monkeypatch, tmp_path):
    info = "good-1.0.dist-info"
    files = {
        "good.py": b"",
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: good\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={digest(data)},{len(data)}\n" for name, data in files.items())
    with zipfile.ZipFile(tmp_path / "good-1.0-py3-none-any.whl", "w") as archive:
        for name, data in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n".encode()}.items():
            archive.writestr(name, data)
    monkeypatch.setenv("EXECGATE_WHEELS", str(tmp_path))
    (tmp_path / "a.policy").write_text(POLICY, encoding="utf-8")
    with Gate.load(tmp_path / "a.policy", home=tmp_path / "home") as gate:
        results = [
            gate.execute(text, agent="coder", conversation=Conversation(conversation_id="chat")).result
            for text in ("x = 1", f"{INSTALL}import good", "import good, pip\npip.main(['install', 'good'])")
        ]
        denied = gate.execute(INSTALL.replace("good", "evil"), agent="coder").verdict
    assert [result.exit_code for result in results] == [0, 0, 0], results
    assert "the session began anew: packages were installed" in results[1].detail
    assert [result.surprises for result in results] == [(), (), ()]
    assert "Successfully installed good-1.0" in results[1].stdout
    assert not denied.allowed

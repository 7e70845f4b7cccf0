"""Shell blocks in real conversations, through the real gate and the real sandbox."""

from __future__ import annotations

import pytest

from execgate import Gate
from execgate.autogen import GatedExecutor

POLICY = """
agent "exec" {
  can "code_execution" with constraints {
    allowed_imports: ["math"]
    allowed_commands: ["ls", "wc", "cat", "python", "pip"]
    allowed_packages: ["requests"]
    allowed_file_operations: ["read", "list", "write"]
  }
}
"""


@pytest.fixture
def told(cast, tmp_path, monkeypatch):
    """Return a function from a message to what the executing agent of a group answers it."""
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("EXECGATE_WHEELS", str(tmp_path / "wheels"))
    (tmp_path / "a.policy").write_text(POLICY, encoding="utf-8")
    with Gate.load(tmp_path / "a.policy", home=tmp_path / "home") as gate:

        def answer(message: str) -> str:
            assistant = cast.scripted("assistant", message)
            executor = cast.executing("exec", GatedExecutor(gate), config={"last_n_messages": "auto"})
            manager = cast.group("team", executor, assistant, executor, rounds=3)
            executor.initiate_chat(manager, message="go", silent=True)
            return str(manager.groupchat.messages[-1]["content"])

        yield answer


@pytest.mark.engine
@pytest.mark.autogen
@pytest.mark.filterwarnings("ignore")  # AutoGen's own
@pytest.mark.parametrize(
    ("label", "text", "shown"),
    [
        ("sh", "echo hi > f; ls | wc -l; cat f", ("exitcode: 0", "1\nhi")),
        ("bash", "x=(a b); [[ ${#x[@]} -eq 2 ]] && echo two", ("exitcode: 0", "two")),
        ("shell", "exit 3", ("exitcode: 3",)),
        ("sh", "pip install requests", ("exitcode: 1", "No matching distribution found for requests")),
        ("sh", "pip install evil", ("exitcode: 126", "may not install", "evil")),
        ("sh", "rm -rf /", ("exitcode: 126", "may not start", "rm")),
        ("javascript", "console.log(1)", ("exitcode: 126", "only Python and shell can be judged")),
    ],
)
def test_a_shell_block_of_a_group_is_judged_and_run_in_its_shell(cast, told, label, text, shown):
    answer = told(cast.code(text, label))
    assert all(part in answer for part in shown), answer


@pytest.mark.engine
@pytest.mark.autogen
@pytest.mark.filterwarnings("ignore")  # AutoGen's own
def test_a_file_that_a_block_stages_is_imported_and_run_by_those_behind_it(cast, told):
    helper = cast.code("# filename: helper.py\nimport math\ndef f(x):\n    return math.sqrt(x)")
    script = cast.code("# filename: script.py\nfrom helper import f\nprint(f(49.0))")
    answer = told(f"{helper}\n{script}\n{cast.code('python script.py', 'sh')}")
    assert "exitcode: 0" in answer
    assert answer.count("7.0") == 2


@pytest.mark.engine
@pytest.mark.autogen
@pytest.mark.filterwarnings("ignore")  # AutoGen's own
def test_what_was_written_over_a_staged_file_is_neither_run_nor_imported(cast, told):
    helper = cast.code("# filename: helper.py\nWHO = 'judged'")
    spoils = cast.code("open('helper.py', 'w').write('WHO = 1')\nopen('math.py', 'w').write('print(1 / 0)')")
    asks = cast.code("import helper, math\nprint(helper.WHO, math.pi)")
    answer = told(f"{helper}\n{spoils}\n{asks}")
    assert "judged 3.14" in answer
    denied = told(f"{helper}\n{cast.code('echo 1 > helper.py; python helper.py', 'sh')}")
    assert "exitcode: 126" in denied
    assert "may not execute" in denied

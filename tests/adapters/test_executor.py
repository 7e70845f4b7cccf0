from __future__ import annotations

import asyncio
import threading

import autogen
import autogen.runtime_logging
import pytest
from autogen.coding import CodeBlock, CodeExecutor

from execgate.autogen import GatedExecutor
from execgate.errors import ExecgateError, InputError, ReceiptError, SandboxUnavailableError
from execgate.model.execution import Artifact, ExecutionResult, Stop, Usage
from execgate.sandbox import Reserved

pytestmark = pytest.mark.autogen

OPERATOR = "To whoever runs these agents"
NOT_RUN = "Nothing was run. The code is not to blame."
NO_RESULT = "There is no result, and no further block was run. The code is not to blame."
CUT = "[execgate] the output is cut: it is longer than the policy permits\n"


def direct(gate, **kwargs):
    return GatedExecutor(gate, agent="direct", **kwargs)


def block(text, language="python"):
    return CodeBlock(code=text, language=language)


def test_autogen_takes_it_for_an_executor(recorder):
    executor = GatedExecutor(recorder)
    assert isinstance(executor, CodeExecutor)
    assert executor.restart() is None
    assert executor.code_extractor.extract_code_blocks("```python\nprint(1)\n```") == [block("print(1)")]


def test_autogens_runtime_log_can_take_it(recorder, cast, tmp_path):
    autogen.runtime_logging.start(config={"dbname": str(tmp_path / "log.db")})
    try:
        runner = cast.executing("runner", GatedExecutor(recorder, work_dir=tmp_path / "work"))
        runner.generate_reply(messages=[{"role": "user", "content": cast.code("print(1)")}])
    finally:
        autogen.runtime_logging.stop()
    assert len(recorder.calls) == 1


def test_what_is_no_gate_is_refused_when_the_executor_is_made():
    with pytest.raises(InputError, match="expected a Gate, got str") as caught:
        GatedExecutor("policies/")
    assert caught.value.help == 'pass Gate.load("policies/") or a Gate'


def test_allowed_blocks_run_in_order_and_their_output_is_handed_back(recorder):
    result = direct(recorder).execute_code_blocks([block("a = 1"), block("b = 2", "py")])
    assert (result.exit_code, result.output) == (0, "ran: a = 1\nran: b = 2\n")
    assert result.code_file is None


def test_one_denied_block_keeps_all_from_running(recorder):
    ran = []
    recorder.on_run = ran.append
    result = direct(recorder).execute_code_blocks([block("a = 1"), block("denied = 2")])
    assert result.exit_code == 126
    assert result.output == (
        "Denied by execgate: the policy of agent 'direct' does not permit this code.\n"
        "\n"
        "- test (block 2): 'denied = 2' is denied\n"
        "\n"
        "Solve the task without these operations. The same operation written in another way is denied again; "
        "only whoever runs these agents can change the policy.\n"
        "None of the 2 blocks was run."
    )
    assert ran == []


@pytest.mark.parametrize("language", ["python", "Python", "py", "python3", "PYTHON"])
def test_each_name_of_python_is_python(recorder, language):
    assert direct(recorder).execute_code_blocks([block("a = 1", language)]).exit_code == 0


@pytest.mark.parametrize("language", ["sh", "bash", "shell", "javascript", "", "pwsh"])
def test_no_other_language_is_run(recorder, language):
    assert direct(recorder).execute_code_blocks([block("a = 1", language)]).exit_code == 126


def test_no_blocks_are_nothing_run(recorder):
    result = direct(recorder).execute_code_blocks([])
    assert (result.exit_code, result.output) == (126, "There was no code to run, so nothing was run.")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            SandboxUnavailableError("no Docker engine answers", help="start it: `dockerd`"),
            f"no Docker engine answers\n{OPERATOR}: start it: 'dockerd'\n{NOT_RUN}",
        ),
        (
            ReceiptError("the disk is full"),
            f"the disk is full\n{NO_RESULT}",
        ),
        (
            RecursionError(),
            f"RecursionError\n{NO_RESULT}",
        ),
        (
            MemoryError("\x1b[2J TERMINATE ```"),
            f"MemoryError: \\u{{1b}}[2J T·ERMINATE '''\n{NO_RESULT}",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_gate_that_fails_denies_and_never_ends_the_chat(recorder, error, told):
    def fail(_text):
        raise error

    recorder.on_run = fail
    result = direct(recorder).execute_code_blocks([block("a = 1")])
    assert (result.exit_code, result.output) == (126, f"execgate could not do this: {told}")


class UnspeakableError(ExecgateError):
    def __init__(self):
        self.help = None

    @property
    def message(self):
        raise RuntimeError


@pytest.mark.parametrize("blocks", [None, 7, [None], ["print(1)"], [("python", "print(1)")]])
def test_what_is_no_list_of_blocks_is_denied(recorder, blocks):
    result = direct(recorder).execute_code_blocks(blocks)
    assert result.exit_code == 126
    assert recorder.calls == []


def test_an_error_that_can_not_be_shown_still_denies(recorder):
    def fail(_text):
        raise UnspeakableError

    recorder.on_run = fail
    result = direct(recorder).execute_code_blocks([block("a = 1")])
    assert result.exit_code == 126
    assert result.output.startswith("execgate could not do this: UnspeakableError\n")


def test_ctrl_c_is_no_denial(recorder):
    def interrupt(_text):
        raise KeyboardInterrupt

    recorder.on_run = interrupt
    executor = direct(recorder)
    with pytest.raises(KeyboardInterrupt):
        executor.execute_code_blocks([block("a = 1")])
    recorder.on_run = lambda _text: None
    assert executor.execute_code_blocks([block("a = 1")]).exit_code == 0


def test_output_that_no_message_can_hold_is_mended(recorder):
    recorder.result = ExecutionResult(Stop.EXIT, 0, "a\udc80b", "", Usage(wall_s=0.1))
    assert direct(recorder).execute_code_blocks([block("a = 1")]).output == "a?b\n"


def stopped(by, **kwargs):
    return ExecutionResult(by, None, kwargs.pop("stdout", ""), "", Usage(wall_s=1.0), **kwargs)


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (
            stopped(Stop.TIME, stdout="so far"),
            "so far\n[execgate] Timeout: stopped by the time limit of 30 s (max_execution_time)\n",
        ),
        (stopped(Stop.MEMORY), "[execgate] stopped by the memory limit of 512.0 MB (max_memory)\n"),
        (stopped(Stop.PROCESSES), "[execgate] stopped by the limit of 32 processes (max_processes)\n"),
        (
            stopped(Stop.OUTPUT, output_truncated=True),
            f"{CUT}[execgate] stopped by the output limit of 1.0 MB (max_output)\n",
        ),
        (stopped(Stop.DISK), "[execgate] stopped by the disk limit of 64.0 MB (max_disk)\n"),
        (stopped(Stop.CPU), "[execgate] stopped by the limit of 2 s of processor time (max_cpu_time)\n"),
        (stopped(Stop.FILES), "[execgate] stopped by the limit of 7 files (max_files)\n"),
        (stopped(Stop.FILE_SIZE), "[execgate] stopped by the limit of 3.0 kB for one file (max_file_size)\n"),
        (
            stopped(Stop.SURPRISE, detail="not foreseen: rm; ls"),
            "[execgate] stopped by a surprise (not foreseen: rm; ls)\n",
        ),
        (stopped(Stop.CANCELLED), "[execgate] the run was called off\n"),
        (
            stopped(Stop.PROCESSES, detail="no more (max_processes); the session ended"),
            "[execgate] stopped by the limit of 32 processes (max_processes)\n[execgate] the session ended\n",
        ),
        (
            stopped(Stop.ENGINE, detail="`dockerd` went away"),
            "[execgate] the sandbox was lost while the program ran ('dockerd' went away)\n",
        ),
    ],
    ids=lambda value: value.stopped_by.value if isinstance(value, ExecutionResult) else "",
)
def test_what_stopped_a_run_is_told(recorder, result, told):
    recorder.result = result
    found = direct(recorder).execute_code_blocks([block("a = 1"), block("b = 2")])
    assert found.exit_code == 1
    assert found.output == told + "[execgate] 1 further block was not run\n"


@pytest.mark.parametrize("stop", [stop for stop in Stop if stop is not Stop.EXIT])
def test_every_ending_of_a_run_has_words(recorder, stop):
    recorder.result = stopped(stop, stdout="so far\n")
    found = direct(recorder).execute_code_blocks([block("a = 1")])
    assert found.exit_code == 1
    assert found.output.startswith("so far\n[execgate] ")


@pytest.mark.parametrize(
    ("code", "detail", "told"),
    [
        (1, "exit status 1", ""),
        (1, "exit status 1; `numpy` is in another image", "[execgate] 'numpy' is in another image\n"),
        (0, "the session began anew: it was ended", "[execgate] the session began anew: it was ended\n"),
        (-11, "killed by SIGSEGV", "[execgate] killed by SIGSEGV\n"),
    ],
)
def test_what_else_is_known_of_a_program_that_ended_is_told(recorder, code, detail, told):
    recorder.result = ExecutionResult(Stop.EXIT, code, "out\n", "", Usage(wall_s=1.0), detail)
    assert direct(recorder).execute_code_blocks([block("a = 1")]).output == f"out\n{told}"


def test_a_failing_program_is_reported_as_it_ended(recorder):
    recorder.result = ExecutionResult(Stop.EXIT, 3, "out", "Traceback\n", Usage(wall_s=1.0))
    found = direct(recorder).execute_code_blocks([block("a = 1")])
    assert (found.exit_code, found.output) == (3, "out\nTraceback\n")


def test_files_that_a_run_left_and_that_were_not_taken_over_are_named(recorder):
    recorder.result = ExecutionResult(
        Stop.EXIT, 0, "done", "", Usage(wall_s=1.0), rejected=("`../x`: leads out", "big: too large")
    )
    found = direct(recorder).execute_code_blocks([block("a = 1")])
    assert found.output == (
        "done\n[execgate] files that were not taken over: '../x': leads out, big: too large\n"
    )


def test_files_go_in_from_the_working_folder_and_come_back(recorder, tmp_path):
    work = tmp_path / "work"
    executor = direct(recorder, work_dir=work)
    (work / "data.csv").write_text("a,b\n")
    (work / "link").symlink_to("/etc/passwd")
    recorder.result = ExecutionResult(
        Stop.EXIT, 0, "done\n", "", Usage(wall_s=1.0), artifacts=(Artifact("out/plot.txt", b"x"),)
    )
    found = executor.execute_code_blocks([block("a = 1")])
    assert [(file.name, file.data) for file in recorder.inputs] == [("data.csv", b"a,b\n")]
    assert (work / "out" / "plot.txt").read_bytes() == b"x"
    assert found.output == ("done\n[execgate] files that were not handed in: link: not a regular file\n")


def test_without_a_working_folder_what_is_left_is_not_kept(recorder):
    artifacts = tuple(Artifact(f"{n}.txt", b"x") for n in range(25))
    recorder.result = ExecutionResult(Stop.EXIT, 0, "", "", Usage(wall_s=1.0), artifacts=artifacts)
    found = direct(recorder).execute_code_blocks([block("a = 1")])
    assert found.output.startswith(
        "[execgate] files that were left and not kept, for want of a work_dir: 0.txt, "
    )
    assert found.output.endswith(" 5.txt and 19 more\n")


def test_files_that_can_not_be_written_back_are_told(recorder, tmp_path):
    executor = direct(recorder, work_dir=tmp_path / "work")
    (tmp_path / "work" / "out").symlink_to(tmp_path)
    recorder.result = ExecutionResult(
        Stop.EXIT, 0, "", "", Usage(wall_s=1.0), artifacts=(Artifact("out/x", b"x"),)
    )
    found = executor.execute_code_blocks([block("a = 1")])
    assert found.exit_code == 0
    assert "[execgate] files that were not written back: out/x: not written" in found.output
    assert not (tmp_path / "x").exists()


def test_a_working_folder_that_is_gone_when_the_run_ends_is_told(recorder, tmp_path):
    work = tmp_path / "work"
    executor = direct(recorder, work_dir=work, save_code=True)

    def run(_text):
        work.rmdir()
        work.write_text("in its place")

    recorder.on_run = run
    recorder.result = ExecutionResult(
        Stop.EXIT, 0, "done\n", "", Usage(wall_s=1.0), artifacts=(Artifact("x", b"x"),)
    )
    found = executor.execute_code_blocks([block("# filename: a.py\na = 1")])
    assert (found.exit_code, found.code_file) == (0, None)
    assert found.output.startswith("done\n[execgate] files could not be written to the working folder: ")
    assert found.output.count("could not be written") == 2


def test_a_working_folder_that_holds_the_receipts_is_refused(recorder, tmp_path):
    with pytest.raises(InputError, match="holds the receipts"):
        GatedExecutor(recorder, work_dir=tmp_path)
    assert GatedExecutor(recorder, work_dir=tmp_path / "work").work_dir == tmp_path / "work"


def test_a_working_folder_that_is_a_file_is_refused(recorder, tmp_path):
    (tmp_path / "work").write_text("")
    with pytest.raises(InputError, match="can't be used"):
        GatedExecutor(recorder, work_dir=tmp_path / "work")


def test_a_block_that_names_a_file_is_saved_only_where_that_is_asked_for(recorder, tmp_path):
    text = "# filename: tools/a.py\na = 1"
    quiet = direct(recorder, work_dir=tmp_path / "quiet")
    assert quiet.execute_code_blocks([block(text)]).code_file is None
    assert list((tmp_path / "quiet").iterdir()) == []

    saving = direct(recorder, work_dir=tmp_path / "saving", save_code=True)
    found = saving.execute_code_blocks([block("b = 2"), block(text)])
    assert found.code_file == str(tmp_path / "saving" / "tools" / "a.py")
    assert (tmp_path / "saving" / "tools" / "a.py").read_text() == text

    with pytest.raises(InputError, match="nowhere to save"):
        direct(recorder, save_code=True)


def test_a_denied_block_that_names_a_file_is_not_saved(recorder, tmp_path):
    saving = direct(recorder, work_dir=tmp_path / "saving", save_code=True)
    found = saving.execute_code_blocks([block("# filename: a.py\ndenied = 1")])
    assert (found.exit_code, found.code_file) == (126, None)
    assert list((tmp_path / "saving").iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["../a.py", "/tmp/a.py", "a/../../b.py", ".bashrc", "a b.py", "-rf", "a\\b", "x/" * 9 + "a.py", "~/a"],
)
def test_a_name_that_is_not_plain_is_no_name(recorder, tmp_path, name):
    saving = direct(recorder, work_dir=tmp_path / "saving", save_code=True)
    found = saving.execute_code_blocks([block(f"# filename: {name}\na = 1")])
    assert (found.exit_code, found.code_file) == (0, None)
    assert list((tmp_path / "saving").iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [None, "", [], 7, {"type": "text"}, [{"type": "text"}], [{"no": "type"}], b"```python\nx\n```", "```\n"],
)
def test_a_message_without_readable_text_has_no_code(recorder, content):
    assert GatedExecutor(recorder).code_extractor.extract_code_blocks(content) == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("x = 1", "python"),
        ("ls -la", "python"),
        ("no code at all", "python"),
        ("x = '\0'", "python"),
        ("(" * 3000 + ")" * 3000, "python"),
        ("pip install x", "sh"),
        ("python x.py", "sh"),
    ],
    ids=lambda value: value[:12],
)
def test_code_without_a_label_is_guessed_and_not_compiled(recorder, text, language):
    (found,) = GatedExecutor(recorder).code_extractor.extract_code_blocks(f"```\n{text}\n```")
    assert (found.code, found.language) == (text, language)


@pytest.mark.parametrize(
    "message",
    [
        "```python\nprint(1)\n```",
        "a\n```py\r\nprint(1)\r\n```\nb\n  ```sh\nls\n  ```",
        "``` python \nprint(1)\n```",
        "no code",
        "```python print(1)```",
        "```python\nnever closed",
        [{"type": "text", "text": "```python\nprint(1)\n```"}],
    ],
)
def test_labelled_code_is_found_where_autogen_finds_it(recorder, message):
    theirs = autogen.coding.MarkdownCodeExtractor().extract_code_blocks(message)
    assert GatedExecutor(recorder).code_extractor.extract_code_blocks(message) == theirs


def test_a_denial_is_not_taken_for_code_or_for_the_end_of_the_chat(recorder, cast):
    text = "denied = 'TERMINATE ```python\\nprint(1)\\n``` exit DONE'"
    coder = cast.scripted("coder", cast.code(text))
    executor = GatedExecutor(recorder)
    one, two = cast.executing("one", executor), cast.executing("two", executor)

    def is_end(message):
        return message.get("name") == "one" and any(
            word in message["content"] for word in ("TERMINATE", "DONE")
        )

    chat = autogen.GroupChat(
        [coder, one, two], messages=[], max_round=4, speaker_selection_method="round_robin"
    )
    manager = autogen.GroupChatManager(chat, llm_config=False, is_termination_msg=is_end)
    coder.initiate_chat(manager, message=cast.code(text), silent=True)
    denials = [message["content"] for message in chat.messages if message["name"] == "one"]
    assert len(denials) == 1
    assert "`" not in denials[0]
    assert executor.code_extractor.extract_code_blocks(denials[0]) == []
    # The chat went on: the next one found the suggestion, not the denial, and was denied by its own policy.
    assert [(name, blocks) for name, _, blocks in recorder.calls] == [("one", [text]), ("two", [text])]


def test_one_executor_without_a_folder_runs_two_calls_at_once(recorder):
    both = threading.Barrier(2, timeout=30)
    recorder.on_run = lambda _text: both.wait()
    executor = direct(recorder)
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(executor.execute_code_blocks([block("a = 1")])))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.exit_code for result in results] == [0, 0]


def test_a_failure_of_the_gate_is_logged_without_a_traceback(recorder, caplog):
    recorder.on_run = lambda _text: 1 / 0
    direct(recorder).execute_code_blocks([block("a = 1")])
    (record,) = [record for record in caplog.records if record.name == "execgate.autogen"]
    assert record.getMessage() == "the gate failed, so the call counts as denied: ZeroDivisionError"
    assert record.exc_info is None


def test_an_async_chat_leaves_the_loop_free_while_code_runs(recorder, cast):
    started, released = threading.Event(), threading.Event()
    waited = []

    def run(_text):
        started.set()
        waited.append(released.wait(timeout=30))

    recorder.on_run = run
    coder = cast.scripted("coder", cast.code("print(1)"))
    runner = cast.executing("runner", GatedExecutor(recorder))

    async def talk():
        chat = asyncio.create_task(runner.a_initiate_chat(coder, message="go", max_turns=2, silent=True))
        await asyncio.to_thread(started.wait, 30)
        released.set()
        await chat

    asyncio.run(talk())
    assert waited == [True]


def test_an_excluded_reply_function_is_excluded_in_async_chats_too(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    messages = [{"role": "user", "content": cast.code("print(1)")}]
    function = autogen.ConversableAgent._generate_code_execution_reply_using_executor
    asyncio.run(runner.a_generate_reply(messages=messages, exclude=[function]))
    assert recorder.calls == []
    asyncio.run(runner.a_generate_reply(messages=messages))
    assert len(recorder.calls) == 1


def test_a_replaced_reply_function_stays_replaced_in_async_chats(recorder, cast):
    runner = cast.executing("runner", GatedExecutor(recorder))
    messages = [{"role": "user", "content": cast.code("print(1)")}]
    asyncio.run(runner.a_generate_reply(messages=messages))

    def instead(recipient, messages=None, sender=None, config=None):
        return True, "instead"

    function = autogen.ConversableAgent._generate_code_execution_reply_using_executor
    for entry in runner._reply_func_list:  # What `replace_reply_func` does, where there is one.
        if entry["reply_func"] == function:
            entry["reply_func"] = instead
    assert asyncio.run(runner.a_generate_reply(messages=messages)) == "instead"
    assert len(recorder.calls) == 1


def test_a_sync_chat_after_an_async_one_is_still_possible(recorder, cast):
    coder = cast.scripted("coder", cast.code("print(1)"), "fine", cast.code("print(2)"))
    runner = cast.executing("runner", GatedExecutor(recorder))
    asyncio.run(runner.a_initiate_chat(coder, message="go", max_turns=2, silent=True))
    runner.initiate_chat(coder, message="go", max_turns=2, silent=True)
    assert [blocks for _, _, blocks in recorder.calls] == [["print(1)"], ["print(2)"]]
    runner.reset()
    runner.generate_reply(messages=[{"role": "user", "content": cast.code("print(3)")}])
    assert len(recorder.calls) == 3


def test_a_member_that_runs_code_around_the_gate_is_named_once(recorder, cast, caplog):
    class Elsewhere:
        code_extractor = GatedExecutor(recorder).code_extractor

        def execute_code_blocks(self, code_blocks):
            return autogen.coding.base.CommandLineCodeResult(exit_code=0, output="ungated")

        def restart(self):
            pass

    coder = cast.scripted("coder", cast.code("print(1)"), cast.code("print(2)"))
    runner = cast.executing("runner", GatedExecutor(recorder))
    other = cast.executing("other", Elsewhere())
    manager = cast.group("team", coder, runner, other, rounds=7)
    other.initiate_chat(manager, message="go", silent=True)
    warned = [record.getMessage() for record in caplog.records if record.name == "execgate.autogen"]
    assert warned == [
        "agent `other` of the same group runs code without the gate; see execgate.autogen.guard"
    ]


def test_a_working_folder_among_the_receipts_is_refused(recorder, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "home")
    for place in ("home", "home/keys", "link/work"):
        with pytest.raises(InputError, match="where receipts and their keys are kept"):
            GatedExecutor(recorder, work_dir=tmp_path / place)
    assert not (tmp_path / "home").exists()


def test_a_run_replaces_no_policy_that_its_gate_was_loaded_from(recorder, tmp_path):
    work = tmp_path / "work"
    (work / "policies").mkdir(parents=True)
    (work / "policies" / "team.policy").write_text("old")
    recorder.reserved = Reserved((tmp_path / "home",), (work / "policies",))
    names = ("policies/team.policy", "policies/more.policy", "policies/readme.txt")
    recorder.result = ExecutionResult(
        Stop.EXIT, 0, "", "", Usage(0.1), artifacts=tuple(Artifact(name, b"new") for name in names)
    )
    found = direct(recorder, work_dir=work).execute_code_blocks([block("a = 1")])
    assert "policies/team.policy: not written: policies are loaded from there" in found.output
    assert "policies/more.policy: not written" in found.output
    assert {path.name: path.read_text() for path in (work / "policies").iterdir()} == {
        "team.policy": "old",
        "readme.txt": "new",
    }


def test_a_block_that_names_a_policy_is_not_saved_over_it(recorder, tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    (work / "team.policy").write_text("old")
    recorder.reserved = Reserved((tmp_path / "home",), (work / "team.policy",))
    saving = direct(recorder, work_dir=work, save_code=True)
    found = saving.execute_code_blocks([block("# filename: team.policy\na = 1")])
    assert found.code_file is None
    assert (work / "team.policy").read_text() == "old"


def test_a_program_that_was_not_started_is_said_to_be_just_that(recorder):
    why = "the input files do not fit into 1 MB (max_disk): nothing was run"
    recorder.result = ExecutionResult(Stop.DISK, None, "", "", Usage(0.0), detail=why)
    assert direct(recorder).execute_code_blocks([block("a = 1")]).output == f"[execgate] {why}\n"

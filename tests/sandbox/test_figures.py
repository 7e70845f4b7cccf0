"""Figures of matplotlib come back as pictures, and nothing else does in their place.

A stand-in with the parts that matter is handed in as the program's own package.
"""

from __future__ import annotations

import textwrap
from dataclasses import replace

import pytest

from execgate.model.confines import Confines, Session
from execgate.model.execution import InputFile, Start
from execgate.model.limits import Limits
from execgate.model.program import Program
from execgate.model.source import Source
from execgate.model.verdict import Authorization, Verdict

pytestmark = pytest.mark.engine

WIDE = Confines(reads=None, writes=None, commands=True, native=True)
PNG = b"\x89PNG\r\n\x1a\n"
PACKAGE = {
    "matplotlib/__init__.py": "",
    "matplotlib/_pylab_helpers.py": """
class Gcf:
    figs = {}
    @classmethod
    def get_all_fig_managers(cls):
        return list(cls.figs.values())
    @classmethod
    def get_active(cls):
        return next(reversed(cls.figs.values())) if cls.figs else None
""",
    "matplotlib/pyplot.py": '''
import warnings
from matplotlib._pylab_helpers import Gcf
class Figure:
    def __init__(self):
        self.said = ""
    def savefig(self, target, format=None):
        if self.said == "bad":
            raise ValueError("no such font")
        if "odd" in self.said:
            warnings.warn("a glyph is missing")
        data = b"\\x89PNG\\r\\n\\x1a\\n" + self.said.encode()
        if hasattr(target, "write"):
            target.write(data)
        else:
            with open(target, "wb") as file:
                file.write(data)
class Manager:
    def __init__(self, num):
        self.num, self.canvas, self.canvas_figure = num, self, None
        self.figure = Figure()
def figure():
    num = max(Gcf.figs, default=0) + 1
    Gcf.figs[num] = Manager(num)
    return Gcf.figs[num].figure
def gcf():
    return Gcf.get_active().figure if Gcf.figs else figure()
def plot(text):
    gcf().said += text
def savefig(*args, **kwargs):
    gcf().savefig(*args, **kwargs)
def get_fignums():
    return list(Gcf.figs)
def isinteractive():
    return False
def close(which=None):
    Gcf.figs.clear()
def show(*, block=None):
    """Show all."""
    raise AssertionError("no window here")
''',
}


@pytest.fixture
def drawn(sandbox):
    """Run a text that may import the package; return the result, and what each picture shows by its name."""

    def run(text, *, inputs=(), confines=WIDE, conversation=None, **limits):
        source = Source(textwrap.dedent(text), "job.py")
        staged = tuple(Source(body, name) for name, body in PACKAGE.items())
        earlier = () if conversation is None else sandbox.held("tester", conversation).texts
        verdict = Verdict(
            source=source,
            agent="tester",
            program=Program(source, staged=staged, earlier=earlier),
            limits=Limits(**limits),
            confines=confines,
            policy_digest="sha256:" + "0" * 64,
        )
        files = [InputFile(name, body.encode()) for name, body in PACKAGE.items()]
        result = sandbox.run(Authorization.of(verdict), inputs=(*files, *inputs), conversation=conversation)
        return result, {one.name: one.data.removeprefix(PNG).decode() for one in result.artifacts}

    return run


def test_what_is_shown_and_what_is_left_open(drawn) -> None:
    result, pictures = drawn("""
        import matplotlib.pyplot as plt
        plt.plot("one")
        plt.show()
        plt.plot("two")
        plt.figure()
        plt.plot("three")
        plt.show()
        plt.plot("closed")
        plt.close()
        plt.figure()
        plt.plot("open")
    """)
    assert result.exit_code == 0, result.stderr
    assert pictures == {
        "figure-1.png": "one",
        "figure-2.png": "two",
        "figure-3.png": "three",
        "figure-4.png": "open",
    }
    assert {one.media_type for one in result.artifacts} == {"image/png"}


def test_what_is_shown_can_be_saved_behind_it_and_the_next_plot_begins_anew(drawn) -> None:
    result, pictures = drawn("""
        import matplotlib.pyplot as plt
        plt.plot("one")
        plt.show()
        plt.savefig("late.png")
        plt.plot("two")
        plt.savefig("second.png")
        plt.show(block=False)
        plt.plot(" more")
    """)
    assert result.exit_code == 0, result.stderr
    assert pictures == {
        "late.png": "one",
        "second.png": "two",
        "figure-1.png": "two more",
    }


def test_a_picture_that_the_program_saves_itself_comes_back_once(drawn) -> None:
    _, pictures = drawn(
        """
        import matplotlib.pyplot as plt
        plt.plot("saved")
        plt.savefig("chart.png")
        plt.show()
        plt.plot("shown")
        plt.show()
        plt.plot("before")
        """,
        inputs=[InputFile("old.png", PNG + b"before")],
    )
    assert pictures == {"chart.png": "saved", "figure-1.png": "shown", "figure-2.png": "before"}


def test_nobody_is_warned_of_how_a_picture_looks_that_was_not_asked_for(drawn) -> None:
    result, pictures = drawn("""
        import matplotlib.pyplot as plt
        plt.plot("odd glyph")
        plt.show()
    """)
    assert (result.stderr, pictures) == ("", {"figure-1.png": "odd glyph"})


@pytest.mark.parametrize(
    ("end", "code"), [("raise SystemExit(3)", 3), ("1 / 0", 1), ("import sys; sys.exit()", 0)]
)
def test_however_the_program_ends(drawn, end, code) -> None:
    result, pictures = drawn(f"import matplotlib.pyplot as plt\nplt.plot('x')\n{end}")
    assert result.exit_code == code
    assert pictures == {"figure-1.png": "x"}


def test_no_file_of_the_program_is_replaced(drawn) -> None:
    result, pictures = drawn(
        """
        import os, matplotlib.pyplot as plt
        open("figure-2.png", "w").write("mine")
        os.symlink("/etc/passwd", "figure-3.png")
        for text in "abc":
            plt.plot(text)
            plt.show()
        """,
        inputs=[InputFile("figure-1.png", b"from before")],
    )
    assert pictures == {"figure-2.png": "mine", "figure-4.png": "a", "figure-5.png": "b", "figure-6.png": "c"}
    assert result.rejected == ("figure-3.png: not a regular file",)


def test_who_may_write_nothing_has_pictures_too(drawn) -> None:
    result, pictures = drawn(
        """
        import matplotlib.pyplot as plt
        plt.plot("x")
        try:
            open("own.txt", "w")
        except OSError:
            print("refused")
        """,
        confines=Confines(),
        file_bytes=10,
    )
    assert (result.stdout, pictures) == ("refused\n", {"figure-1.png": "x"}), result.stderr


def test_who_looks_for_pyplot_first_or_loads_it_again(drawn) -> None:
    _, pictures = drawn("""
        import importlib, importlib.util
        assert importlib.util.find_spec("matplotlib.pyplot")
        import matplotlib.pyplot as plt
        plt.plot("one")
        plt.show()
        importlib.reload(plt)
        plt.plot("two")
        plt.show()
    """)
    assert pictures == {"figure-1.png": "one", "figure-2.png": "two"}


def test_one_that_can_t_be_drawn_costs_no_other(drawn) -> None:
    result, pictures = drawn("""
        import matplotlib.pyplot as plt
        plt.plot("bad")
        plt.figure()
        plt.plot("good")
    """)
    assert result.exit_code == 0
    assert result.stderr == "execgate: figure 1 could not be drawn: no such font\n"
    assert pictures == {"figure-1.png": "good"}


def test_a_forked_process_keeps_none(drawn) -> None:
    _, pictures = drawn("""
        import os, matplotlib.pyplot as plt
        plt.plot("x")
        pid = os.fork()
        plt.show()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
    """)
    assert pictures == {"figure-1.png": "x"}


def test_more_than_can_come_back(drawn) -> None:
    result, pictures = drawn("""
        import matplotlib.pyplot as plt
        for number in range(103):
            plt.figure()
            plt.plot(str(number))
    """)
    assert len(pictures) == 100
    assert result.stderr.count("does not come back: there are too many") == 3
    result, pictures = drawn(
        """
        import matplotlib.pyplot as plt
        open("a.bin", "wb").write(b"x" * 20_000_000)
        plt.plot("x" * 16_000_000)
        plt.figure()
        plt.plot("small")
        """,
        memory_bytes=900_000_000,
    )
    assert set(pictures) == {"a.bin", "figure-2.png"}
    assert result.rejected == (
        "figure-1.png: too large: the files that come back are at most 32,000,000 bytes together",
    )


@pytest.mark.parametrize(
    "forged",
    [
        "shared[start:start + 8] = b'\\xff' * 8",
        "shared[start:] = b'\\xff' * (len(shared) - start)",
        "shared[start:start + 16] = (1 << 40).to_bytes(8, 'little') + (0).to_bytes(8, 'little')",
        "shared[start:start + 28] = struct.pack('<QI16s', 20, 16, b'<script>' * 2)",
        "shared[start:start + 28] = struct.pack('<QI16s', 20, 1 << 31, b'\\x89PNG\\r\\n\\x1a\\n')",
        "shared[start:start + 12] = struct.pack('<QI', 4, 0)",
        "shared.close()",
    ],
)
def test_what_is_forged_comes_to_nothing(drawn, forged) -> None:
    result, pictures = drawn(f"""
        import mmap, struct, sys
        (finder,) = [each for each in sys.meta_path if "execgate" in type(each).__module__]
        shared, start = finder._shared, 0
        {forged}
        print("forged")
    """)
    assert (result.stdout, pictures, result.rejected) == ("forged\n", {}, ())


SESSION = replace(WIDE, session=Session.CLEAN)


def test_blocks_of_a_session_number_on(drawn) -> None:
    names = []
    for number in (1, 2, 3):
        text = "import matplotlib.pyplot as plt\n" if number == 1 else ""
        result, pictures = drawn(
            f"{text}plt.plot('{number}')\nif {number} < 3: plt.show()",
            confines=replace(WIDE, session=Session.INTERPRETER),
            conversation="numbers",
        )
        assert result.exit_code == 0, result.stderr
        names.append(pictures)
    assert names == [{f"figure-{number}.png": str(number)} for number in (1, 2, 3)]


def test_what_a_run_kept_is_nothing_that_the_next_can_see(drawn) -> None:
    peek = """
        import sys
        (finder,) = [each for each in sys.meta_path if "execgate" in type(each).__module__]
        print(finder._shared[:].count(0) == len(finder._shared))
        finder._shared[-3:] = b"abc"
        import matplotlib.pyplot as plt
        plt.plot("x")
    """
    for _ in range(2):
        result, pictures = drawn(peek, confines=SESSION, conversation="clean")
        assert (result.stdout, pictures) == ("True\n", {"figure-1.png": "x"}), result.stderr
    assert result.start is Start.SESSION


def test_a_program_that_forges_pyplot_is_on_its_own(drawn) -> None:
    result, pictures = drawn("""
        import sys, types
        fake = sys.modules["matplotlib.pyplot"] = types.ModuleType("pyplot")
        class Show:
            @property
            def keeper(self):
                raise SystemExit(9)
        fake.show = Show()
        print("forged")
    """)
    assert (result.stdout, pictures) == ("forged\n", {})

# policy: data_agent
"""A runner that finds its own tests by name."""

from pathlib import Path


class Checks:
    def __init__(self) -> None:
        self.failed: list[str] = []

    def test_sum(self) -> None:
        assert sum([1, 2]) == 3

    def test_file(self) -> None:
        assert Path("expected.txt").read_text(encoding="utf-8")

    def run(self) -> None:
        for name in dir(self):
            if name.startswith("test_"):
                try:
                    getattr(self, name)()
                except AssertionError:
                    self.failed.append(name)
        print([name for name in dir(self) if name.startswith("test_")], self.failed)


Checks().run()

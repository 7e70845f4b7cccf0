"""Counts and texts that grow with every call of code that a library calls: followed, and to an end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Does = Callable[[str], list[str]]

GROWING = {
    "a count": "self.held = 0|self.held += 1",
    "a count down": "self.held = 9|self.held -= 1",
    "a count of truths": "self.held = 0|self.held += tag == 'p'",
    "a text": "self.held = ''|self.held += 'x'",
    "a text of what comes": "self.held = ''|self.held = self.held + tag",
}


@pytest.mark.parametrize("how", GROWING)
def test_what_grows_with_every_call_back_is_no_gap(does: Does, how: str) -> None:
    first, then = GROWING[how].split("|")
    code = f"""
from html.parser import HTMLParser
class P(HTMLParser):
    def __init__(self):
        super().__init__()
        {first}
    def handle_starttag(self, tag, attrs):
        {then}
P().feed('<a></a>')
"""
    assert does(code) == []


def test_where_it_is_used_it_can_be_anything(does: Does) -> None:
    code = """
from html.parser import HTMLParser
class P(HTMLParser):
    path = 'a'
    def handle_starttag(self, tag, attrs):
        self.path += '/../..'
        open(self.path)
P().feed('<a></a>')
"""
    assert any("*" in line or "?" in line for line in does(code))

"""Templates against texts: what a search by `re` finds is found, and nothing takes long that a program can make."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.analysis import analyze
from execgate.model.source import Source
from execgate.model.values import Hole
from execgate.sandbox.watching import Observer
from execgate.sandbox.watching.matching import Wild, leads_through, matches

HOLES = {
    Hole.NUMBER: r"[0-9.+-]+",
    Hole.WORD: r"(?!\.{1,2}(?:/|\Z))[^/]+",
    Hole.ANY: r"(?s:.*)",
    Wild.NAME: r"[^/]*",
}
LETTERS = "a./1-\n"
PARTS = st.lists(
    st.one_of(st.sampled_from(tuple(HOLES)), st.text(LETTERS, min_size=1, max_size=3)), min_size=1, max_size=6
)


def pattern(parts):
    return "".join(re.escape(part) if isinstance(part, str) else HOLES[part] for part in parts)


@given(PARTS, st.text(LETTERS, max_size=10), st.booleans())
def test_a_template_matches_what_its_pattern_matches(parts, text, below):
    expected = re.fullmatch(pattern(parts) + ("(?:/(?s:.*))?" if below else ""), text)
    assert matches(parts, text, below=below) is (expected is not None)


@given(PARTS, st.text("a./1", max_size=8))
def test_the_way_to_what_a_template_stands_for_leads_through_what_lies_before_its_slashes(parts, text):
    pieces = [
        piece for part in parts for piece in (re.split("(/)", part) if isinstance(part, str) else [part])
    ]
    slashes = [index for index, piece in enumerate(pieces) if piece == "/"][1:]
    expected = any(re.fullmatch(pattern(pieces[:index]), text) for index in slashes)
    assert leads_through(parts, text) is expected


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (
            "open(f'/tmp/{a}a{b}a{c}a{d}a{e}a{f}x', 'w')",
            ["open", ["/tmp/" + "a" * 3000, None, 577], 3, [], 0],
        ),
        ("open(f'{a}a{b}a{c}a{d}a{e}a{f}x', 'w')", ["open", ["/" + "a" * 3000, None, 577], 3, [], 0]),
        ("os.environ[f'{a}a{b}a{c}a{d}a{e}a{f}x'] = a", ["os.putenv", ["a" * 3000], 3, [], 0]),
        (
            "glob.glob('/tmp/*a*a*a*a*a*a*a*x/*')",
            ["os.scandir", ["/tmp/" + "a" * 3000], 3, ["glob._iterdir"], 0],
        ),
        ("os.makedirs('/tmp/' + 'a/' * 5000 + a)", ["os.mkdir", ["/tmp" + "/a" * 1400 + "b"], 3, [], 0]),
        ("os.listdir('/tmp/' + '[' * 50000 + ']/b/')", ["os.scandir", ["/tmp/" + "[" * 3000], 3, [], 0]),
    ],
)
def test_no_template_of_a_program_holds_up_who_looks_at_what_it_touched(line, event):
    text = f"import glob, os, sys\na, b, c, d, e, f = sys.argv[1:7]\n{line}\n"
    observer = Observer(analyze(Source(text, "job.py")), "job.py")
    observer.receive(json.dumps(event).encode())
    observer.look()  # by an engine that goes back, some of these take years
    assert len(observer.surprises) == 1

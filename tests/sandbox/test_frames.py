"""Frames and transcripts: whatever a guest sends, the host believes little and never falls over."""

import contextlib
import importlib
import struct
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate import _resources
from execgate.model.execution import InputFile
from execgate.model.limits import Limits
from execgate.model.places import HOME, WORKSPACE
from execgate.sandbox import frames, network, places, transcript
from execgate.sandbox.docker.wire import EngineStream
from execgate.sandbox.files import CAPS, Caps
from execgate.sandbox.frames import Frame, Frames, GuestError, encode, encode_job
from execgate.sandbox.transcript import Ending, FailureError, Phase, Transcript, Want

BEGUN = encode(b"B")


def ended(code=0, *, want=0, kills=0, refused=0):
    return encode(b"P", struct.pack(">i?BIIQI", code, 0, want, kills, refused, 0, 0))


def listened(data, output_bytes=1000, caps=CAPS):
    transcript = Transcript(output_bytes, caps)
    for frame in Frames().feed(data):
        transcript.receive(frame)
    return transcript


def imported(name):
    """Import a module of the guest's: its folder is on no path here."""
    sys.path.insert(0, str(_resources.path("sandbox")))
    try:
        return importlib.import_module(f"execgate_guest.{name}")
    finally:
        del sys.path[0]


@pytest.fixture(scope="module")
def runner():
    return imported("runner")


def test_host_and_guest_agree(runner):
    stream = imported("stream")
    assert (stream.PROTOCOL, stream.CHUNK) == (frames.PROTOCOL, frames.CHUNK_BYTES)
    assert CAPS.depth == imported("files").DEPTH
    assert [want.name for want in Want] == ["NOTHING", "DISK", "PROCESSES", "MEMORY", "FILE_SIZE", "FILES"]
    assert [want.value for want in Want] == [getattr(runner, want.name) for want in Want]
    assert imported("supervisor").ENDING.format == transcript._ENDING.format
    assert len(Want) == imported("supervisor").WANTS


def test_host_and_guest_mean_the_same_places_users_and_variables():
    supervisor, identity, limits = imported("supervisor"), imported("identity"), imported("limits")
    door = f"{network.INSIDE}/{network.SOCKET}"
    assert supervisor.GATE == imported("shim").GATE == door
    assert imported("files").WORKSPACE == WORKSPACE
    assert set(limits.PLACES) == {WORKSPACE, HOME, "/tmp", "/dev/shm"}
    assert places.KEEPER == identity.SUPERVISOR
    assert not identity.FIRST <= places.USER <= identity.LAST
    assert set(places.environment(Limits())) == supervisor.KEPT_VARIABLES
    for file in (("execgate_guard.py",), ("pip", "__init__.py")):
        assert f'"{places.PACKAGES}"' in _resources.text("sandbox", *file)


@pytest.mark.parametrize(
    ("error", "want"),
    [
        (ValueError(), 0),
        (OSError(28, "full"), 1),
        (OSError(122, "quota"), 1),
        (OSError(27, "too big"), 4),
        (BlockingIOError(11, "again"), 2),
        (RuntimeError("can't start new thread"), 2),
        (RuntimeError("something else"), 0),
        (MemoryError(), 3),
        (OSError(2, "not there"), 0),
    ],
)
def test_the_guest_sees_what_a_program_ran_out_of(runner, error, want):
    assert runner.want_of(error) == want
    outer = KeyError("x")
    outer.__context__ = error
    assert runner.want_of(outer) == want


def test_a_chain_of_errors_without_an_end_is_given_up(runner):
    one, other = ValueError(), KeyError()
    one.__context__, other.__context__ = other, one
    assert runner.want_of(one) == 0


@given(st.lists(st.binary(max_size=50), max_size=20), st.lists(st.integers(1, 7), min_size=1))
def test_frames_survive_any_split(payloads, sizes):
    data = b"".join(encode(b"1", payload) for payload in payloads)
    reader, found, position = Frames(), [], 0
    while position < len(data):
        size = sizes[position % len(sizes)]
        found += reader.feed(data[position : position + size])
        position += size
    assert found == [Frame(b"1", payload) for payload in payloads]


@given(st.lists(st.tuples(st.sampled_from((1, 2)), st.binary(max_size=30)), max_size=10), st.integers(1, 9))
def test_the_engines_envelope_comes_off_however_it_is_split(pieces, size):
    data = b"".join(
        bytes((stream, 0, 0, 0)) + len(piece).to_bytes(4, "big") + piece for stream, piece in pieces
    )
    envelope, found = EngineStream(), {1: b"", 2: b""}
    for start in range(0, len(data), size):
        for stream, piece in envelope.feed(data[start : start + size]):
            found[stream] += piece
    assert found == {n: b"".join(piece for stream, piece in pieces if stream == n) for n in (1, 2)}


@given(st.binary(max_size=300))
def test_noise_is_refused_or_waited_for(data):
    with contextlib.suppress(GuestError, FailureError):
        listened(data)


KINDS = st.sampled_from([b"R", b"B", b"1", b"2", b"P", b"F", b"D", b"X", b"E", b"!"])


@given(st.lists(st.tuples(KINDS, st.binary(max_size=40)), max_size=30))
def test_well_formed_nonsense_is_refused_or_kept_within_the_caps(told):
    caps = Caps(count=3, total_bytes=50)
    transcript = Transcript(20, caps)
    try:
        for kind, payload in [(b"R", bytes((2, 3, 12, 1))), (b"B", b""), *told]:
            transcript.receive(Frame(kind, payload))
    except (GuestError, FailureError):
        pass
    assert len(transcript.stdout) + len(transcript.stderr) <= 20
    assert len(transcript.artifacts) <= 3
    assert sum(len(file.data) for file in transcript.artifacts) <= 50
    assert len(transcript.rejected) <= 8
    assert all(line.isprintable() for line in transcript.rejected)


def test_a_run_is_told_whole():
    data = (
        BEGUN
        + encode(b"1", b"out")
        + encode(b"2", b"err")
        + ended(3, kills=2)
        + encode(b"F", b"a/b.txt")
        + encode(b"D", b"one")
        + encode(b"D", b"two")
        + encode(b"F", b"empty")
        + encode(b"X", b"\x01link")
        + encode(b"E")
    )
    transcript = listened(data)
    assert transcript.phase is Phase.DONE
    assert (transcript.stdout, transcript.stderr) == (b"out", b"err")
    assert transcript.ending == Ending(
        3, stopped=False, want=Want.NOTHING, memory_kills=2, refused_processes=0
    )
    assert [(file.name, file.data) for file in transcript.artifacts] == [
        ("a/b.txt", b"onetwo"),
        ("empty", b""),
    ]
    assert transcript.rejected == ["link: not a regular file"]


@pytest.mark.parametrize(
    "data",
    [
        b"?" + bytes(4),
        b"1" + (65_537).to_bytes(4, "big"),
        b"1" + b"\xff" * 4,
        b"B" + (1).to_bytes(4, "big"),
        encode(b"1", b"early"),
        encode(b"R", bytes((1, 3, 12, 1))),
        encode(b"R", b""),
        ended(),
        BEGUN + encode(b"E"),
        BEGUN + encode(b"F", b"early"),
        BEGUN + encode(b"B"),
        BEGUN + encode(b"!", b"o"),
        BEGUN + encode(b"P", b"short"),
        BEGUN + ended(256),
        BEGUN + ended(-65),
        BEGUN + ended(want=6),
        BEGUN + ended() + encode(b"1", b"late"),
        BEGUN + ended() + ended(),
        BEGUN + ended() + encode(b"D", b"of nothing"),
        BEGUN + ended() + encode(b"X", b""),
        BEGUN + ended() + encode(b"X", b"\x63what"),
        BEGUN + ended() + encode(b"E") + encode(b"E"),
        BEGUN + ended() + encode(b"E") + encode(b"F", b"late"),
        BEGUN + ended() + encode(b"F", b"a") * 101,
        BEGUN + ended() + encode(b"X", b"\x01a") * 203,
        BEGUN + ended() + encode(b"F", b"a") + encode(b"D", bytes(60_000)) * 600,
        BEGUN + ended() + encode(b"F", b"../a") + encode(b"D", bytes(60_000)) * 600,
    ],
)
def test_what_no_guest_of_ours_says_is_refused(data):
    with pytest.raises(GuestError):
        listened(data)


def test_a_cap_is_checked_before_the_bytes_arrive():
    with pytest.raises(GuestError, match="at most 65,536"):
        list(Frames().feed(b"1\x7f\xff\xff\xff"))


@pytest.mark.parametrize(
    ("name", "noted"),
    [
        (b"../../etc/passwd", "../../etc/passwd: the name leads out of its folder"),
        (b"/etc/passwd", "/etc/passwd: the name is absolute"),
        (b"", ": the name has an empty part"),
        (b"a//b", "a//b: the name has an empty part"),
        (b"./a", "./a: the name has an empty part"),
        (b"a/..", "a/..: the name leads out of its folder"),
        (b"a\nb", r"a\nb: the name has control characters"),
        (b"a\x1b[2Jb", r"a\x1b[2Jb: the name has control characters"),
        ("a\u202eb".encode(), r"a\u202eb: the name has control characters"),
        (b"a\\b", r"a\\b: the name has a backslash"),
        (b"a\xffb", r"a\udcffb: the name is not UTF-8"),
        (b"a\0b", r"a\x00b: the name has control characters"),
        (b"x" * 256, "x" * 200 + "…: the name is too long"),
        (b"a/" * 20 + b"a", "a/" * 20 + "a: too deep below the working folder"),
        (b"good", "good: sent twice"),
    ],
)
def test_a_hostile_name_is_refused_and_shown_harmless(name, noted):
    files = encode(b"F", b"good") + encode(b"D", b"1") + encode(b"F", name) + encode(b"D", b"2")
    transcript = listened(BEGUN + ended() + files + encode(b"E"))
    assert [(file.name, file.data) for file in transcript.artifacts] == [("good", b"1")]
    assert transcript.rejected == [noted]


def test_files_of_a_guest_that_never_finished_are_none():
    data = BEGUN + ended() + encode(b"F", b"a") + encode(b"D", b"half")
    assert listened(data).artifacts == ()


def test_output_is_kept_up_to_the_byte():
    transcript = listened(BEGUN + encode(b"1", b"abc") + encode(b"2", b"defg") + encode(b"1", b"h"), 5)
    assert (bytes(transcript.stdout), bytes(transcript.stderr)) == (b"abc", b"de")
    assert transcript.overflowed


def test_a_guest_that_gives_up_says_why_in_one_line():
    with pytest.raises(FailureError, match=r"^no\\nroom$") as caught:
        listened(encode(b"!", b"dno\nroom"))
    assert caught.value.disk


def test_a_count_that_is_no_number_is_not_repeated():
    data = BEGUN + ended() + encode(b"X", b"\x0612") + encode(b"X", b"\x06\x1b[2J") + encode(b"E")
    assert listened(data).rejected == [
        "12 more were not taken: too many entries",
        "some more were not taken: too many entries",
    ]


def test_a_job_is_how_to_run_it_the_text_the_files_and_go():
    told = b"".join(
        encode_job(
            "ü",
            {"name": "job.py", "modules": {"helper.py": "abc"}},
            [InputFile("a", b"x" * 70_000), InputFile("b", b"")],
            files=7,
            file_bytes=8,
        )
    )
    assert told == (
        encode(b"J", b'{"name":"job.py","modules":{"helper.py":"abc"}}')
        + encode(b"S", "ü".encode())
        + encode(b"F", b"a")
        + encode(b"D", b"x" * 65_536)
        + encode(b"D", b"x" * 4_464)
        + encode(b"F", b"b")
        + encode(b"G", struct.pack(">IQ", 7, 8))
    )

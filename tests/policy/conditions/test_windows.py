"""Windows of time: what holds at which instant, in real zones and on the days that clocks are changed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execgate.policy.conditions import windows, zones
from execgate.policy.conditions.windows import Window
from execgate.policy.language.syntax import Scalar
from execgate.policy.problems import Problems

WEEK = 'days: ["monday", "tuesday", "wednesday", "thursday", "friday"]'


@pytest.fixture(scope="session")
def window(parse):
    def read(settings: str, sets=(), problems: Problems | None = None) -> Window | None:
        found = Problems() if problems is None else problems
        (tree,) = parse(f"window w {{ {settings} }}").windows
        result = windows.read(tree, dict(sets), found)
        if problems is None:
            found.raise_if_any()
        return result

    return read


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def holds(window: Window, start: datetime, minutes: int) -> list[str]:
    """Return the instants, minute by minute, at which the window opens and closes."""
    changes, before = [], None
    for minute in range(minutes + 1):
        instant = start + timedelta(minutes=minute)
        now = window.holds(instant)
        if now is not before and before is not None:
            changes.append(f"{'+' if now else '-'}{instant:%H:%M}")
        before = now
    return changes


@pytest.mark.parametrize(
    ("number", "day"),
    list(enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])),
)
def test_a_day_is_itself_and_no_other(window, number, day) -> None:
    found = window(f'days: "{day}" zone: "UTC"')
    week = [utc("2026-03-02T12:00") + timedelta(days=each) for each in range(7)]
    assert [found.holds(time) for time in week] == [each == number for each in range(7)]


@pytest.mark.parametrize(
    ("settings", "time", "expected"),
    [
        (f'{WEEK} hours: "09:00-17:00" zone: "Europe/Berlin"', "2026-03-02T07:59:59", False),
        (f'{WEEK} hours: "09:00-17:00" zone: "Europe/Berlin"', "2026-03-02T08:00", True),
        (f'{WEEK} hours: "09:00-17:00" zone: "Europe/Berlin"', "2026-03-02T15:59:59", True),
        (f'{WEEK} hours: "09:00-17:00" zone: "Europe/Berlin"', "2026-03-02T16:00", False),
        (f'{WEEK} hours: "09:00-17:00" zone: "Europe/Berlin"', "2026-03-02T08:00:01", True),
        (f'{WEEK} hours: "09:00-17:00" zone: "Europe/Berlin"', "2026-03-02T16:00:01", False),
        (f'{WEEK} hours: "09:00-17:00" zone: "Europe/Berlin"', "2026-03-01T12:00", False),
        (f'{WEEK} hours: "09:00-17:00" zone: "Europe/Berlin"', "2026-07-01T07:00", True),
        # A night belongs to the day that it starts on.
        ('days: "friday" hours: "22:00-06:00" zone: "UTC"', "2026-03-06T21:59", False),
        ('days: "friday" hours: "22:00-06:00" zone: "UTC"', "2026-03-06T22:00", True),
        ('days: "friday" hours: "22:00-06:00" zone: "UTC"', "2026-03-07T05:59:59", True),
        ('days: "friday" hours: "22:00-06:00" zone: "UTC"', "2026-03-07T06:00", False),
        ('days: "friday" hours: "22:00-06:00" zone: "UTC"', "2026-03-06T05:00", False),
        ('days: "friday" hours: "22:00-06:00" zone: "UTC"', "2026-03-07T23:00", False),
        ('days: "friday" hours: "22:00-06:00" zone: "UTC"', "2026-03-05T23:00", False),
        ('days: "sunday" hours: "22:00-06:00" zone: "UTC"', "2026-03-02T05:00", True),
        # The day is the zone's, not that of UTC.
        ('days: ["monday"] zone: "Pacific/Kiritimati"', "2026-03-01T10:00", True),
        ('days: ["monday"] zone: "Pacific/Kiritimati"', "2026-03-01T09:59:59", False),
        ('hours: "00:00-24:00" zone: "Asia/Kolkata"', "2026-03-01T09:59:59", True),
        ('hours: "20:00-00:00" zone: "Asia/Kolkata"', "2026-03-01T14:30", True),
        ('hours: "20:00-00:00" zone: "Asia/Kolkata"', "2026-03-01T18:30", False),
        ('hours: ["08:00-09:00", "10:00-11:00"] zone: "UTC"', "2026-03-01T09:30", False),
        ('hours: ["08:00-09:00", "10:00-11:00"] zone: "UTC"', "2026-03-01T10:30", True),
        (
            'from: "2026-12-24T22:00" until: "2026-12-25T06:00" zone: "Europe/Berlin"',
            "2026-12-24T20:59:59",
            False,
        ),
        (
            'from: "2026-12-24T22:00" until: "2026-12-25T06:00" zone: "Europe/Berlin"',
            "2026-12-24T21:00",
            True,
        ),
        (
            'from: "2026-12-24T22:00" until: "2026-12-25T06:00" zone: "Europe/Berlin"',
            "2026-12-25T04:59:59",
            True,
        ),
        (
            'from: "2026-12-24T22:00" until: "2026-12-25T06:00" zone: "Europe/Berlin"',
            "2026-12-25T05:00",
            False,
        ),
    ],
)
def test_a_window_is_half_open_in_its_own_zone(window, settings, time, expected) -> None:
    assert window(settings).holds(utc(time)) is expected


@pytest.mark.parametrize(
    ("zone", "hours", "start", "changes"),
    [
        # Berlin, 29 March 2026: at 01:00 UTC the clock goes from 02:00 to 03:00.
        ("Europe/Berlin", "01:30-04:00", "2026-03-29T00:00", ["+00:30", "-02:00"]),
        ("Europe/Berlin", "02:30-04:00", "2026-03-29T00:00", ["+01:00", "-02:00"]),
        ("Europe/Berlin", "02:15-02:45", "2026-03-29T00:00", []),
        ("Europe/Berlin", "01:00-02:30", "2026-03-28T23:00", ["+00:00", "-01:00"]),
        # 25 October 2026: at 01:00 UTC it goes from 03:00 back to 02:00.
        ("Europe/Berlin", "01:30-02:30", "2026-10-24T23:00", ["+23:30", "-00:30", "+01:00", "-01:30"]),
        ("Europe/Berlin", "02:30-04:00", "2026-10-25T00:00", ["+00:30", "-01:00", "+01:30", "-03:00"]),
        ("Europe/Berlin", "01:00-04:00", "2026-10-24T22:00", ["+23:00", "-03:00"]),
        # New York, 8 March 2026 at 07:00 UTC, 1 November at 06:00 UTC.
        ("America/New_York", "02:00-03:00", "2026-03-08T05:00", []),
        ("America/New_York", "22:00-02:30", "2026-03-08T01:00", ["+03:00", "-07:00"]),
        ("America/New_York", "01:00-02:00", "2026-11-01T04:00", ["+05:00", "-07:00"]),
        ("America/New_York", "22:00-01:30", "2026-11-01T01:00", ["+02:00", "-05:30", "+06:00", "-06:30"]),
        # Lord Howe moves by half an hour: 5 April 2026 at 15:00 UTC the day before, 4 October at 15:30 UTC.
        ("Australia/Lord_Howe", "01:45-02:15", "2026-04-04T14:00", ["+14:45", "-15:00", "+15:15", "-15:45"]),
        ("Australia/Lord_Howe", "02:00-02:30", "2026-10-03T14:00", []),
        ("Australia/Lord_Howe", "01:45-02:45", "2026-10-03T14:00", ["+15:15", "-15:45"]),
        # No change ever.
        ("Asia/Kolkata", "02:00-03:00", "2026-03-28T20:00", ["+20:30", "-21:30"]),
        ("UTC", "02:00-03:00", "2026-03-29T00:00", ["+02:00", "-03:00"]),
    ],
)
def test_hours_are_those_that_the_wall_shows_on_the_days_of_a_change(
    window, zone, hours, start, changes
) -> None:
    found = window(f'hours: "{hours}" zone: "{zone}"')
    assert holds(found, utc(start), 6 * 60) == changes


@given(
    st.integers(631152000, 2840140800).map(lambda second: datetime.fromtimestamp(second, timezone.utc)),
    st.sampled_from(["Europe/Berlin", "UTC", "Australia/Lord_Howe"]),
)
def test_hours_and_the_rest_of_the_day_are_all_the_time_and_never_both(window, time, zone) -> None:
    one = window(f'hours: "07:30-19:45" zone: "{zone}"')
    other = window(f'hours: "19:45-07:30" zone: "{zone}"')
    assert one.holds(time) is not other.holds(time)


def test_the_zone_of_the_asked_time_makes_no_difference(window) -> None:
    found = window('hours: "09:00-17:00" zone: "America/New_York"')
    instant = utc("2026-06-01T14:00")
    assert all(found.holds(instant.astimezone(zones.zone(name))) for name in ("Asia/Tokyo", "Europe/Berlin"))


def test_sets_name_days_and_hours(window) -> None:
    place = window('hours: "09:00-10:00" zone: "UTC"').clause
    week = tuple(Scalar("STRING", day, place) for day in windows.DAYS[:5])
    found = window('days: [workdays, "sunday"] zone: "UTC"', {"workdays": week})
    assert found.span.days == {0, 1, 2, 3, 4, 6}


@pytest.mark.parametrize(
    ("settings", "canonical"),
    [
        (
            'zone: "Europe/Berlin" hours: ["13:00-17:00", "09:00 - 12:00", "09:00-12:00"] days: ["friday", "monday"]',
            ['days: ["monday", "friday"]', 'hours: ["09:00-12:00", "13:00-17:00"]', 'zone: "Europe/Berlin"'],
        ),
        (
            'hours: "20:00-00:00" days: "monday" zone: "UTC"',
            ['days: ["monday"]', 'hours: ["20:00-24:00"]', 'zone: "UTC"'],
        ),
        (
            'from: "2026-10-25T02:30+02:00" until: "2026-10-25T01:30:00Z" zone: "Europe/Berlin"',
            None,
        ),
        (
            'from: "2026-10-25T02:30+02:00" until: "2026-10-25T02:30+01:00" zone: "Europe/Berlin"',
            [
                'from: "2026-10-25T02:30:00+02:00"',
                'until: "2026-10-25T02:30:00+01:00"',
                'zone: "Europe/Berlin"',
            ],
        ),
    ],
)
def test_the_canonical_window_is_read_as_the_same(window, settings, canonical) -> None:
    problems = Problems()
    found = window(settings, problems=problems)
    if canonical is None:
        assert found is None
        return
    assert found.canonical == "\n".join(["window w {", *(f"  {line}" for line in canonical), "}", ""])
    again = window(found.canonical.removeprefix("window w {").rstrip().removesuffix("}"))
    assert again.span == found.span


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", ["a window needs its zone / add", "a window needs its days or hours, or `from` and `until`"]),
        ('hours: "09:00-17:00"', ['a window needs its zone / add `zone: "Europe/Berlin"`']),
        (
            'hours: "09:00-17:00" zone: "Europe/Berln"',
            ['unknown zone "Europe/Berln" / did you mean "Europe/Berlin"?'],
        ),
        ('hours: "09:00-17:00" zone: "berlin"', ['unknown zone "berlin" / did you mean "Europe/Berlin"?']),
        (
            'hours: "09:00-17:00" zone: "new york"',
            ['unknown zone "new york" / did you mean "America/New_York"?'],
        ),
        (
            'hours: "09:00-17:00" zone: "../../etc/passwd"',
            ['unknown zone "../../etc/passwd" / a zone of IANA'],
        ),
        ('hours: "09:00-17:00" zone: "xyzzyq"', ['unknown zone "xyzzyq" / a zone of IANA']),
        ('hours: "09:00-17:00" zone: UTC', ['`zone` takes a zone, such as "Europe/Berlin", in quotes']),
        ('days: ["mondey"] zone: "UTC"', ['unknown day "mondey" / did you mean "monday"?']),
        ('days: [] zone: "UTC"', ["`days` is empty: the window would never hold / remove it"]),
        ('days: [work] zone: "UTC"', ['unknown set `work` / write "work"']),
        ('days: [1] zone: "UTC"', ['`days` takes texts in quotes / write "1"']),
        (
            'hours: "9-17" zone: "UTC"',
            ['no hours of a day: "9-17" / as in "09:00-17:00", or "22:00-06:00" for'],
        ),
        ('hours: "09:60-17:00" zone: "UTC"', ['no hours of a day: "09:60-17:00"']),
        ('hours: "24:00-17:00" zone: "UTC"', ['no hours of a day: "24:00-17:00"']),
        ('hours: "09:00-24:01" zone: "UTC"', ['no hours of a day: "09:00-24:01"']),
        (
            'hours: "09:00-09:00" zone: "UTC"',
            ['hours that end when they start: "09:00-09:00" / a whole day is'],
        ),
        (
            'hour: "09:00-17:00" zone: "UTC"',
            ["unknown setting `hour` of a window / did you mean `hours`?", "a window"],
        ),
        (
            'hours: "09:00-17:00" hours: "09:00-17:00" zone: "UTC"',
            ["setting `hours` a second time / join the two"],
        ),
        (
            'override hours: "09:00-17:00" zone: "UTC"',
            ["a window is not inherited", "a window needs its days"],
        ),
        ('from: "2026-12-24T22:00" zone: "UTC"', ["a window needs `until` too / as in"]),
        ('until: "2026-12-24T22:00" zone: "UTC"', ["a window needs `from` too / as in"]),
        (
            'from: "2026-12-24T22:00" until: "2026-12-25T22:00" days: ["monday"] zone: "UTC"',
            ["a window has either days and hours, or `from` and `until` / write two windows"],
        ),
        (
            'from: "2026-12-24T22:00" until: "2026-12-24T22:00" zone: "UTC"',
            ["a window that ends before it begins / swap the two"],
        ),
        ('from: "2026-12-24" until: "2026-12-25T22:00" zone: "UTC"', ['no moment: "2026-12-24" / as in']),
        ('from: "2026-02-30T10:00" until: "2026-12-25T22:00" zone: "UTC"', ['no moment: "2026-02-30T10:00"']),
        (
            'from: "0001-01-01T00:00" until: "9999-12-31T23:59" zone: "UTC"',
            ['no moment: "0001', 'no moment: "9999'],
        ),
        ('from: 5 until: "2026-12-25T22:00" zone: "UTC"', ["`from` takes a moment, as in"]),
        ('from: "2026-12-24T22:00" until: "2026-12-25T22:00"', ["a window needs its zone"]),
        (
            'from: "2026-03-29T02:30" until: "2026-03-30T00:00" zone: "Europe/Berlin"',
            ["a moment that there is not: the clocks of Europe/Berlin are turned forward over"],
        ),
        (
            'from: "2026-10-25T02:30" until: "2026-10-26T00:00" zone: "Europe/Berlin"',
            [
                'two moments: the clocks of Europe/Berlin are turned back, and show "2026-10-25T02:30" twice / '
            ],
        ),
        (
            'from: "2026-10-26T02:30+02:00" until: "2026-10-27T00:00" zone: "Europe/Berlin"',
            [
                '"2026-10-26T02:30+02:00" has not the offset of Europe/Berlin / did you mean "2026-10-26T02:30:00+01:00"?'
            ],
        ),
        (
            'from: "2026-04-05T01:45" until: "2026-10-04T02:15" zone: "Australia/Lord_Howe"',
            [
                "two moments: the clocks of Australia/Lord_Howe",
                "a moment that there is not: the clocks of Austr",
            ],
        ),
    ],
)
def test_every_mistake_is_named(window, mistakes, settings, expected) -> None:
    problems = Problems()
    assert window(settings, problems=problems) is None
    found = mistakes(problems)
    assert len(found) == len(expected), found
    for one, start in zip(found, expected, strict=True):
        assert one.startswith(start)


def test_a_moment_that_comes_twice_is_told_apart_by_its_offset(window, mistakes) -> None:
    problems = Problems()
    window('from: "2026-10-25T02:30" until: "2026-10-26T00:00" zone: "Europe/Berlin"', problems=problems)
    assert mistakes(problems)[0].partition(" / ")[2] == (
        'write "2026-10-25T02:30:00+02:00" for the first, "2026-10-25T02:30:00+01:00" for the second'
    )


def test_an_unknown_set_is_named_with_those_that_there_are(window, mistakes) -> None:
    problems = Problems()
    assert window('days: [wrkdays] zone: "UTC"', {"workdays": ()}, problems) is None
    assert mistakes(problems) == ["unknown set `wrkdays` / did you mean `workdays`?"]


def test_zones_come_from_the_package_and_not_from_the_system(monkeypatch) -> None:
    monkeypatch.setenv("PYTHONTZPATH", "/nowhere")
    zones.zone.cache_clear()
    assert zones.zone("Europe/Berlin").key == "Europe/Berlin"
    assert len(zones.names()) > 400


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("09:59-17:59", "09:59-17:59"),
        (" 09:00 - 17:00 ", "09:00-17:00"),
        ("23:00-24:00", "23:00-24:00"),
        ("23:59-00:01", "23:59-00:01"),
        ("09:60-17:00", None),
        ("09:00-17:60", None),
        ("24:00-01:00", None),
        ("09:00-24:01", None),
        ("09:00-25:00", None),
        ("09:00-17:00x", None),
        ("x09:00-17:00", None),
    ],
)
def test_hours_are_those_of_a_clock(window, hours, expected) -> None:
    problems = Problems()
    found = window(f'hours: "{hours}" zone: "UTC"', problems=problems)
    assert (found is None) is (expected is None) is bool(problems.found)
    if found is not None:
        assert f'  hours: ["{expected}"]\n' in found.canonical


def test_hours_without_days_are_those_of_every_day(window) -> None:
    found = window('hours: "09:00-17:00" zone: "UTC"')
    assert f"  {WEEK[:-1]}" in found.canonical
    assert found.canonical.count("day") == 8
    assert (
        found.canonical
        == window(f'{WEEK[:-1]}, "saturday", "sunday"] hours: "09:00-17:00" zone: "UTC"').canonical
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            'hours: "09:00-17:00" because "x"',
            "a window is not inherited: it takes no `override` and no reason",
        ),
        ('override hours: "09:00-17:00"', "a window is not inherited: it takes no `override` and no reason"),
        (
            'hours: "09:00-17:00" from: "2026-03-02T08:00" until: "2026-03-02T09:00"',
            "a window has either days and hours, or `from` and `until`",
        ),
        (
            'days: "monday" from: "2026-03-02T08:00" until: "2026-03-02T09:00"',
            "a window has either days and hours, or `from` and `until`",
        ),
    ],
)
def test_what_a_window_does_not_take_is_a_mistake(window, settings, expected) -> None:
    problems = Problems()
    assert window(f'{settings} zone: "UTC"', problems=problems) is None
    assert problems.found[0].message == expected

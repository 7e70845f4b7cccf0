"""What programs count on any machine to have: zones of time, a locale, authorities, small programs."""

# ruff: noqa: ISC004 - programs in a table

import pytest

from execgate.model.execution import Stop

pytestmark = pytest.mark.engine

# Each prints one line, as plain Python does on a machine of a developer.
PROGRAMS = (
    (
        "import zoneinfo, datetime\n"
        "noon = datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc)\n"
        "print(*(noon.astimezone(zoneinfo.ZoneInfo(z)).strftime('%H:%M %Z')"
        " for z in ('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC')))",
        "14:00 CEST 08:00 EDT 17:30 IST 12:00 UTC",
    ),
    ("import zoneinfo\nprint(len(zoneinfo.available_timezones()) > 400)", "True"),
    (
        "import os, time\nos.environ['TZ'] = 'America/New_York'\ntime.tzset()\nprint(time.tzname, time.localtime(0)[:4])\n"
        "del os.environ['TZ']\ntime.tzset()",
        "('EST', 'EDT') (1969, 12, 31, 19)",
    ),
    ("import locale\nprint(locale.setlocale(locale.LC_ALL, ''))", "C.UTF-8"),
    ("import locale\nprint(locale.setlocale(locale.LC_ALL, 'C.UTF-8'))", "C.UTF-8"),
    ("import locale\nprint(locale.setlocale(locale.LC_ALL, 'C'))", "C"),
    ("import ssl\nprint(len(ssl.create_default_context().get_ca_certs()) > 50)", "True"),
    (
        "import subprocess\nprint([n for n in ('awk BEGIN{}', 'diff /dev/null /dev/null', 'tar --version', 'gzip --version',"
        " 'zcat --version', 'df .', 'nproc', 'md5sum /dev/null', 'base64 /dev/null', 'paste /dev/null', 'od /dev/null',"
        " 'comm /dev/null /dev/null', 'tac /dev/null', 'nl /dev/null', 'shuf -e a', 'printenv HOME')"
        " if subprocess.run(n.split(), stdout=subprocess.DEVNULL).returncode])",
        "[]",
    ),
)


def test_programs_find_what_they_look_up_on_any_machine(run):
    result = run("\n".join(text for text, _ in PROGRAMS))
    assert (result.stopped_by, result.stderr) == (Stop.EXIT, "")
    assert result.stdout.splitlines() == [line for _, line in PROGRAMS]

"""What kind of file an artifact is said to be."""

from __future__ import annotations

import pytest

from execgate.model.execution import Artifact
from execgate.model.media import media_type

PNG = b"\x89PNG\r\n\x1a\n\x00\x00"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("plot.png", PNG, "image/png"),
        ("plot.txt", PNG, "image/png"),
        ("plot.png", b"<script>", "text/plain"),
        ("plot.png", b"\x00\x01", "application/octet-stream"),
        ("report.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("a.xlsx", b"PK\x03\x04...", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.zip", b"PK\x05\x06", "application/zip"),
        ("a.xlsx", b"no archive", "text/plain"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.webp", b"RIFF\x00\x00\x00\x00nothing", "application/octet-stream"),
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        ("a.tar", b"\0" * 257 + b"ustar\0", "application/x-tar"),
        ("a.pkl", b"\x80\x04\x95", "application/x-python-pickle"),
        ("a.bin", b"\x80\x04\x95", "application/octet-stream"),
        ("a.pkl", b"\x81", "application/octet-stream"),
        ("out/table.CSV", b"a,b\n1,2\n", "text/csv"),
        ("table.csv", b"", "text/csv"),
        ("table.csv", b"a\0b", "application/octet-stream"),
        ("out.d/README", b"words", "text/plain"),
        ("page.html", "ü\t\x1b[0m".encode(), "text/html"),
        ("a.json", "ü".encode("latin-1"), "application/octet-stream"),
        ("a.json", b"a" * 8191 + "ü".encode(), "application/json"),
        ("a.json", b"a" * 8191 + "ü".encode()[:1], "application/octet-stream"),
    ],
)
def test_what_it_begins_with_says_more_than_its_name(name, data, expected) -> None:
    assert media_type(name, data) == expected
    assert Artifact(name, data).to_json()["type"] == expected

"""What kind of file bytes are, by what they begin with before what they are called."""

from __future__ import annotations

import codecs

BINARY = "application/octet-stream"
TEXT = "text/plain"

_LOOKED_AT = 8192
"""How many bytes at the beginning tell whether a file is text."""

# What files of a kind begin with; the longer first where one begins with another.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"%!PS", "application/postscript"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"ARROW1", "application/vnd.apache.arrow.file"),
    (b"\x89HDF\r\n\x1a\n", "application/x-hdf5"),
    (b"\x93NUMPY", "application/x-npy"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x7fELF", "application/x-elf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"OggS", "application/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"

_ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "epub": "application/epub+zip",
    "jar": "application/java-archive",
    "npz": "application/x-npz",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Kinds that are ZIP archives, by the ends of their names."""

_TEXTS = {
    "css": "text/css",
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "htm": "text/html",
    "html": "text/html",
    "ics": "text/calendar",
    "ipynb": "application/x-ipynb+json",
    "js": "text/javascript",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "ndjson": "application/jsonl",
    "py": "text/x-python",
    "rtf": "application/rtf",
    "sh": "application/x-sh",
    "sql": "application/sql",
    "svg": "image/svg+xml",
    "tex": "application/x-tex",
    "toml": "application/toml",
    "tsv": "text/tab-separated-values",
    "xhtml": "application/xhtml+xml",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
}
"""Kinds that are text, by the ends of their names."""

_PICKLES = frozenset({"pickle", "pkl"})


def media_type(name: str, data: bytes) -> str:
    """Return the media type of a file (RFC 6838): what its first bytes say, then what its name does.

    The name never makes a picture or a document of what does not begin like one.
    """
    ending = name.rpartition("/")[2].rpartition(".")[2].lower() if "." in name else ""
    for beginning, found in _BEGINNINGS:
        if data.startswith(beginning):
            return found
    if data.startswith((_ZIP, _EMPTY_ZIP)):
        return _ZIPPED.get(ending, "application/zip")
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], BINARY)
    if data[4:8] == b"ftyp":
        return "video/mp4"
    if data[257:262] == b"ustar":
        return "application/x-tar"
    if _is_text(data):
        return _TEXTS.get(ending, TEXT)
    return "application/x-python-pickle" if ending in _PICKLES and data[:1] == b"\x80" else BINARY


def _is_text(data: bytes) -> bool:
    """Return whether it can be read as UTF-8 and has no control characters but those of texts."""
    start = data[:_LOOKED_AT]
    if start.translate(None, _CONTROLS) != start:
        return False
    try:
        # A character that the cut parts in two is none of its faults.
        codecs.getincrementaldecoder("utf-8")().decode(start, final=len(data) <= _LOOKED_AT)
    except UnicodeDecodeError:
        return False
    return True


_CONTROLS = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1b"))

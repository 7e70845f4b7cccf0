"""What programs that talk to other machines reach, read and write."""

from __future__ import annotations

import re

from execgate.analysis.shell.operands import Acts, Given, Rule
from execgate.analysis.shell.starters import Argument

LETTERS_OF_CURL = "AbcCdDeEFHKmoPQrtTuUwxXyYz"
LONG_OF_CURL = """
    user-agent cookie cookie-jar continue-at data data-ascii data-binary data-raw data-urlencode dump-header
    referer cert form header config max-time output ftp-port quote range telnet-option upload-file user
    proxy-user write-out proxy request speed-limit speed-time time-cond cacert capath key url connect-timeout
    retry retry-delay retry-max-time limit-rate interface resolve connect-to dns-servers json url-query
    output-dir max-redirs form-string netrc-file key-type cert-type ciphers trace trace-ascii stderr
    unix-socket socks5 socks5-hostname socks4 preproxy libcurl hsts alt-svc etag-save etag-compare
    """
LONG_OF_WGET = """
    output-file append-output execute input-file base tries output-document timeout wait quota
    directory-prefix user-agent header post-data post-file body-data body-file method user password level
    accept reject domains load-cookies save-cookies referer
    """


def curl(given: Given, acts: Acts) -> None:
    """Read `curl`."""
    sent = given.values("d", "data", "data-ascii", "data-binary", "F", "form", "json", "data-urlencode")
    sends = bool(sent) or given.has("data-raw", "form-string")
    named = next((text for text in given.values("X", "request") if text), None)
    method = named or ("PUT" if given.has("T", "upload-file") else "POST" if sends else "GET")
    for url in (*given.operands, *given.values("url")):
        acts.reaches(url, method=method, scheme="http")
    for url in given.values("x", "proxy", "preproxy", "socks4", "socks5", "socks5-hostname"):
        acts.reaches(url, method=method, scheme="http")
    if given.has("connect-to", "resolve", "dns-servers", "K", "config"):
        acts.reaches(None, method=method)
    if given.has("K", "config"):
        # What else it is told stands in that file.
        acts.files("write", [None])
    for text in sent:
        found = None if text is None else re.match(r"(?:[^=@]*=)?[@<]([^;]*)", text)
        if text is None or found is not None:
            acts.files("read", [found[1] if found else None])
    acts.files(
        "read", given.values("T", "upload-file", "K", "config", "E", "cert", "key", "cacert", "netrc-file")
    )
    acts.files("read", [path for path in given.values("b", "cookie") if path is None or "=" not in path])
    acts.files("write", given.values("D", "dump-header", "c", "cookie-jar", "trace", "trace-ascii", "stderr"))
    acts.files("write", given.values("libcurl", "hsts", "alt-svc", "etag-save"))
    written = [path for path in given.values("o", "output") if path != "-"]
    if given.has("O", "remote-name", "remote-name-all"):
        written += [None if given.has("J", "remote-header-name") else _file_of(url) for url in given.operands]
    _saved(written, given.values("output-dir"), acts)


def wget(given: Given, acts: Acts) -> None:
    """Read `wget`."""
    sends = given.has("post-data", "post-file", "body-data", "body-file")
    method = next((text for text in given.values("method") if text), None) or ("POST" if sends else "GET")
    for url in given.operands:
        acts.reaches(url, method=method, scheme="http")
    if given.has("i", "input-file", "e", "execute"):
        acts.reaches(None, method=method)
    acts.files("read", given.values("post-file", "body-file", "i", "input-file", "load-cookies"))
    acts.files("write", given.values("o", "output-file", "a", "append-output", "save-cookies"))
    folders = given.values("P", "directory-prefix")
    if given.has("r", "recursive", "m", "mirror", "p", "page-requisites", "x", "force-directories"):
        acts.files("write", folders[-1:] or ["."], recursive=True)
    elif given.has("O", "output-document"):
        acts.files("write", [path for path in given.values("O", "output-document") if path != "-"])
    elif not given.has("spider"):
        _saved([_file_of(url) for url in given.operands], folders, acts)


def _saved(names: list[Argument], folders: tuple[Argument, ...], acts: Acts) -> None:
    for name in names:
        for folder in folders[-1:] or ("",):
            path = None if name is None or folder is None else f"{folder}/{name}" if folder else name
            acts.files("write", [path])


def _file_of(url: Argument) -> Argument:
    """Return the name under which what a URL gives is saved: the last part of its path."""
    if url is None:
        return None
    path = re.split(r"[?#]", re.sub(r"^[a-z]+://", "", url))[0].partition("/")[2]
    return path.rpartition("/")[2] or "index.html"


def git(given: Given, acts: Acts) -> None:
    """Read `git`: what it reaches, and the folders that it makes."""
    verb, rest = (given.operands[:1] or ("",))[0], given.operands[1:]
    if verb == "clone":
        source = rest[0] if rest else None
        acts.reaches(_remote(source), method="connect")
        name = None if source is None else source.rstrip("/").rpartition("/")[2].removesuffix(".git") or None
        acts.files("write", [rest[1] if len(rest) > 1 else name], recursive=True)
    elif verb in {"fetch", "pull", "push", "ls-remote"}:
        # Without an address it is that of the repository's settings, which whoever allows `git` allows.
        if rest and (rest[0] is None or re.search(r"[:/]", rest[0])):
            acts.reaches(_remote(rest[0]), method="connect")
    elif verb == "init":
        acts.files("create", rest[:1] or ["."])


def _remote(address: Argument) -> Argument:
    """Return the address of a repository as a URL, also where it is written as ssh has it."""
    found = re.match(r"(?:[\w.-]+@)?([\w.-]+):(?!//)", address) if address is not None else None
    return f"ssh://{found[1]}/" if found else address


def host(method: str = "connect") -> Rule:
    """Return the rule of a program whose first operand is a host."""

    def rule(given: Given, acts: Acts) -> None:
        named = [text for text in given.operands if text is None or not text.startswith(("@", "+"))]
        acts.reaches(named[0] if named else None, method=method)

    return rule


def ssh(given: Given, acts: Acts) -> None:
    """Read `ssh`."""
    named = given.operands[0] if given.operands else None
    acts.reaches(None if named is None else f"ssh://{named.rpartition('@')[2]}/", method="connect")
    acts.files("read", given.values("i", "F"))


def scp(given: Given, acts: Acts) -> None:
    """Read `scp`, `sftp` and `rsync`: files, or places on other machines."""
    for index, path in enumerate(given.operands):
        found = None if path is None else re.match(r"(?:[\w.-]+@)?([\w.-]+|\[[0-9a-f:]+\])::?", path)
        if path is None:
            acts.reaches(None, method="connect")
        elif found is not None:
            acts.reaches(f"ssh://{found[1]}/", method="connect")
        else:
            acts.files("write" if index == len(given.operands) - 1 else "read", [path], recursive=True)


def nc(given: Given, acts: Acts) -> None:
    """Read `nc`."""
    if given.has("l", "listen"):
        acts.reaches("0.0.0.0", method="listen")  # noqa: S104 - what the program does
        return
    name, port = (*given.operands, None, None)[:2]
    acts.reaches(None if name is None or port is None else f"{name}:{port}", method="connect")

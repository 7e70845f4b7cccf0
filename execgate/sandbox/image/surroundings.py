"""What programs look up on every machine: zones of time, the plain locale in UTF-8, whom TLS trusts.

A distribution puts some of it in its place as it installs a package, which is never done here.
"""

from __future__ import annotations

import shutil
import ssl
from pathlib import Path

ZONES = "usr/share/zoneinfo"
LOCALES = ("usr/lib/locale/C.utf8", "usr/lib/locale/C.UTF-8", "usr/lib64/locale/C.utf8")
_BUNDLE = "etc/ssl/certs/ca-certificates.crt"
_LOOKED_FOR = "usr/lib/ssl"
"""Where Debian's OpenSSL looks for certificates."""


def join_certificates(root: Path) -> None:
    """Make one file of the authorities' certificates that were unpacked, where OpenSSL finds it."""
    found = sorted((root / "usr/share/ca-certificates").rglob("*.crt"))
    if not found:
        return
    bundle = root / _BUNDLE
    bundle.parent.mkdir(parents=True, exist_ok=True)
    bundle.write_bytes(b"".join(path.read_bytes().rstrip(b"\n") + b"\n" for path in found))
    shutil.rmtree(root / "usr/share/ca-certificates")
    folder = root / _LOOKED_FOR
    folder.mkdir(parents=True, exist_ok=True)
    for name, target in (("certs", "/etc/ssl/certs"), ("cert.pem", f"/{_BUNDLE}")):
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(target)


def copy_surroundings(root: Path) -> None:
    """Copy what this host has of it to where the host's own libraries look for it."""
    for name in (ZONES, *LOCALES):
        if Path("/", name).is_dir():
            shutil.copytree(Path("/", name), root / name, ignore_dangling_symlinks=True, dirs_exist_ok=True)
    # Both are asked for: one that a variable names is not where OpenSSL looks inside.
    looked_for = Path(ssl.get_default_verify_paths().openssl_cafile)
    bundle = next((path for path in (looked_for, Path("/", _BUNDLE)) if path.is_file()), None)
    if bundle is not None:
        target = root / looked_for.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bundle, target)

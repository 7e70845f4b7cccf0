"""Imports from folders that a program can write to: nothing but the files that were judged, as they were.

Loaded by every Python of the image as it starts.  A file is compiled from the bytes whose digest was
compared, so neither a text that was written over it nor compiled code beside it is run in its place.
"""

# ruff: noqa: PTH113, PTH118, PTH123 - every import costs every start its time

import hashlib
import importlib.machinery
import json
import os
import sys

WORKSPACE = "/workspace"
WRITABLE = (WORKSPACE, "/tmp", "/home/agent", "/dev/shm")

PACKAGES = "/opt/execgate/packages"

admitted: "dict[str, str]" = {}
"""SHA-256 digests of what may be imported, by path."""


def admit() -> None:
    """Take over what the environment says may be imported."""
    try:
        files = json.loads(os.environ.get("EXECGATE_MODULES", "{}"))
        admitted.update({os.path.join(WORKSPACE, name): digest for name, digest in files.items()})
    except (AttributeError, TypeError, ValueError):
        admitted.clear()
    sys.path_importer_cache.clear()


def offer() -> None:
    """Let what was installed for the program be imported: before the image's own, after the standard ones."""
    if "EXECGATE_PACKAGES" in os.environ and PACKAGES not in sys.path:
        libraries = (index for index, path in enumerate(sys.path) if path.endswith("-packages"))
        sys.path.insert(next(libraries, len(sys.path)), PACKAGES)


class Loader(importlib.machinery.SourceFileLoader):
    """Runs a file exactly as it was judged."""

    def get_code(self, fullname: str) -> object:
        """Return the code of the file; raises ImportError where it holds another text."""
        with open(self.path, "rb") as file:
            data = file.read()
        if hashlib.sha256(data).hexdigest() != admitted.get(self.path):
            raise ImportError(f"{self.path} is not the text that was judged", name=fullname)
        return compile(data.decode("utf-8"), self.path, "exec", dont_inherit=True)


class Finder:
    """Finds what was judged below one folder that can be written to, and nothing else."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def find_spec(self, fullname: str, target: object = None) -> object:
        """Return where a module comes from, None where nothing of the name was judged."""
        del target
        base = os.path.join(self.folder, fullname.rpartition(".")[2])
        for path, is_package in ((os.path.join(base, "__init__.py"), True), (base + ".py", False)):
            if path in admitted:
                spec = importlib.machinery.ModuleSpec(
                    fullname, Loader(fullname, path), origin=path, is_package=is_package
                )
                spec.has_location = True
                if is_package:
                    spec.submodule_search_locations = [base]
                return spec
        if any(path.startswith(base + "/") for path in admitted):
            spec = importlib.machinery.ModuleSpec(fullname, None)
            spec.submodule_search_locations = [base]
            return spec
        return None

    def invalidate_caches(self) -> None:
        """Nothing is kept."""


def is_archive(path: str) -> bool:
    """Return whether modules could be found in a file."""
    with open(path, "rb") as file:
        return b"PK\x05\x06" in file.read()


def hook(path: str) -> Finder:
    """Take every folder that can be written to; the others go to the finders behind this one."""
    folder = os.path.realpath(path or ".")
    if not any(folder == root or folder.startswith(root + "/") for root in WRITABLE):
        raise ImportError(path)
    if os.path.isfile(folder) and not is_archive(folder):
        raise ImportError(path)  # a script that is run
    return Finder(folder)


sys.path_hooks.insert(0, hook)
admit()
offer()

"""Pictures of the figures that a program shows or leaves open in matplotlib, without its asking.

The program itself draws them, into memory that it shares with the supervisor: nothing of it needs a place
that the program may write to, and a program without matplotlib pays one look at each name that it imports.
What stands in that memory is a claim like all that a program says: what is no PNG is not taken, and what is
taken comes back as a file whose name no file of the program's has.
"""

# Every import costs every cell its time, so there is no pathlib here.
# ruff: noqa: BLE001, PTH118

from __future__ import annotations

import mmap
import os
import struct
import sys

from execgate_guest.files import TOO_LARGE, TOO_MANY, WORKSPACE, mark, walk
from execgate_guest.stream import CHUNK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any

    from execgate_guest.files import Mark
    from execgate_guest.stream import Stream

MODULE = "matplotlib.pyplot"
ROOM = 32 << 20
MOST = 100
PNG = b"\x89PNG\r\n\x1a\n"

_USED = struct.Struct("<Q")
_SIZE = struct.Struct("<I")
_FIRST = _USED.size

_shared: mmap.mmap | None = None
_number = 0
"""Of the last picture that was sent."""


def prepare() -> None:
    """Set memory aside that is shared with processes forked later; untouched, it takes none."""
    global _shared  # noqa: PLW0603 - what forked processes have in common
    _shared = mmap.mmap(-1, ROOM)


def install() -> None:
    """Have pictures kept once the program imports pyplot, or now where it is loaded already."""
    if _shared is None:
        return
    pyplot = sys.modules.get(MODULE)
    if pyplot is None:
        sys.meta_path.insert(0, Finder(_shared))
    else:
        Keeper(_shared, pyplot).take_over()


def collect() -> None:
    """Keep pictures of the figures that are still open, and close them."""
    try:
        keeper = getattr(getattr(sys.modules.get(MODULE), "show", None), "keeper", None)
        if isinstance(keeper, Keeper):
            keeper.shown()
            keeper.begin_anew()
    except BaseException as error:
        sys.stderr.write(f"execgate: the open figures could not be kept: {type(error).__name__}\n")


class Finder:
    """Finds one module as others do, and has it taken over once it is loaded."""

    def __init__(self, shared: mmap.mmap) -> None:
        self._shared = shared

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        """Return where pyplot comes from, None for every other module."""
        if name != MODULE:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = Loader(spec.loader, self._shared)
                return spec
        return None


class Loader:
    """Loads a module as its own loader does, which it then has again, and takes it over."""

    def __init__(self, own: Any, shared: mmap.mmap) -> None:
        self._own = own
        self._shared = shared

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def create_module(self, spec: Any) -> Any:
        """Return what the module's own loader makes."""
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, and take over how it shows figures."""
        module.__loader__ = module.__spec__.loader = self._own
        self._own.exec_module(module)
        Keeper(self._shared, module).take_over()


class Keeper:
    """Stands where a window would be: keeps pictures of what is shown."""

    def __init__(self, shared: mmap.mmap, pyplot: Any) -> None:
        self._shared = shared
        self._pyplot = pyplot
        self._process = os.getpid()
        self._count = 0
        self._last: Any = None

    def take_over(self) -> None:
        """Replace `show`; `savefig` behind it goes on to save what was shown."""
        import functools

        pyplot = self._pyplot
        own_show, own_savefig = pyplot.show, pyplot.savefig

        @functools.wraps(own_show)
        def show(*args: Any, **kwargs: Any) -> None:
            blocks = args[0] if args else kwargs.get("block")
            if blocks or (blocks is None and not pyplot.isinteractive()):
                self.shown()

        @functools.wraps(own_savefig)
        def savefig(*args: Any, **kwargs: Any) -> Any:
            if self._last is not None and not pyplot.get_fignums():
                return self._last.savefig(*args, **kwargs)
            return own_savefig(*args, **kwargs)

        show.keeper = self  # type: ignore[attr-defined]  # functions take attributes
        pyplot.show, pyplot.savefig = show, savefig

    def begin_anew(self) -> None:
        """Take what was kept as sent: the next block of a session may have as many."""
        self._count = 0

    def shown(self) -> None:
        """Keep a picture of every open figure, then close them, as who looks at windows does."""
        from matplotlib import _pylab_helpers as open_figures

        if os.getpid() != self._process:
            return
        current = open_figures.Gcf.get_active()
        for manager in open_figures.Gcf.get_all_fig_managers():
            self._keep(manager)
        if current is not None:
            self._last = current.canvas.figure
        self._pyplot.close("all")

    def _keep(self, manager: Any) -> None:
        import io
        import warnings

        picture = io.BytesIO()
        try:
            # Nobody asked for a picture, so nobody is warned of how it looks.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                manager.canvas.figure.savefig(picture, format="png")
        except Exception as error:
            sys.stderr.write(f"execgate: figure {manager.num} could not be drawn: {error}\n")
            return
        data = picture.getvalue()
        (used,) = _USED.unpack(self._shared[:_FIRST])
        at = _FIRST + used
        if self._count >= MOST or at + _SIZE.size + len(data) > ROOM:
            sys.stderr.write(f"execgate: figure {manager.num} does not come back: there are too many\n")
            return
        self._count += 1
        self._shared[at : at + _SIZE.size] = _SIZE.pack(len(data))
        self._shared[at + _SIZE.size : at + _SIZE.size + len(data)] = data
        self._shared[:_FIRST] = _USED.pack(used + _SIZE.size + len(data))


def pictures(shared: mmap.mmap) -> list[bytes]:
    """Return what a program kept that no longer runs: PNG files, and nothing that is none.

    Then the memory is as it was before the program.
    """
    (used,) = _USED.unpack(shared[:_FIRST])
    found: list[bytes] = []
    at, end = _FIRST, min(_FIRST + used, ROOM)
    while at + _SIZE.size <= end and len(found) < MOST:
        (size,) = _SIZE.unpack(shared[at : at + _SIZE.size])
        at += _SIZE.size
        if at + size > end:
            break
        data = shared[at : at + size]
        if data.startswith(PNG):
            found.append(data)
        at += size
    clear(shared)
    return found


def clear(shared: mmap.mmap) -> None:
    """Empty the memory, and give it back where the kernel can: gVisor's has no way to."""
    try:
        shared.madvise(mmap.MADV_REMOVE)
    except OSError:
        for start in range(0, len(shared), CHUNK):
            piece = shared[start : start + CHUNK]
            if piece.count(0) != len(piece):  # what was never written is not made by writing
                shared[start : start + len(piece)] = bytes(len(piece))


def is_sent(data: bytes, placed: dict[bytes, Mark | None]) -> bool:
    """Return whether a file that the program left, not one that was `placed` there, is this picture."""
    for path, info in walk()[0]:
        if info.st_size == len(data) and placed.get(path) != mark(info):
            try:
                fd = os.open(
                    os.path.join(WORKSPACE.encode(), path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
                )
            except OSError:
                continue
            with os.fdopen(fd, "rb") as file:
                if file.read() == data:
                    return True
    return False


def send(host: Stream, left: tuple[int, int], placed: dict[bytes, Mark | None], *, anew: bool = True) -> None:
    """Send pictures as files that are new to the working folder, while `left` (files, bytes) lasts.

    One that the program saved itself comes back once, under the name that it has there.  They are numbered
    from 1 if `anew`, else from behind those that were sent before.
    """
    global _number  # noqa: PLW0603 - of the supervisor, which is one
    if _shared is None:
        return
    count, size = left
    _number = 0 if anew else _number
    for data in pictures(_shared):
        if is_sent(data, placed):
            continue
        _number += 1
        while os.path.lexists(os.path.join(WORKSPACE, f"figure-{_number}.png")):
            _number += 1
        name = f"figure-{_number}.png".encode()
        if count == 0 or len(data) > size:
            host.send(b"X", bytes((TOO_LARGE if count else TOO_MANY,)) + name)
            continue
        host.send(b"F", name)
        for start in range(0, len(data), CHUNK):
            host.send(b"D", data[start : start + CHUNK])
        count -= 1
        size -= len(data)

"""What a backend knows of its images: which it has found or made, and which were not there a moment ago."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from execgate.model.verdict import Authorization
from execgate.sandbox.image.choosing import choose
from execgate.sandbox.image.facts import Facts

AGAIN_S = 2.0
"""How long an image may be there before it is seen, in seconds."""


class Found(Protocol):
    """An image as a backend has it."""

    @property
    def id(self) -> str:
        """What cells are started by."""
        ...

    @property
    def facts(self) -> Facts:
        """What it says of itself."""
        ...


_Found = TypeVar("_Found", bound=Found)


class Known(Generic[_Found]):
    """The images of one backend by name; may be used from several threads at once.

    Nothing is locked while one is looked for or made, which takes from milliseconds to minutes: a program
    whose image is there waits for nobody else's.  Those who want the same one wait for each other where it
    is made (see `cache.making`).
    """

    def __init__(self) -> None:
        self._found: dict[
            str, _Found
        ] = {}  # read and changed in single steps, none of which can be half done
        self._lookout = Lookout()

    def of_program(
        self,
        authorization: Authorization,
        find: Callable[[str], _Found | None],
        ensure: Callable[[str], _Found],
    ) -> _Found:
        """Return the image that a program is run in.

        `find` looks for one by its name, `ensure` makes it where there is none; raises what they raise.
        """

        def look(name: str) -> bool:
            found = find(name)
            if found is not None:
                self._found[name] = found
            return found is not None

        name = choose(authorization, lambda name: name in self._found or self._lookout.finds(name, look))
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = ensure(name)
        return found

    def by_id(self, image: str) -> _Found | None:
        """Return the image of an id, None where it is not known any more."""
        return next((one for one in list(self._found.values()) if one.id == image), None)

    def forget(self, image: str) -> None:
        """Have the image of an id looked for anew, unless another has taken its place by now."""
        for name, one in list(self._found.items()):
            if one.id == image:
                self._found.pop(name, None)


class Lookout:
    """Remembers for a moment which images are not there: to look takes longer than a program runs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._missed: dict[str, float] = {}

    def finds(self, name: str, look: Callable[[str], bool]) -> bool:
        """Return whether `look` finds an image, or did not less than AGAIN_S ago."""
        now = self._clock()
        if now - self._missed.get(name, -math.inf) < AGAIN_S:
            return False
        found = look(name)
        if not found:
            self._missed[name] = now
        return found

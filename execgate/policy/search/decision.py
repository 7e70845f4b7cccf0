"""What two pairs of lists say of a value, and where nothing can make a difference any more."""

from __future__ import annotations

from collections.abc import Sequence

from execgate.policy.matching.pairs import Shape
from execgate.policy.matching.patterns import DEEP, Pattern, contains, meets
from execgate.policy.search.automaton import bits
from execgate.policy.search.space import Budget, Hit, Lists, Space

_MOST_PAIRS = 4_000


class Decision:
    """What `old` and `new` say of values of a space, by the numbers of the entries that cover them."""

    def __init__(self, space: Space, old: Lists, new: Lists, budget: Budget) -> None:
        self._space = space
        self._budget = budget
        numbers: dict[Shape, int] = {}
        self._old_allow = _numbered(numbers, old.allowed or ())
        self._old_deny = _numbered(numbers, old.disallowed)
        self._new_allow = _numbered(numbers, new.allowed or ())
        self._new_deny = _numbered(numbers, new.disallowed)
        self._old_unlisted, self._new_unlisted = old.unlisted, new.unlisted
        self._shapes = list(numbers)
        self.patterns: tuple[Pattern, ...] = tuple(shape.pattern for shape in self._shapes)
        self._narrower: dict[tuple[int, int], bool] = {}
        self._beats: dict[tuple[int, int], bool] = {}
        self._hopeless: dict[tuple[int, int], bool] = {}
        self._open = self._new_allow
        self._open_unlisted = self._new_unlisted

    # --- what the lists say ---------------------------------------------------------------------------------

    def _is_narrower(self, one: int, other: int) -> bool:
        key = one, other
        known = self._narrower.get(key)
        if known is None:
            self._budget.spend(10)
            a, b = self._shapes[one], self._shapes[other]
            known = self._narrower[key] = one != other and a.within(b) and not b.within(a)
        return known

    def _wins(self, one: int, against: int) -> bool:
        """Return whether an entry is narrower than all of `against`."""
        key = one, against
        known = self._beats.get(key)
        if known is None:
            known = self._beats[key] = all(self._is_narrower(one, other) for other in bits(against))
        return known

    def _winner(self, allowing: int, against: int) -> int | None:
        return next((one for one in bits(allowing) if self._wins(one, against)), None)

    def _permits(self, allowing: int, against: int, *, unlisted: bool) -> bool:
        if not against:
            return bool(allowing) or unlisted
        return self._winner(allowing, against) is not None

    def difference(self, covering: int, touching: int, words: tuple[str, ...], size: int) -> Hit | None:
        """Return the value as a hit where the new lists permit it and the old ones do not.

        `covering` are the entries that cover it, `touching` those that it can touch.
        """
        old_deny, new_deny = touching & self._old_deny, touching & self._new_deny
        new_allow, old_allow = covering & self._new_allow, covering & self._old_allow
        new_allow = self._admitted(new_allow, words)
        if not self._permits(new_allow, new_deny, unlisted=self._new_unlisted):
            return None
        old_allow = self._admitted(old_allow, words)
        if self._permits(old_allow, old_deny, unlisted=self._old_unlisted):
            return None
        ones = [one for one in bits(new_allow) if self._wins(one, new_deny)]
        fresh = [one for one in ones if not old_allow >> one & 1]
        by = (fresh or ones)[0] if ones else None
        text = self._space.show(words) if words or not self._space.least else ""
        return Hit(text, words, None if by is None else self._shapes[by], self._freed(old_deny, by), size)

    def _admitted(self, allowing: int, words: tuple[str, ...]) -> int:
        admits = self._space.admits
        if admits is None:
            return allowing
        return sum(1 << one for one in bits(allowing) if admits(words, self._shapes[one]))

    def _freed(self, old_deny: int, by: int | None) -> tuple[Shape, ...]:
        gone = old_deny & ~self._new_deny
        return tuple(
            self._shapes[other] for other in bits(gone) if by is None or not self._is_narrower(by, other)
        )

    # --- where nothing can be found any more ----------------------------------------------------------------

    def vain(self, live: int, sure: int) -> bool:
        """Return whether no value can make a difference of which only the `live` entries can cover anything.

        The `sure` ones cover each of them.
        """
        key = live, sure
        known = self._hopeless.get(key)
        if known is None:
            known = self._hopeless[key] = self._is_vain(live, sure)
        return known

    def _is_vain(self, live: int, sure: int) -> bool:
        allowing = live & self._open
        if not allowing and not self._open_unlisted:
            return True
        lost_denials = live & self._old_deny & ~self._new_deny
        if (
            not lost_denials
            and not live & self._new_allow & ~self._old_allow
            and (self._old_unlisted or not self._new_unlisted)
        ):
            return True
        forbidding = sure & self._new_deny
        if forbidding and self._winner(allowing, forbidding) is None:
            return True
        old_deny = live & self._old_deny
        if not old_deny and self._old_unlisted:
            return True
        certain = self._space.certain
        return any(
            self._wins(one, old_deny) and certain(self._shapes[one]) for one in bits(sure & self._old_allow)
        )

    def settle(self) -> None:
        """Leave out the new entries that can permit nothing which the old lists do not."""
        old_deny = list(bits(self._old_deny))
        new_deny = list(bits(self._new_deny))
        old_allow = list(bits(self._old_allow))
        if len(list(bits(self._new_allow))) * (len(old_allow) + len(old_deny)) > _MOST_PAIRS:
            old_allow = []
        for one in bits(self._new_allow):
            shape = self._shapes[one]
            ways = [one] if self._old_allow >> one & 1 else []
            tame = self._space.tame(shape)
            ways += (
                way
                for way in old_allow
                if way != one and (tame or self._space.certain(self._shapes[way])) and self._holds(way, one)
            )
            free = [other for other in old_deny if self._could_meet(shape, other)]
            still = [other for other in new_deny if not self._is_narrower(one, other)]
            for way in [*ways, None] if self._old_unlisted else ways:
                if all(
                    (way is not None and self._is_narrower(way, other))
                    or any(same == other or self._holds(same, other) for same in still)
                    for other in free
                ):
                    self._open &= ~(1 << one)
                    break
        if self._old_unlisted and all(
            any(same == other or self._holds(same, other) for same in new_deny) for other in old_deny
        ):
            self._open_unlisted = False
        self._hopeless.clear()

    def _holds(self, outer: int, inner: int) -> bool:
        self._budget.spend(10)
        return contains(self._shapes[outer].pattern, self._shapes[inner].pattern)

    def _could_meet(self, shape: Shape, other: int) -> bool:
        self._budget.spend(10)
        pattern = shape.pattern
        return meets(self._shapes[other].pattern, pattern if pattern[-1:] == (DEEP,) else (*pattern, DEEP))


def _numbered(numbers: dict[Shape, int], shapes: Sequence[Shape]) -> int:
    entries = 0
    for shape in shapes:
        entries |= 1 << numbers.setdefault(shape, len(numbers))
    return entries

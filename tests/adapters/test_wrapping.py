from __future__ import annotations

import functools

from execgate.adapters.wrapping import wrap_family


def loud(function):
    @functools.wraps(function)
    def wrapper(self):
        return f"<{function(self)}>"

    return wrapper


def test_every_class_of_a_family_is_wrapped_once_now_and_later():
    class Base:
        def say(self):
            return "base"

    class Calls(Base):
        def say(self):
            return "calls " + super().say()

    class Alone(Base):
        def say(self):
            return "alone"

    class Silent(Base):
        pass

    class Deeper(Silent):
        def say(self):
            return "deeper"

    wrap_family(Base, {"say": loud})
    wrap_family(Base, {"say": loud})

    class Later(Alone):
        def say(self):
            return "later " + super().say()

    said = [cls().say() for cls in (Base, Calls, Alone, Silent, Deeper, Later)]
    assert said == ["<base>", "<calls <base>>", "<alone>", "<base>", "<deeper>", "<later <alone>>"]


def test_a_mixin_is_wrapped_where_it_joins_the_family_and_nowhere_else():
    class Base:
        def say(self):
            return "base"

    class Mixin:
        def say(self):
            return "mixin"

    class Mixed(Mixin, Base):
        pass

    wrap_family(Base, {"say": loud})
    assert Mixed().say() == "<mixin>"
    assert Mixin().say() == "mixin"


def test_the_hook_of_a_class_for_its_subclasses_still_runs():
    seen = []

    class Base:
        def __init_subclass__(cls, tag="", **kwargs):
            super().__init_subclass__(**kwargs)
            seen.append((cls.__name__, tag))

        def say(self):
            return "base"

    wrap_family(Base, {"say": loud})

    class Tagged(Base, tag="t"):
        def say(self):
            return "tagged"

    assert seen == [("Tagged", "t")]
    assert Tagged().say() == "<tagged>"


def test_what_is_no_method_is_left_alone():
    class Base:
        say = 7

    wrap_family(Base, {"say": loud, "missing": loud})
    assert Base.say == 7

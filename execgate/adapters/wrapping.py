"""Methods of a foreign class wrapped once, on it and on every class below it, now and later."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping
from typing import Any

Wrapper = Callable[[Callable[..., Any]], Callable[..., Any]]

_MARK = "__execgate_wrapped__"
_lock = threading.Lock()


def wrap_family(base: type, wrappers: Mapping[str, Wrapper]) -> None:
    """Wrap the methods named in `wrappers` wherever `base` or a class below it defines them.

    An override that never calls what it overrides is wrapped as well, and so is one that a mixin brings in.
    A second call does nothing.
    """
    with _lock:
        if _MARK in vars(base):
            return
        setattr(base, _MARK, True)
        pending = [base]
        while pending:
            cls = pending.pop()
            _wrap(cls, wrappers)
            pending += type.__subclasses__(cls)
        _follow(base, wrappers)


def _follow(base: type, wrappers: Mapping[str, Wrapper]) -> None:
    """Have every class that is made below `base` from now on wrapped."""
    own = vars(base).get("__init_subclass__")

    def hook(cls: type, **kwargs: Any) -> None:
        if own is None:
            super(base, cls).__init_subclass__(**kwargs)  # type: ignore[arg-type]  # `cls` is below `base`
        else:
            own.__func__(cls, **kwargs)
        _wrap(cls, wrappers)

    base.__init_subclass__ = classmethod(hook)  # type: ignore[assignment, arg-type]  # a method is set


def _wrap(cls: type, wrappers: Mapping[str, Wrapper]) -> None:
    for name, wrapper in wrappers.items():
        function = inspect.getattr_static(cls, name, None)
        if inspect.isfunction(function) and not hasattr(function, _MARK):
            wrapped = wrapper(function)
            setattr(wrapped, _MARK, True)
            setattr(cls, name, wrapped)

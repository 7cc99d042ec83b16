"""Whether an answer takes a short cut: it calls what it was asked to write."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import CodeType, ModuleType
from typing import Any

_NOTHING = object()


def shortcut(answer: object, forbidden: Collection[str], own: Collection[object]) -> str | None:
    """Name the first thing that ``answer`` uses and must not, or return None.

    Parameters
    ----------
    answer
        Usually a function; its code is read, with that of the functions beside it that it calls.
    forbidden
        Modules, with all that is in them (but for ``softact.book``), and plain names.
    own
        Objects that contain the solution, such as the check itself.
    """
    return next(_Search(tuple(forbidden), tuple(own)).through(answer), None)


@dataclass
class _Search:
    forbidden: tuple[str, ...]
    own: tuple[object, ...]
    seen: set[int] = field(default_factory=set)
    namespace: object = _NOTHING

    def through(self, value: Any) -> Iterator[str]:
        """Name what is forbidden in ``value`` and in what it reaches."""
        if id(value) in self.seen:
            return
        self.seen.add(id(value))
        if any(value is thing for thing in self.own):
            yield "the check itself"
        home = self._home(value)
        if self._is_forbidden(home):
            yield home if isinstance(value, ModuleType) else f"{_name(value)} of {home}"
        if isinstance(value, partial):
            yield from self.through(value.func)
        code = getattr(value, "__code__", None)
        if isinstance(code, CodeType) and self._is_the_readers(value):
            yield from filter(self._is_forbidden, _words(code))
            for reached in _reached(value, code):
                yield from self.through(reached)

    def _is_the_readers(self, function: Any) -> bool:
        """Tell a function written beside the answer from one of a library."""
        if self.namespace is _NOTHING:
            self.namespace = function.__globals__
        return function.__globals__ is self.namespace

    def _is_forbidden(self, name: str) -> bool:
        if name.startswith("softact.book"):
            return False
        return any(name == f or name.startswith(f"{f}.") for f in self.forbidden)

    def _home(self, value: Any) -> str:
        """Return the module that a value comes from, empty if it cannot be told."""
        if isinstance(value, ModuleType):
            return value.__name__
        owner = getattr(value, "__self__", None)
        module = getattr(value, "__module__", None) or getattr(owner, "__module__", None)
        return module if isinstance(module, str) else self._listing_module(value)

    def _listing_module(self, value: Any) -> str:
        """Find a ufunc, which does not know its module, among those of the forbidden packages."""
        name = getattr(value, "__name__", "")
        return next(
            (m for m in list(sys.modules) if self._is_forbidden(m) and _has(m, name, value)), ""
        )


def _has(module: str, name: str, value: object) -> bool:
    return getattr(sys.modules[module], name, _NOTHING) is value if name else False


def _name(value: Any) -> str:
    return getattr(value, "__name__", type(value).__name__)


def _words(code: CodeType) -> Iterator[str]:
    """Yield the names and the texts in some code and in the functions defined inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, CodeType):
            yield from _words(constant)


def _reached(function: Any, code: CodeType) -> Iterator[Any]:
    yield from (function.__globals__[n] for n in _words(code) if n in function.__globals__)
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # a cell that is still empty
            yield cell.cell_contents
    yield from function.__defaults__ or ()

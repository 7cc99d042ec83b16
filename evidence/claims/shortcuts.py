"""Whether an answer takes a short cut: it calls what it was asked to write."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import CodeType, ModuleType
from typing import Any

import numpy as np

_NOTHING = object()
_ENGINE = "evidence"
# Through each of these everything can be reached, under names that no code shows.
_BACK_DOORS = {"__builtins__", "__globals__", "__import__", "builtins", "eval", "exec", "gc"}
_BACK_DOORS |= {"globals", "importlib", "inspect", "sys"}


def shortcut(answer: object, forbidden: Collection[str], own: Collection[object]) -> str | None:
    """Name the first thing that ``answer`` uses and must not, or return None.

    Parameters
    ----------
    answer
        Usually a function; its code is read, with that of the functions and classes beside it that
        it uses, and what they keep in lists and dictionaries.
    forbidden
        Modules, with all that is in them (but for ``evidence``), and plain names.
    own
        Objects that contain the solution, such as the check itself.
    """
    return next(_Search(tuple(forbidden), tuple(own)).through(answer), None)


@dataclass
class _Search:
    forbidden: tuple[str, ...]
    own: tuple[object, ...]
    seen: set[int] = field(default_factory=set)
    namespace: Any = _NOTHING

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
        if isinstance(value, ModuleType) and self._is_the_check(value.__name__):
            yield "the check itself"
        code = getattr(value, "__code__", None)
        if isinstance(code, CodeType) and self._is_the_readers(value):
            for word in _words(code):
                if self._is_forbidden(word) or self._is_back_door(word):
                    yield word
                if self._is_the_check(word):
                    yield "the check itself"
            for reached in _reached(value, code):
                yield from self.through(reached)
        cls = value if isinstance(value, type) else type(value)
        members = _members(value, cls) if self._is_the_readers_class(cls) else ()
        for part in (*_entries(value), *members):
            yield from self.through(part)

    def _is_the_readers(self, function: Any) -> bool:
        """Tell a function written beside the answer from one of a library."""
        if self.namespace is _NOTHING:
            self.namespace = function.__globals__
        return function.__globals__ is self.namespace

    def _is_the_readers_class(self, cls: type) -> bool:
        known = None if self.namespace is _NOTHING else self.namespace["__name__"]
        return cls.__module__ in ("__main__", known)

    def _is_forbidden(self, name: str) -> bool:
        if name.startswith(_ENGINE):
            return False
        return any(name == f or name.startswith(f"{f}.") for f in self.forbidden)

    def _is_the_check(self, name: str) -> bool:
        """Tell a module of the engine: its functions may be called, but not exchanged."""
        return bool(self.own) and (name == _ENGINE or name.startswith(f"{_ENGINE}."))

    def _is_back_door(self, name: str) -> bool:
        return bool(self.own or self.forbidden) and name in _BACK_DOORS

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
    yield from (function.__kwdefaults__ or {}).values()


def _entries(value: Any) -> Iterator[Any]:
    """Yield what a container holds, and what a wrapper wraps."""
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, partial):
        yield from (value.func, *value.args, *value.keywords.values())
    elif isinstance(value, np.vectorize):
        yield value.pyfunc
    elif hasattr(value, "cache_info"):
        yield value.__wrapped__


def _members(value: Any, cls: type) -> Iterator[Any]:
    """Yield the methods of a class and what its instance keeps."""
    for member in vars(cls).values():
        yield getattr(member, "__func__", member)
    if not isinstance(value, type):
        yield from getattr(value, "__dict__", {}).values()

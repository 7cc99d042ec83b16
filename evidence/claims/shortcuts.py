"""Whether an answer calls what it was asked to write.

It tells a learner who has misread the task, and is no lock: fresh points find out a learnt table,
and who wants to deceive the grader deceives nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from types import BuiltinMethodType, CodeType, FunctionType, MethodType
from typing import Any

import numpy as np

# What does its work by calling something else, and where it keeps that.
AROUND = {
    BuiltinMethodType: "__self__",
    MethodType: "__self__",
    np.vectorize: "pyfunc",
    partial: "func",
}


def shortcut(answer: object, forbidden: Collection[str]) -> str | None:
    """Name the first thing that ``answer`` uses and must not, or return None.

    ``forbidden`` has modules, with all that is in them, and plain names. Looked at is the code of
    the answer and of the functions beside it that it calls.
    """
    return next((use for use in _uses(answer, set()) if _is_forbidden(use, forbidden)), None)


def _is_forbidden(use: str, forbidden: Collection[str]) -> bool:
    return any(f"{use}.".startswith(f"{f}.") or _is_named(use, f) for f in forbidden)


def _is_named(use: str, forbidden: str) -> bool:
    """Tell whether a name stands for what is forbidden, wherever in its package that is made."""
    module, _, name = forbidden.rpartition(".")
    home, _, last = use.rpartition(".")
    return last == name and f"{home}.".startswith(f"{module}." if module else "")


def _uses(value: Any, seen: set[int]) -> Iterator[str]:
    """Yield the names in a function's code, and where what they stand for comes from."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if not isinstance(value, FunctionType):
        yield _home(value)
        if within := AROUND.get(type(value)):
            yield from _uses(getattr(value, within), seen)
        return
    yield f"{value.__module__}.{value.__name__}"
    for name in names_in(value.__code__):
        yield name
        known = value.__globals__.get(name)
        if not isinstance(known, FunctionType) or known.__globals__ is value.__globals__:
            yield from _uses(known, seen)
        else:
            yield _home(known)


def _home(value: Any) -> str:
    """Return the module and the name of an object, as far as it tells."""
    name = getattr(value, "__name__", type(value).__name__)
    module = getattr(value, "__module__", None) or type(value).__module__
    return f"{module}.{name}" if isinstance(module, str) and module != "builtins" else str(name)


def names_in(code: CodeType) -> Iterator[str]:
    """Yield the names in some code, and in the code of the functions that it makes."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)

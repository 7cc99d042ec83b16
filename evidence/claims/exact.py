"""References at high precision: a formula in mpmath numbers as a function of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np

_as_mpf = np.frompyfunc(mpmath.mpf, 1, 1)


def exactly(formula: Callable[..., Any], signature: str | None = None) -> Callable[..., Any]:
    """Apply a formula in mpmath numbers to arrays: entry by entry, or as ``signature`` says.

    ``exactly(softmax, "(n)->(n)")`` gives each row to ``softmax`` as an array of mpf, and
    ``"(n),(n)->()"`` pairs of rows.

    >>> with mpmath.workdps(20):
    ...     print(exactly(mpmath.exp)(1.0))
    2.7182818284590452354
    """

    def of_mpf(*values: Any) -> Any:
        return formula(*map(_as_mpf, values))

    return np.vectorize(of_mpf, otypes=[object], signature=signature)


def function_of(expression: Any) -> Callable[..., Any]:
    """Make a function of an expression in one symbol: of numbers or arrays, exact in each entry."""
    if not hasattr(expression, "free_symbols"):
        raise TypeError(f"a function or an expression is asked for, not {expression!r}")
    import sympy

    if len(expression.free_symbols) != 1:
        raise TypeError(f"it is not clear what {expression} is a function of")
    return exactly(sympy.lambdify([*expression.free_symbols], expression, "mpmath"))

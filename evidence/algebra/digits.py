"""The values of an expression to many digits: the same walk as `compiled`, over numbers of mpmath.

Derivatives are taken as differences, so a wrong rule of SymPy has no part in them. With 200 digits
and steps of 10⁻⁴⁰ a difference is right to more than 70 digits, and one of a difference too. Where
1 stands beside an eᶻ of the arguments, as in log(1 + eᶻ), as many more are taken as lie between.
What is tiny, and smaller still with more digits, is a zero that rounding left over.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
from sympy import Basic, Derivative, Expr, IndexedBase, NumberSymbol, Rational, Symbol

from evidence.algebra.compiled import Run, depth, sizes_of
from evidence.algebra.ranges import Ranges
from evidence.algebra.search import FUNCTIONS
from evidence.algebra.sums import with_own_names

Array = Any  # of mpf

DIGITS, MORE_DIGITS = 200, 20
FARTHEST = 330  # digits between 1 and the least number of float64
STEP = mpmath.mpf(10) ** -40

_mpf = np.frompyfunc(mpmath.mpf, 1, 1)


def digits_function(
    e: Expr,
    args: Sequence[Symbol | IndexedBase],
    index: Sequence[Symbol],
    ranges: Ranges,
) -> Callable[..., Array]:
    """Return ``e`` as a function of arrays whose result has an axis for each index.

    An argument that is an index itself, such as a class c, takes a whole number.
    """
    e = with_own_names(e)
    deepest = depth(e)

    def function(*arrays: Any) -> Array:
        digits = DIGITS + _between(arrays)
        value = to_digits(digits, *arrays)
        is_tiny = (value != 0) & (abs(value) < _dust(digits))
        if np.any(is_tiny):
            is_rest = is_tiny & (abs(to_digits(digits + MORE_DIGITS, *arrays)) < abs(value) / 2)
            value = np.where(is_rest, mpmath.mpf(0), value)[()]
        return value

    def to_digits(digits: int, *arrays: Any) -> Array:
        fixed = {a: int(v) for a, v in zip(args, arrays, strict=True) if a in ranges.indices}
        with mpmath.workdps(digits):
            given = {a: _array(v) for a, v in zip(args, arrays, strict=True) if a not in fixed}
            sizes = sizes_of(given, ranges)
            run = DigitsRun(np, given, sizes, len(index) + len(fixed) + deepest, object, None)
            for axis, i in enumerate(index):
                run.grids[i] = run.grid(range(sizes[ranges.index_class(i)]), axis)
            at = run.grids | {i: np.full((1,) * run.axes, v) for i, v in fixed.items()}
            return run.finished(run.value(e, at), index)

    return function


class DigitsRun(Run):
    """One call; an entry is a number of mpmath."""

    def floats(self, value: Array) -> Array:
        """Return a number or a grid as an array of mpf."""
        return _array(value)

    def value(self, e: Basic, at: Mapping[Symbol, Array]) -> Array:
        """Return the value of an expression, its derivatives as differences."""
        if isinstance(e, Rational):
            return self._constant(mpmath.mpf(int(e.p)) / int(e.q))
        if isinstance(e, NumberSymbol):
            return self._constant(mpmath.mpmathify(e._to_mpmath(mpmath.mp.prec)))
        if isinstance(e, Derivative):
            return self._difference(e, at)
        return super().value(e, at)

    def _constant(self, number: Any) -> Array:
        """Return a number as an array: mpmath would write an array beside it out, in an error."""
        return np.full((1,) * self.axes, number, dtype=object)

    def _difference(self, e: Derivative, at: Mapping[Symbol, Array]) -> Array:
        *inner, (variable, order) = e.variable_count
        rest = [(v, c) for v, c in [*inner, (variable, order - 1)] if c]
        body = Derivative(e.expr, *rest, evaluate=False) if rest else e.expr
        up, down = (self._moved(body, variable, at, step) for step in (STEP, -STEP))
        slope = (up - down) / (2 * STEP)
        size = max(map(abs, (*np.ravel(up), *np.ravel(down))))
        return np.where(abs(slope) <= size * _dust(mpmath.mp.dps) / STEP, mpmath.mpf(0), slope)

    def _moved(self, e: Expr, by: Expr, at: Mapping[Symbol, Array], step: Any) -> Array:
        """Return the value of ``e`` where one argument, or each entry of one in turn, has moved."""
        if isinstance(by, Symbol):
            there = replace(self, arrays={**self.arrays, by: _array(self.arrays[by] + step)})
            return there.value(e, at)
        grids = np.broadcast_arrays(*(self._whole(i, at) for i in by.indices))
        moved = np.empty(np.shape(grids[0]), dtype=object)
        for place in np.ndindex(moved.shape):
            array = self.arrays[by.base].copy()
            array[tuple(int(g[place]) for g in grids)] += step
            there = replace(self, arrays={**self.arrays, by.base: array})
            here = {i: g[_part(place, moved.shape, np.shape(g))] for i, g in at.items()}
            moved[place] = there.floats(there.value(e, here))
        return _joined(moved)

    def _function(self, e: Expr, values: Sequence[Array]) -> Array:
        name = FUNCTIONS.get(type(e).__name__)
        if name is None:
            return super()._function(e, values)
        return np.asarray(np.frompyfunc(getattr(mpmath, name), len(values), 1)(*values))


def _between(arrays: Sequence[Any]) -> int:
    """Return how many digits may lie between 1 and e to the difference of two arguments."""
    finite = [abs(float(v)) for a in arrays for v in np.ravel(a) if np.isfinite(float(v))]
    return int(min(max(finite, default=0), FARTHEST))


def _dust(digits: int) -> Any:
    """Return what may be a rest of rounding beside 1, where numbers have so many digits."""
    return mpmath.mpf(10) ** (60 - digits)


def _array(value: Any) -> Array:
    with np.errstate(invalid="ignore"):  # nan is a number here, too
        return np.asarray(_mpf(np.asarray(value)), dtype=object)


def _part(place: Sequence[int], *shapes: Sequence[int]) -> tuple[slice, ...]:
    """Return the part of an array that belongs to a place, along the axes that all shapes have."""
    extents = map(min, zip(*shapes, strict=True))
    return tuple(
        slice(p, p + 1) if n > 1 else slice(None) for p, n in zip(place, extents, strict=True)
    )


def _joined(parts: Any) -> Array:
    """Put the arrays at the places of a grid together along the axes of the grid."""
    inner = np.broadcast_shapes(*(np.shape(part) for part in parts.flat))
    whole = np.empty([max(a, b) for a, b in zip(inner, parts.shape, strict=True)], dtype=object)
    for place in np.ndindex(parts.shape):
        whole[_part(place, parts.shape)] = parts[place]
    return whole

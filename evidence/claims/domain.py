"""The domain of an expression's symbols, and points drawn from it.

The points have the edges in them, not only what is usual: one class, ties, one entry that takes
nearly all, wide spans, tiny numbers. They are multiples of 2⁻³⁰, so a hypothesis such as Σt = 1
holds without rounding. Such a sum and a range such as t ≤ 1 are kept by drawing from them; of what
is drawn otherwise, what contradicts a hypothesis is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import ceil, floor
from typing import Any, TypeAlias

import numpy as np
from sympy import Basic, Eq, Expr, Indexed, IndexedBase, Lambda, Rational, Sum, Symbol

from evidence.algebra.digits import digits_function
from evidence.algebra.ranges import Ranges
from evidence.algebra.search import Point, Undefined, admits, impose

Argument: TypeAlias = Symbol | IndexedBase
Call: TypeAlias = tuple[Any, ...]
Recipe: TypeAlias = Callable[[np.random.Generator, tuple[int, ...], float, float], Any]

FEW, MOST = 3, 9  # classes
SCALARS = 40  # points where nothing has an index
ATTEMPTS = 200
GRID = 2**30
FAR = 2.0**20  # farther than any span; sums of such numbers are exact


def _one_dominant(
    rng: np.random.Generator, shape: tuple[int, ...], span: float, scale: float
) -> Any:
    values = rng.normal(0, scale, shape)
    if values.size:
        values.flat[rng.integers(values.size)] += span
    return values


# The span is no wider than the argument's range; where it had to shrink, so has the scale.
RECIPES: dict[str, Recipe] = {
    "usual": lambda rng, shape, *_: rng.normal(0, 2, shape),
    "all equal": lambda rng, shape, *_: np.full(shape, rng.normal(0, 2)),
    "some equal": lambda rng, shape, *_: rng.integers(-2, 3, shape).astype(float),
    "one dominant": _one_dominant,
    "wide": lambda rng, shape, span, _: rng.uniform(-span, span, shape),
    "tiny": lambda rng, shape, *_: rng.normal(0, 1e-3, shape),
}


class Domain:
    """The arguments of a function that an expression describes, and which numbers they may be."""

    def __init__(
        self,
        ranges: Ranges,
        given: Sequence[Basic],
        of: Sequence[Argument],
        axes: Sequence[Symbol],
        span: float,
    ) -> None:
        self.ranges, self.of, self.axes, self.span = ranges, list(of), list(axes), span
        self.free = [a for a in of if a not in ranges.indices + ranges.sizes]
        self.least, self.most = {}, {}
        for a in [*self.free, *ranges.sizes]:
            self.least[a], self.most[a] = _by_assumptions(a)
        self.shares: set[Argument] = set()
        unread = [h for h in given if not (self._is_range(h) or self._is_whole(h))]
        are_shares = all(self.least[a] * GRID <= 1 <= self.most[a] for a in self.shares)
        # An equation may move a number out of its range: all are imposed, or none.
        self.imposed = given if unread or not are_shares else []

    def _is_range(self, h: Any) -> bool:
        """Note a hypothesis that says where an argument, or each of its entries, ends."""
        h, indices = (h.expr, (*h.variables,)) if isinstance(h, Lambda) else (h, ())
        if not hasattr(h, "gts"):
            return False
        up, down = (
            e.base if isinstance(e, Indexed) and e.indices == indices else e for e in (h.gts, h.lts)
        )
        is_strict = h.rel_op in "<>"
        if up in self.least and down.is_Rational:
            self.least[up] = max(self.least[up], _from(down, _grid(up), is_strict=is_strict))
        elif down in self.most and up.is_Rational:
            self.most[down] = min(self.most[down], -_from(-up, _grid(down), is_strict=is_strict))
        else:
            return False
        return True

    def _is_whole(self, h: Any) -> bool:
        """Note a hypothesis that says Σ_k a_k = 1 of what is not negative."""
        if not (isinstance(h, Eq) and h.rhs == 1 and isinstance(h.lhs, Sum)):
            return False
        share, ((k, first, last), *others) = h.lhs.function, h.lhs.limits
        is_all = first == 0 and last + 1 in self.ranges.sizes and not others
        is_share = isinstance(share, Indexed) and share.indices == (k,) and share.is_nonnegative
        if not (is_all and is_share and share.base in self.free):
            return False
        self.shares.add(share.base)
        return True

    # ------------------------------------------------------------ points

    def calls(self, rng: np.random.Generator) -> list[Call]:
        """Draw points: every number of classes with every recipe, or scalars with every recipe."""
        names = self.ranges.sizes
        rounds = range(1, MOST + 1) if names else range(SCALARS // len(RECIPES) + 1)
        found: dict[object, Call] = {}
        for k, (m, recipe) in product(rounds, enumerate(RECIPES.values())):
            if names and k > FEW and (m + k) % 3:
                continue  # many classes cost much: a third of the recipes for each number
            sizes = dict.fromkeys(names[:1], k)
            sizes |= {other: 1 + (k + p) % 4 for p, other in enumerate(names[1:])}
            can_be = all(self._may_be(size, value) for size, value in sizes.items())
            if can_be and (call := self._call(rng, sizes, recipe)) is not None:
                found[tuple((np.shape(a), np.asarray(a).tobytes()) for a in call)] = call
        if not found or any(self.least[a] > self.most[a] for a in self.least):
            raise ValueError("no numbers were found that satisfy the hypotheses")
        return list(found.values())

    def classes(self) -> list[int]:
        """List the numbers of classes that are tried: those that the hypotheses allow."""
        names = self.ranges.sizes
        return [k for k in range(1, MOST + 1) if names and self._may_be(names[0], k)]

    def _may_be(self, size: Symbol, value: int) -> bool:
        is_inside = self.least[size] <= value <= self.most[size]
        return is_inside and admits(size, Rational(value))

    def _call(
        self, rng: np.random.Generator, sizes: dict[Symbol, int], recipe: Recipe
    ) -> Call | None:
        shapes = {a: tuple(sizes[s] for s in self._axes_of(a)) for a in self.free}
        for _ in range(ATTEMPTS):
            at = {a: self._index(rng, a, sizes) for a in self.of if a in self.ranges.indices}
            drawn = {a: self._values(rng, a, shape, recipe) for a, shape in shapes.items()}
            if not self.imposed or self._are_imposed(drawn, sizes, at):
                numbers = {a: self._number(a, values) for a, values in drawn.items()}
                return tuple({**sizes, **at, **numbers}[a] for a in self.of)
        return None

    def _axes_of(self, a: Argument) -> list[Symbol]:
        if not isinstance(a, IndexedBase):
            return []
        found = [self.ranges.of_axis(a, m) for m in range(self.ranges.rank(a))]
        if None in found:
            raise ValueError(f"nothing shows how long {a} is; pass n")
        return [size for size in found if size is not None]

    def _index(self, rng: np.random.Generator, a: Argument, sizes: dict[Symbol, int]) -> int:
        size = self.ranges.of_index(a)
        if size is None:
            raise ValueError(f"nothing shows how far the index {a} runs; pass n")
        return int(rng.integers(sizes[size]))

    def _values(
        self, rng: np.random.Generator, a: Argument, shape: tuple[int, ...], recipe: Recipe
    ) -> Any:
        least, most = self.least[a], self.most[a]
        span = min(self.span, max(abs(least), abs(most)))
        drawn = np.asarray(recipe(rng, shape, span, span / self.span))
        values = np.round(drawn * _grid(a)) / _grid(a)
        sign = bool(a.is_nonnegative) - bool(a.is_nonpositive)
        if sign:
            values = sign * abs(values)
        if a.is_nonzero:
            values = np.where(values == 0, sign or 1, values)
        values = _into(values, least, most)
        return _shares(values) if a in self.shares else values

    def _are_imposed(
        self, drawn: dict[Argument, Any], sizes: dict[Symbol, int], at: dict[Symbol, int]
    ) -> bool:
        """Make numbers satisfy the hypotheses; tell whether that succeeded."""
        point = Point(sizes, self.ranges, 0, Rational(1))
        for a, values in drawn.items():
            for index, value in np.ndenumerate(values):
                point.values[a.name, index] = Rational(float(value))
        try:
            if not impose(self.imposed, point, at):
                return False
        except (Undefined, ZeroDivisionError):
            return False
        for a, values in drawn.items():
            for index in np.ndindex(values.shape):
                values[index] = float(point.values[a.name, index])
        return True

    def _number(self, a: Argument, values: Any) -> Any:
        """Return an argument as a program takes it."""
        if isinstance(a, IndexedBase):
            return values
        return int(values) if a.is_integer else float(values)

    def function(self, e: Expr) -> Callable[..., Any]:
        """Return an expression as a function of the arguments, to more than 50 digits."""
        return digits_function(e, self.of, self.axes, self.ranges)


def _grid(a: Argument) -> int:
    """Return how many numbers there are from one whole number to the next."""
    return 1 if a.is_integer else GRID


def _by_assumptions(a: Argument) -> tuple[float, float]:
    """Return the least and the largest number that an argument may be."""
    if a.is_zero or a.is_integer is False or a.is_real is False:
        raise ValueError(f"no numbers can be drawn for {a}: its assumptions are not understood")
    least = 1 / _grid(a) if a.is_positive else 0.0 if a.is_nonnegative else -FAR
    most = -1 / _grid(a) if a.is_negative else 0.0 if a.is_nonpositive else FAR
    return least, most


def _from(end: Rational, grid: int, *, is_strict: bool) -> float:
    """Return the least number of the grid from an end on, or beyond it."""
    return float((floor(end * grid) + 1 if is_strict else ceil(end * grid)) / grid)


def _into(values: Any, least: float, most: float) -> Any:
    """Reflect numbers into a range, again and again; what is whole and outside becomes an end."""
    width = max(most - least, 1 / GRID)
    reflected = least + abs((values - least + width) % (2 * width) - width)
    is_bounded = max(abs(least), abs(most)) < FAR
    is_outside = (values < least) | (values > most)
    whole = np.where(is_outside & is_bounded, np.where(values % 2, most, least), values)
    inside = np.where(values == np.round(values), whole, reflected)
    return np.asarray(np.clip(inside, least, most))


def _shares(weights: Any) -> Any:
    """Return numbers that are not negative and sum to 1 exactly, in proportion to the weights."""
    if not weights.any():
        weights = weights + 1
    shares = np.floor(weights / weights.sum() * GRID)
    shares[shares == 0] += weights[shares == 0] > 0
    shares.flat[np.argmax(shares)] += GRID - shares.sum()
    return shares / GRID

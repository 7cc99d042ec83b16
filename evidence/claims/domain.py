"""The domain of an expression's symbols, and points drawn from it.

The points have the edges in them, not only what is usual: one class, ties, one entry that takes
nearly all, wide spans, tiny numbers. They are multiples of 2⁻³⁰, so a hypothesis such as Σt = 1
holds without rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from typing import Any, TypeAlias

import numpy as np
from sympy import Basic, Eq, Expr, Indexed, IndexedBase, Rational, Sum, Symbol

from evidence.algebra.digits import digits_function
from evidence.algebra.ranges import Ranges
from evidence.algebra.search import Point, Undefined, admits, impose

Argument: TypeAlias = Symbol | IndexedBase
Call: TypeAlias = tuple[Any, ...]
Recipe: TypeAlias = Callable[[np.random.Generator, tuple[int, ...], float], Any]

FEW, MOST = 3, 9  # classes
SCALARS = 40  # points where nothing has an index
ATTEMPTS = 200
GRID = 2**30


def _one_dominant(rng: np.random.Generator, shape: tuple[int, ...], span: float) -> Any:
    values = rng.normal(0, 1, shape)
    if values.size:
        values.flat[rng.integers(values.size)] += span
    return values


RECIPES: dict[str, Recipe] = {
    "usual": lambda rng, shape, _: rng.normal(0, 2, shape),
    "all equal": lambda rng, shape, _: np.full(shape, rng.normal(0, 2)),
    "some equal": lambda rng, shape, _: rng.integers(-2, 3, shape).astype(float),
    "one dominant": _one_dominant,
    "wide": lambda rng, shape, span: rng.uniform(-span, span, shape),
    "tiny": lambda rng, shape, _: rng.normal(0, 1e-3, shape),
}


class Domain:
    """The arguments of a function that an expression describes, and which numbers they may be."""

    def __init__(
        self,
        ranges: Ranges,
        given: Sequence[Basic],
        of: Sequence[Argument],
        axes: Sequence[Symbol],
        span: float = 30.0,
    ) -> None:
        self.ranges, self.given = ranges, list(given)
        self.of, self.axes, self.span = list(of), list(axes), span

    # ------------------------------------------------------------ points

    def calls(self, rng: np.random.Generator) -> list[Call]:
        """Draw points: every number of classes with every recipe, or scalars with every recipe."""
        first, *others = self.ranges.sizes or [None]
        rounds = range(1, MOST + 1) if first is not None else range(SCALARS // len(RECIPES) + 1)
        found: dict[object, Call] = {}
        for k, (m, recipe) in product(rounds, enumerate(RECIPES)):
            if first is not None and k > FEW and (m + k) % 3:
                continue  # many classes cost much: a third of the recipes for each number
            sizes = {} if first is None else {first: k}
            sizes |= {other: 1 + (k + p) % 4 for p, other in enumerate(others)}
            if all(admits(size, Rational(value)) for size, value in sizes.items()):
                for call in islice(self._calls(rng, sizes, RECIPES[recipe]), 1):
                    found[repr(call)] = call
        if not found:
            raise ValueError("no numbers were found that satisfy the hypotheses")
        return list(found.values())

    def _calls(
        self, rng: np.random.Generator, sizes: dict[Symbol, int], recipe: Recipe
    ) -> Iterator[Call]:
        for _ in range(ATTEMPTS):
            point = Point(sizes, self.ranges, 0, Rational(1))
            at = {a: self._index(rng, a, sizes) for a in self.of if a in self.ranges.indices}
            for key, shape in self._unknown(sizes).items():
                self._fill(point, key, self._values(rng, key, shape, recipe))
            try:
                if impose(self.given, point, at):
                    yield self._call(point, at)
            except (Undefined, ZeroDivisionError):
                continue

    def _unknown(self, sizes: dict[Symbol, int]) -> dict[Argument, tuple[int, ...]]:
        """Return the shape of every argument that needs numbers."""
        free = [a for a in self.of if a not in self.ranges.indices and a not in sizes]
        return {a: tuple(sizes[s] for s in self._axes_of(a)) for a in free}

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
        values = np.round(np.asarray(recipe(rng, shape, self.span)) * GRID) / GRID
        entry = a[(0,) * len(shape)] if isinstance(a, IndexedBase) else a
        if entry.is_integer:
            values = np.round(values)
        if entry.is_nonnegative:
            values = abs(values) + (bool(entry.is_positive) and (values == 0))
        if self._sums_to_one(a):
            values = _shares(values)
        return values

    def _sums_to_one(self, a: Argument) -> bool:
        """Tell whether a hypothesis says Σ_k a_k = 1 of what is not negative."""
        sums = [h.lhs for h in self.given if isinstance(h, Eq) and h.rhs == 1]
        return isinstance(a, IndexedBase) and any(
            isinstance(s, Sum)
            and isinstance(s.function, Indexed)
            and s.function.base == a
            and s.function.is_nonnegative
            for s in sums
        )

    @staticmethod
    def _fill(point: Point, a: Argument, values: Any) -> None:
        name = str(a.label) if isinstance(a, IndexedBase) else a.name
        for index in np.ndindex(values.shape):
            entry = a[index] if isinstance(a, IndexedBase) else a
            value = Rational(float(values[index]))
            if admits(entry, value):
                point.values[name, index] = value

    def _call(self, point: Point, at: dict[Symbol, int]) -> Call:
        return tuple(self._argument(a, point, at) for a in self.of)

    def _argument(self, a: Argument, point: Point, at: dict[Symbol, int]) -> Any:
        if a in at or a in point.sizes:
            return at.get(a, point.sizes.get(a))
        if not isinstance(a, IndexedBase):
            value = float(point.value((a.name, ()), a))
            return int(value) if a.is_integer else value
        shape = tuple(point.sizes[s] for s in self._axes_of(a))
        values = np.empty(shape)
        for index in np.ndindex(shape):
            values[index] = float(point.value((str(a.label), index), a[index]))
        return values

    def function(self, e: Expr) -> Callable[..., Any]:
        """Return an expression as a function of the arguments, to more than 50 digits."""
        return digits_function(e, self.of, self.axes, self.ranges)


def _shares(weights: Any) -> Any:
    """Return numbers that are not negative and sum to 1 exactly, in proportion to the weights."""
    if not weights.any():
        weights = weights + 1
    shares = np.floor(weights / weights.sum() * GRID)
    shares[shares == 0] += weights[shares == 0] > 0
    shares.flat[np.argmax(shares)] += GRID - shares.sum()
    return shares / GRID

"""An inequality in one variable on a whole interval: proved piece by piece, or refuted by a point.

On each piece Taylor's formula at one of its ends, with the remainder enclosed, must leave no room
for a contradiction. Where both sides touch, the terms that vanish must do so exactly, by SymPy.
An infinite piece is cut at twice its finite end plus 1, as t/(1 − t) is when t is halved.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from heapq import heappop, heappush
from itertools import pairwise
from math import factorial, floor

from flint import ctx
from sympy import Expr, Interval, Rational, S, Symbol, diff, simplify

from evidence.algebra.intervals import (
    INF,
    ZERO,
    Range,
    Undefined,
    Unknown,
    constant,
    plus,
    times,
    values,
)

BITS, PIECES, ORDERS, NARROWEST, FARTHEST = 128, 4000, 4, 2.0**-40, 2**10
_NOTHING = Range(ZERO, ZERO)


class Undecided(ArithmeticError):  # noqa: N818
    """An inequality was neither proved nor refuted."""


class Inequality:
    """The inequality ``d >= 0``, or ``d > 0``, for x in an interval."""

    def __init__(self, d: Expr, x: Symbol, over: Interval, *, strict: bool) -> None:
        self.d, self.x, self.over, self.strict = d, x, over, strict
        self.pieces = 0
        self.equal: set[Expr] = set()
        self.at = cache(self._at)
        self.derivative = cache(lambda order: diff(d, x, order))

    def counterexample(self, cuts: Iterable[Expr] = ()) -> Expr | None:
        """Return a point that contradicts, or None once the inequality is proved."""
        start, end = self.over.args[:2]
        with ctx.workprec(BITS):
            inner = sorted({self._cut(start, end), *(c for c in cuts if c in self.over.interior)})
            return self._settle([start, *inner, end])

    def _settle(self, ends: list[Expr]) -> Expr | None:
        new = list(pairwise(ends))
        worst: list[tuple[float, int, Expr, Expr]] = []
        undecided = None
        if (wrong := next(filter(self._contradicts, ends), None)) is not None:
            return wrong
        while new or worst:
            for a, b in new:
                self.pieces += 1
                if (least := self._least(a, b)) is not None:
                    heappush(worst, (least, self.pieces, a, b))
            new = []
            if worst:
                _, _, a, b = heappop(worst)
                if b - a < NARROWEST or max(a, -b) > FARTHEST or self.pieces > PIECES:
                    undecided = a if a.is_finite else b
                elif self._contradicts(c := self._cut(a, b)):
                    return c
                else:
                    new = [(a, c), (c, b)]
        if undecided is not None:
            raise Undecided(f"neither proved nor refuted near {self.x} = {float(undecided):.6g}")
        return None

    def _contradicts(self, c: Expr) -> bool:
        if c not in self.over:
            return False
        try:
            found = self.at(c, 0)
        except Undefined:
            raise Undecided(f"one side may be undefined at {self.x} = {c}") from None
        if found == _NOTHING:
            self.equal.add(c)
            return self.strict
        if found.low <= 0 <= found.high:
            raise Undecided(f"too near to equality at {self.x} = {c}")
        return bool(found.high < 0)

    def _least(self, a: Expr, b: Expr) -> float | None:
        """Return None if the inequality is proved inside a piece, else how low d may be there."""
        piece = Range(constant(a).low, constant(b).high, a not in self.over, b not in self.over)
        try:
            whole = values(self.d, self.x, piece)
        except Undefined:
            return -float("inf")
        is_proved = self._allows(whole) or any(
            self._allows(self._taylor(c, side, b - a, piece, order))
            for c, side in ((a, 1), (b, -1))
            if c.is_finite
            for order in range(1, self._orders(c) + 1)
        )
        return None if is_proved else float(whole.low)

    def _allows(self, found: Range) -> bool:
        return found.positive or bool(found.low == 0 and not self.strict)

    def _orders(self, c: Expr) -> int:
        return ORDERS if self._touches(c) else 2

    def _touches(self, c: Expr) -> bool:
        try:
            return bool(self.at(c, 0) == _NOTHING)
        except Undefined:
            return False

    def _taylor(self, c: Expr, side: int, width: Expr, piece: Range, order: int) -> Range:
        """Enclose d inside a piece beside ``c``: its Taylor polynomial there and the remainder."""
        inside = Range(*piece[:2], above=True, below=True)
        try:
            total = self.at(c, 0)
            for k in range(1, order + 1):
                slope = values(self.derivative(k), self.x, inside) if k == order else self.at(c, k)
                steps = Range(ZERO, constant(width**k / factorial(k)).high, above=True)
                total = plus(total, times(slope if side**k > 0 else -slope, steps))
        except (Undefined, Unknown):
            return Range(-INF, INF)
        return total

    def _at(self, c: Expr, order: int) -> Range:
        """Enclose a derivative at a point; it is 0 if SymPy says so."""
        e = self.derivative(order)
        found = values(e, self.x, constant(c))
        is_tiny = found.low <= 0 <= found.high and found.high - found.low < 2.0**-60
        return _NOTHING if is_tiny and simplify(e.subs(self.x, c)) == 0 else found

    def _cut(self, a: Expr, b: Expr) -> Expr:
        """Choose where to cut a piece: where both sides touch, if that is a simple number."""
        if not (a.is_finite and b.is_finite):
            return _outward(a, b)
        low, high = _fraction(a), _fraction(b)
        simple = Rational(_simplest(low, high))
        return simple if self._touches(simple) else Rational((low + high) / 2)


def _outward(a: Expr, b: Expr) -> Expr:
    if a.is_finite:
        return Rational(2 * max(_fraction(a), Fraction(0)) + 1)
    return Rational(2 * min(_fraction(b), Fraction(0)) - 1) if b.is_finite else S.Zero


def _fraction(c: Expr) -> Fraction:
    return Fraction(int(c.p), int(c.q)) if c.is_Rational else Fraction(floor(c * 2**60), 2**60)


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the number of least denominator between two others."""
    if low < 0 < high:
        return Fraction(0)
    if high <= 0:
        return -_simplest(-high, -low)
    whole = floor(low)
    if whole + 1 < high:
        return Fraction(whole + 1)
    if low == whole:
        return whole + Fraction(1, floor(1 / (high - whole)) + 1)
    return whole + 1 / _simplest(1 / (high - whole), 1 / (low - whole))

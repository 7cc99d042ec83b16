"""The values of an expression on an interval, enclosed by ball arithmetic.

An interval is a set of real numbers: an infinite end is a limit and never a member, and of every
end it is known whether it may be a member. So x log x is enclosed on (0, 1], and 1 − tanh x on the
whole line is above 0, not merely at least 0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flint import arb, fmpq
from sympy import (
    Abs,
    Add,
    DiracDelta,
    E,
    Expr,
    Mul,
    Pow,
    Symbol,
    atan,
    erf,
    exp,
    log,
    oo,
    pi,
    sign,
    tanh,
)

INF = arb.pos_inf()
ZERO, ONE = arb(0), arb(1)
# Increasing functions: how to compute one, where it begins, its limits there and at infinity.
_INCREASING = {
    exp: (arb.exp, -INF, ZERO, INF),
    log: (arb.log, ZERO, -INF, INF),
    tanh: (arb.tanh, -INF, -ONE, ONE),
    erf: (arb.erf, -INF, -ONE, ONE),
    atan: (arb.atan, -INF, -arb.pi() / 2, arb.pi() / 2),
}


_KNOWN: Any = (Add, Mul, Abs, sign, DiracDelta, *_INCREASING)
_CONSTANTS = {E: arb.const_e, pi: arb.pi, oo: arb.pos_inf, -oo: arb.neg_inf}


class Undefined(ArithmeticError):  # noqa: N818
    """An expression may be undefined somewhere on an interval."""


class Unknown(TypeError):  # noqa: N818
    """An expression holds a function that has no enclosure here."""


class Range(NamedTuple):
    """Numbers from ``low``, or only ``above`` it, to ``high``, or only ``below`` it."""

    low: arb
    high: arb
    above: bool = False
    below: bool = False

    def __neg__(self) -> Range:
        """Return the range of −a."""
        return Range(-self.high, -self.low, self.below, self.above)

    @property
    def positive(self) -> bool:
        """Whether all members are above 0."""
        return bool(self.low > 0 or (self.low == 0 and self.above))


def values(e: Expr, x: Symbol | None, over: Range) -> Range:
    """Enclose what ``e`` can be for x in ``over``, or raise `Undefined` or `Unknown`."""
    if e == x:
        return over
    if e.is_Rational:
        return _ball(arb(fmpq(int(e.p), int(e.q))))
    if e in _CONSTANTS:
        return _ball(_CONSTANTS[e]())
    if isinstance(e, Pow) and not e.exp.is_Rational and e.base.is_positive and e.base.is_number:
        return values(exp(e.exp * log(e.base), evaluate=False), x, over)
    if isinstance(e, Pow) and e.exp.is_Rational:
        return _power(values(e.base, x, over), fmpq(int(e.exp.p), int(e.exp.q)))
    if not isinstance(e, _KNOWN):
        raise Unknown(f"no enclosure is known of {e}")
    inner = [values(a, x, over) for a in e.args]
    if isinstance(e, Add | Mul):
        total = inner[0]
        for other in inner[1:]:
            total = plus(total, other) if isinstance(e, Add) else times(total, other)
        return total
    if isinstance(e, Abs):
        return _power(inner[0], fmpq(1), even=True)
    if isinstance(e, DiracDelta):  # the bend of |a|: there is none where a is not 0
        return _bend(inner[0])
    return _sign(inner[0]) if isinstance(e, sign) else _increasing(inner[0], *_INCREASING[type(e)])


def constant(e: Expr) -> Range:
    """Enclose a number, which may be infinite."""
    return values(e, None, Range(ZERO, ZERO))


def _ball(value: arb) -> Range:
    return Range(value.lower(), value.upper())


def _increasing(a: Range, f: object, start: arb, least: arb, limit: arb) -> Range:
    if a.low < start or (a.low == start and not a.above and start == 0):
        raise Undefined
    low = least if a.low <= start else f(a.low).lower()  # type: ignore[operator]
    high = limit if a.high == INF else f(a.high).upper()  # type: ignore[operator]
    return Range(_or(low, -INF), _or(high, INF), a.above, a.below)


def _sign(a: Range) -> Range:
    """Enclose the slope of |a|, at 0 all that a chord there can have."""
    return Range(ONE if a.positive else -ONE, -ONE if (-a).positive else ONE)


def _bend(a: Range) -> Range:
    if not (a.positive or (-a).positive):
        raise Undefined
    return Range(ZERO, ZERO)


def _or(end: arb, otherwise: arb) -> arb:
    return otherwise if end.is_nan() else end


def plus(a: Range, b: Range) -> Range:
    """Enclose the sums."""
    low, high = (a.low + b.low).lower(), (a.high + b.high).upper()
    return Range(_or(low, -INF), _or(high, INF), a.above or b.above, a.below or b.below)


def times(a: Range, b: Range) -> Range:
    """Enclose the products; 0 times a limit at infinity is 0, for no member is infinite."""
    if a.high == 0 == a.low or b.high == 0 == b.low:
        return Range(ZERO, ZERO)
    if a.high <= 0:
        return -times(-a, b)
    if b.high <= 0 or (a.low < 0 <= b.low):
        return times(b, a)
    high = _or(a.high * b.high, ZERO).upper()
    if a.low >= 0 and b.low >= 0:
        low = _or(a.low * b.low, ZERO).lower()
        above = a.positive and b.positive and bool(low == 0 or a.above or b.above)
        return Range(low, high, above, a.below or b.below)
    if a.low >= 0:
        low = _or(a.high * b.low, ZERO).lower()
        return Range(low, high, a.below or b.above, a.below or b.below)
    products = [_or(p * q, ZERO) for p in a[:2] for q in b[:2]]
    return Range(min(p.lower() for p in products), -min((-p).lower() for p in products))


def _power(a: Range, p: fmpq, even: bool = False) -> Range:
    whole = p.q == 1
    even = even or (whole and p.p % 2 == 0)
    if even and not a.low >= 0:
        if a.high <= 0:
            return _power(-a, p, even)
        if p < 0:
            raise Undefined
        larger = a.high if a.high >= -a.low else -a.low
        return _power(Range(ZERO, larger), p)
    if p < 0:
        return _inverse(_power(a, -p))
    if not whole and not a.low >= 0:
        raise Undefined
    low, high = (_raised(end, p) for end in a[:2])
    return Range(low.lower(), high.upper(), a.above, a.below)


def _raised(end: arb, p: fmpq) -> arb:
    if not end.is_finite():
        return end  # an even power has no negative end left
    return end ** int(p.p) if p.q == 1 else end ** arb(p) if end > 0 else ZERO


def _inverse(a: Range) -> Range:
    if a.positive:
        high = INF if a.low == 0 else (1 / a.low).upper()
        return Range((1 / a.high).lower(), high, a.below or a.high == INF, a.above)
    if (-a).positive:
        return -_inverse(-a)
    raise Undefined

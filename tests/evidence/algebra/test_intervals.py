"""Enclosures of values, against mpmath at 50 digits at points inside."""

import mpmath
import numpy as np
import pytest
from flint import arb
from sympy import (
    Abs,
    DiracDelta,
    Integer,
    Rational,
    Symbol,
    atan,
    erf,
    exp,
    lambdify,
    log,
    pi,
    sign,
    sin,
    sqrt,
    tanh,
)

from evidence.algebra.intervals import INF, Range, Undefined, Unknown, constant, values

x = Symbol("x", real=True)
LINE = Range(-INF, INF, True, True)
EXPRESSIONS = [
    1 / (1 + exp(-x)),
    erf(x / sqrt(2)) - tanh(x),
    x**3 - 2 * x**2 + x / 3,
    Abs(x - 1) * (x + 1),
    Abs(x) ** Rational(3, 2),
    sqrt(1 + x**2) - x,
    log(1 + exp(-Abs(x))),
    x * exp(-(x**2)) + pi,
    (x - 2) * (x + 1) / (x**2 + 1),
    Integer(2) ** x * atan(x),
    (1 + x**2) ** -2,
    (x**2 + 2) ** Rational(-1, 3),
    Abs(sign(x) - 3),
]


def between(low, high, above=False, below=False):
    return Range(arb(low), arb(high), above, below)


@pytest.mark.parametrize("e", EXPRESSIONS, ids=str)
def test_every_value_lies_inside(e):
    f = lambdify(x, e, "mpmath")
    rng = np.random.default_rng(1)
    for _ in range(25):
        low, high = sorted(rng.normal(0, 3, 2))
        found = values(e, x, between(low, high))
        with mpmath.workdps(50):
            for t in [low, high, *rng.uniform(low, high, 5)]:
                value = f(mpmath.mpf(t))
                assert mpmath.mpf(float(found.low)) - 1e-12 <= value
                assert value <= mpmath.mpf(float(found.high)) + 1e-12


@pytest.mark.parametrize(
    ("e", "over", "expected"),
    [
        (1 - tanh(x), LINE, (0, 2, True, True)),
        (1 / (1 + exp(-x)), LINE, (0, 1, True, True)),
        (x * log(x), between(0, 1, above=True), (-np.inf, 0, True, False)),
        (x**2, LINE, (0, np.inf, False, False)),
        (x**2, between(-2, 1), (0, 4, False, False)),
        (1 / x, between(0, 4, above=True), (0.25, np.inf, False, True)),
        (1 / x, between(-4, 0, below=True), (-np.inf, -0.25, True, False)),
        (0 * x, LINE, (0, 0, False, False)),
        (x**-2, between(2, 4), (1 / 16, 0.25, False, False)),
        (x * (x + 1), between(1, 2), (2, 6, False, False)),
        (x * (x + 1), between(0, 2), (0, 6, False, False)),
        (sign(x), between(0, 1), (-1, 1, False, False)),
        (sign(x), between(0, 1, above=True), (1, 1, False, False)),
        (DiracDelta(x), between(0, 1, above=True), (0, 0, False, False)),
    ],
    ids=str,
)
def test_ends_and_whether_they_are_reached(e, over, expected):
    found = values(e, x, over)
    assert (float(found.low), float(found.high)) == expected[:2]
    assert found[2:] == expected[2:] or not np.isfinite(expected[:2]).all()


@pytest.mark.parametrize(
    ("e", "over"),
    [
        (log(x), between(0, 1)),
        (log(x), between(-1, 1)),
        (1 / x, between(-1, 1)),
        (1 / x, between(0, 1)),
        (x**-2, between(-1, 1)),
        (sqrt(x), between(-1, 1)),
        (log((x - 1) ** 2), between(0, 2, True, True)),
        (DiracDelta(x), between(-1, 1)),
    ],
    ids=str,
)
def test_where_it_may_be_undefined_nothing_is_said(e, over):
    with pytest.raises(Undefined):
        values(e, x, over)


@pytest.mark.parametrize("e", [sin(x), x**x, Symbol("y") + x], ids=str)
def test_what_is_not_on_the_list_is_an_error(e):
    with pytest.raises(Unknown, match="no enclosure is known of"):
        values(e, x, between(0, 1))


def test_numbers():
    third, e = constant(Rational(1, 3)), constant(exp(1))
    assert third.low <= arb(1) / 3 or third.low < third.high
    assert float(e.low) == pytest.approx(np.e, rel=1e-15)

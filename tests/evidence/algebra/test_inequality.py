"""Inequalities on whole intervals: what is true is proved, what is false is refuted by a point."""

from fractions import Fraction

import numpy as np
import pytest
from sympy import Abs, Interval, Rational, Symbol, erf, exp, log, oo, sqrt, tanh

from evidence.algebra.inequality import Inequality, Undecided, _simplest

x = Symbol("x", real=True)
u = Symbol("u", positive=True)
LINE, RIGHT = Interval(-oo, oo), Interval.open(0, oo)
S = 1 / (1 + exp(-x))
GAP = Abs(1 / (1 + exp(-Rational(1702, 1000) * x)) - (1 + erf(x / sqrt(2))) / 2)


def counterexample(d, over, strict=False, cuts=()):
    return Inequality(d, *d.free_symbols, over, strict=strict).counterexample(cuts)


TRUE = [
    (Rational(95, 10000) - GAP, LINE, True),
    (exp(x) - 1 - x, LINE, False),
    (exp(u) - 1 - u, RIGHT, True),
    (u - 1 - log(u), RIGHT, False),
    (Rational(1, 4) - S * (1 - S), LINE, False),
    (1 - tanh(x), LINE, True),
    (1 - S, LINE, True),
    (S, LINE, True),
    (log(2) + u * log(u) + (1 - u) * log(1 - u), Interval.open(0, 1), False),
    (Rational(4, 27) - u * (1 - u) ** 2, Interval.open(0, 1), False),
    (log(2) - log(1 + exp(-Abs(x))), LINE, False),
    (Abs(x) - Abs(tanh(x)), LINE, False),
    (x - tanh(x), Interval(0, oo), False),
    ((x - Rational(1, 3)) ** 2 * (x - 2) ** 2, Interval(-4, 4), False),
    (x**4, Interval(-1, 1), False),
    (x**3, Interval(0, 1), False),
]
FALSE = [
    (Rational(94, 10000) - GAP, LINE, True),
    (exp(x) - 1 - Rational(101, 100) * x, LINE, False),
    (u - 1 - log(u), RIGHT, True),
    (Rational(249999, 1000000) - S * (1 - S), LINE, False),
    (Rational(1, 4) - S * (1 - S), LINE, True),
    (Rational(9999, 10000) - tanh(x), LINE, True),
    (log(2) - Rational(1, 1000) + u * log(u) + (1 - u) * log(1 - u), Interval.open(0, 1), False),
    (tanh(x) - x, Interval(0, oo), False),
    (x**3, Interval(-1, 1), False),
    (x**2 - Rational(1, 10**8), LINE, False),
    ((x - Rational(1, 7)) ** 2 - Rational(1, 10**10), Interval(0, 1), False),
    (x, Interval(0, 1), True),
]


@pytest.mark.parametrize(("d", "over", "strict"), TRUE, ids=str)
def test_what_is_true_is_proved(d, over, strict):
    assert counterexample(d, over, strict) is None


@pytest.mark.parametrize(("d", "over", "strict"), FALSE, ids=str)
def test_what_is_false_is_refuted_by_a_point(d, over, strict):
    point = counterexample(d, over, strict)
    value = d.subs(*d.free_symbols, point).evalf(50)
    assert point in over
    assert value < 0 or (strict and value == 0)


@pytest.mark.parametrize(
    ("d", "over"),
    [
        (1 + 1 / x**2, Interval(-1, 1)),
        (u - 1 - log(u), Interval(0, 1)),
        (log((x - Rational(1, 3)) ** 2) + 100, Interval(0, 1)),
        (sqrt(x), Interval(-1, 1)),
        (1 / (x - Rational(1, 3)) ** 2, Interval(0, 1)),
    ],
    ids=str,
)
def test_where_one_side_is_undefined_nothing_is_proved(d, over):
    with pytest.raises(Undecided, match=r"undefined|neither proved nor refuted"):
        counterexample(d, over)


def test_a_touching_point_that_is_no_simple_fraction_has_to_be_given():
    d = exp(-1) + u * log(u)
    with pytest.raises(Undecided, match=r"near u = 0\.3678"):
        counterexample(d, Interval.Lopen(0, 1))
    assert counterexample(d, Interval.Lopen(0, 1), cuts=[exp(-1)]) is None


def test_random_polynomials_with_a_known_least_value():
    rng = np.random.default_rng(5)
    for _ in range(8):
        a, b = (Rational(int(k), 8) for k in rng.integers(-16, 17, 2))
        d = (x - a) ** 2 * ((x - b) ** 2 + 1)
        assert counterexample(d, Interval(-3, 3)) is None
        wrong = counterexample(d - Rational(1, 10**6), Interval(-3, 3))
        assert abs(wrong - a) < Rational(1, 100)


def test_the_simplest_fraction_between_two():
    for low, high in [
        ("1/3", "1/2"),
        ("0.333", "0.334"),
        ("-2/3", "-0.6"),
        ("-1", "5"),
        ("2", "2.2"),
    ]:
        low, high = Fraction(low), Fraction(high)
        found = _simplest(low, high)
        best = next(
            q
            for q in range(1, 10**4)
            for p in [int(low * q) + k for k in (-1, 0, 1, 2)]
            if low < Fraction(p, q) < high
        )
        assert low < found < high
        assert found.denominator == best

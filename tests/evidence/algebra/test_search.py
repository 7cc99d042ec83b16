"""The search: values against numbers worked out elsewhere, hypotheses imposed, the same points."""

from itertools import combinations
from math import prod

import mpmath
import pytest
from sympy import (
    Abs,
    And,
    Derivative,
    Eq,
    Ge,
    Indexed,
    IndexedBase,
    Integral,
    KroneckerDelta,
    Lambda,
    Lt,
    Max,
    Ne,
    Or,
    Piecewise,
    Product,
    S,
    Sum,
    Symbol,
    cos,
    exp,
    gamma,
    log,
    pi,
    sign,
    sin,
    sqrt,
    tan,
    tanh,
)

from evidence.algebra.ranges import Ranges
from evidence.algebra.search import CannotEvaluate, Point, Undefined, evaluate, points, search
from tests.evidence.notation import ONE_S, ONE_T, D, Z, a, i, j, k, n, over, q, r, s, t, v, x, z

m = Symbol("m", integer=True)


def value(e, at=None, **numbers):
    """Evaluate at z = (1, 2, 3) and x = ½."""
    ranges = Ranges([e], n)
    point = Point({n: 3}, ranges, 0, S.One)
    point.values = {("z", (m,)): S(m + 1) for m in range(3)}
    point.values |= {("x", ()): S.Half} | {(name, ()): S(b) for name, b in numbers.items()}
    return evaluate(e, point, at or {})


E1, E2, E3 = (mpmath.exp(m) for m in (1, 2, 3))


@pytest.mark.parametrize(
    ("e", "expected"),
    [
        (Z, E1 + E2 + E3),
        (Sum(z[k], (k, 1, n - 1)), 5),
        (Sum(z[k], (k, 0, n - 2)), 3),
        (Sum(z[k] * k, (k, 0, n - 1)), 8),
        (Sum(z[k], (k, 2, 1)), 0),
        (Product(z[k], (k, 0, n - 1)), 6),
        (Sum(z[i] * z[j], (i, 0, j), (j, 0, n - 1)), 1 + 2 * 3 + 3 * 6),
        (over(z[k] * KroneckerDelta(k, 1)), 2),
        (Derivative(x**3, x), 0.75),
        (Derivative(x**3, (x, 2)), 3),
        (Derivative(over(z[k] ** 2), z[1]), 4),
        (Derivative(z[0] * z[1] * z[2], z[0], z[1]), 3),
        (Max(x, 2) + Abs(-x), 2.5),
        (Piecewise((1, x > 1), (2, x > 0), (3, True)), 2),
        (Piecewise((1, And(x > 0, x > 1)), (2, Or(x > 1, x < 1)), (3, True)), 2),
        (Piecewise((1, Or(x > 1, x < 0)), (2, And(x > 0, x < 1)), (3, True)), 2),
        (sqrt(x) ** 2 + tanh(x) * 0 + log(exp(x)) + pi - pi, 1),
    ],
)
def test_values(e, expected):
    assert abs(value(e) - expected) < 1e-14


def test_equal_indices_are_one_variable():
    second = Derivative(z[i] ** 2 * z[j], z[i], z[j])
    assert abs(value(second, {i: 0, j: 1}) - 2) < 1e-25
    assert abs(value(second, {i: 1, j: 1}) - 6 * 2) < 1e-25


def test_what_cannot_be_evaluated_is_named():
    with pytest.raises(CannotEvaluate, match="Integral has no value at a point"):
        value(Integral(x, x))


def every(given, ranges):
    found = list(points(given, ranges))
    assert found
    return found


def test_hypotheses_are_imposed():
    ranges = Ranges([over(s[k] * t[k]), ONE_S, ONE_T], n)
    for point, at in every([ONE_S, ONE_T], ranges):
        for base in (s, t):
            assert abs(evaluate(over(base[k]) - 1, point, at)) < 1e-40
        assert evaluate(s[0], point, at) > 0


def test_a_hypothesis_for_every_row_and_an_order():
    y = Symbol("y", real=True)
    rows = Lambda(r, Eq(over(v[r, k]), 1))
    given = [rows, Lt(x, y), Ne(i, j)]
    ranges = Ranges([v[i, j], Sum(v[q, 0], (q, 0, D - 1)), *given], n)
    for point, at in every(given, ranges):
        assert at[i] != at[j]
        assert evaluate(x - y, point, at) < 0
        for row in range(point.sizes[D]):
            assert abs(evaluate(over(v[a, k]) - 1, point, {**at, a: row})) < 1e-40


def test_every_tuple_of_indices_at_two_and_three():
    seen = {(p.sizes[n], at[i], at[j]) for p, at in points([], Ranges([z[i] * z[j]], n))}
    every = {(m, b, c) for m in (1, 2, 3) for b in range(m) for c in range(m)}
    assert every < seen
    assert {m for m, *_ in seen - every} == {4, 5, 6, 7, 8, 9}


UP_TO_THREE = {
    "a polynomial": ((n - 1) * (n - 2) * (n - 3), 0, "="),
    "the pieces of a cut cake": (2 ** (n - 1), n * (n - 1) / 2 + 1, "="),
    "no fourth index is another": (
        prod(1 - KroneckerDelta(*pair) for pair in combinations((i, j, a, q), 2)) * v[i],
        0,
        "=",
    ),
    "an order": (2**n, n**2 + 1, "<="),
}


@pytest.mark.parametrize("name", UP_TO_THREE)
def test_what_holds_up_to_three_is_tried_beyond(name):
    left, right, relation = UP_TO_THREE[name]
    left, right = S(left) + v[i] + v[j], S(right) + v[i] + v[j]
    _, found = search(left, right, relation, Ranges([left, right, v[a] + v[q]], n))
    assert "n = 5" in found.point


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (sign(x) ** 2, 1),
        (Abs(x) / x, sign(x)),
        ((x**2 - 1) / (x - 1), x + 1),
        (Piecewise((0, Eq(x, -1)), (1, True)), 1),
        (sin(8000 * pi * x), 0),
        (gamma(x + 1), Piecewise((x * gamma(x), Ne(x, 0)), (0, True))),
    ],
)
def test_rare_points_are_tried(left, right):
    _, found = search(left, S(right), "=", Ranges([left, S(right)], n))
    assert found is not None


def test_a_pole_is_no_value_and_a_huge_one_is_told():
    _, found = search(gamma(x - 1), gamma(x - 1) + 1 / x * 0, "=", Ranges([x]))
    assert found is None
    assert value(Max(gamma(x), 1)) > 1
    with pytest.raises(Undefined):
        value(gamma(x - S.Half))
    with pytest.raises(CannotEvaluate, match=r"exp\(exp\(exp\(1000\*x\)\)\) becomes too large"):
        value(exp(exp(exp(1000 * x))))


def test_a_rare_counterexample_is_found():
    # Wrong at i = 2, j = 1 only, which n = 2 does not have.
    wrong = v[i] + KroneckerDelta(i, 2) * KroneckerDelta(j, 1)
    _, found = search(v[i] + 0 * v[j], wrong, "=", Ranges([wrong], n))
    assert "n = 3, i = 2, j = 1" in found.point


def test_tiny_differences_are_seen():
    ranges = Ranges([x])
    _, found = search(x, x + S(10) ** -28, "=", ranges)
    assert found is not None
    _, found = search(x, x + S(10) ** -40, "=", ranges)
    assert found is None


def test_one_side_without_a_value():
    _, found = search(x, x + KroneckerDelta(n, 1) / (n - 1), "=", Ranges([x], n))
    assert found.right == "undefined"


def test_points_are_the_same_each_time():
    first = [p.described(at) for p, at in points([ONE_S], Ranges([over(s[k]), z[i]], n))]
    second = [p.described(at) for p, at in points([ONE_S], Ranges([over(s[k]), z[i]], n))]
    assert first == second
    assert len(set(first)) > len(first) / 2


def test_assumptions_hold():
    count = Symbol("L", integer=True, positive=True)
    small = IndexedBase("u", negative=True)
    ranges = Ranges([small[i] * count], n)
    for point, at in points([], ranges):
        assert evaluate(small[i], point, at) < 0
        assert evaluate(count, point, at) in range(1, 41)
    assert isinstance(small[i], Indexed)


NEEDS_REACH = {
    "beyond 6.66": (Max(x, 7), 7 + 0 * x, "=", []),
    "a large number": (exp(-Abs(x)) + S(10) ** -25, exp(-Abs(x)), "<=", []),
    "far below": (Max(x, -200), x, "=", []),
    "a small number": (Max(Abs(x), S(10) ** -4), Abs(x), "=", []),
    "an integer beyond five": (Max(m, 6), 6 + 0 * m, "=", [Ge(m, 0)]),
    "four classes": (KroneckerDelta(n, 4) * z[i], 0 * z[i], "=", []),
    "eight classes": (KroneckerDelta(n, 8) * z[i], 0 * z[i], "=", []),
    "a partial tie": (
        KroneckerDelta(0, sign(z[0] - z[1])) * sign(z[0] - z[2]) ** 2 * n * (n - 1),
        0,
        "=",
        [],
    ),
    "a second root": (x, 2 + 0 * x, "=", [Eq(x**2, 4)]),
}


@pytest.mark.parametrize("name", NEEDS_REACH)
def test_the_search_reaches(name):
    left, right, relation, given = NEEDS_REACH[name]
    ranges = Ranges([left, S(right), over(z[k]) + z[i], *given], n)
    _, found = search(left, S(right), relation, ranges, given)
    assert found is not None


ACROSS = {
    "a removable gap": ((x**2 - 4) / (x - 2), x + 2),
    "a gap at an irrational number": ((x**2 - 2) / (x - sqrt(2)), x + sqrt(2)),
    "a corner": (Derivative(Abs(x), x), sign(x)),
    "a corner elsewhere": (Derivative(Abs(x - 3), x), sign(x - 3)),
    "a corner of max": (Derivative(Max(x, 3), x), Piecewise((1, x > 3), (0, True))),
    "a size": (n / (n - 4) - 4 / (n - 4) + 0 * z[0], S.One),
    "a large size": (n / (n - 14) - 14 / (n - 14), S.One),
    "tan": (tan(x) * cos(x), sin(x)),
    "two entries": ((z[0] ** 2 - z[1] ** 2) / (z[0] - z[1]), z[0] + z[1]),
    "inside a sum": (over((z[k] ** 2 - 9) / (z[k] - 3)), over(z[k] + 3)),
}


@pytest.mark.parametrize("name", ACROSS)
def test_a_side_without_a_value_is_found(name):
    left, right = ACROSS[name]
    _, found = search(left, right, "=", Ranges([left, right], n))
    assert "undefined" in (found.left, found.right)


def test_a_hypothesis_keeps_away_from_the_gap():
    left, right = ACROSS["a removable gap"]
    given = [Ne(x, 2)]
    compared, found = search(left, right, "=", Ranges([left, right, *given]), given)
    assert found is None
    assert compared > 16
    _, found = search(left, right + 1, "=", Ranges([left, right, *given]), given)
    assert found is not None


def test_far_values_do_not_refute_what_is_true():
    for left, right in [
        (log(1 + exp(x)) - log(1 + exp(-x)), x),
        (exp(x) * log(1 + exp(-x)) / exp(x), log(1 + exp(-x))),
        (1 / (1 + exp(-x)), exp(x) / (1 + exp(x))),
        (log(over(exp(z[k] + x))), x + log(over(exp(z[k])))),
        (exp(exp(x)) * exp(-exp(x)) * x, x),
    ]:
        compared, found = search(left, right, "=", Ranges([left, right], n))
        assert found is None
        assert compared > 16


def test_nothing_has_a_slope_along_a_whole_number():
    for e in (Derivative(n**2, n), Derivative(i * z[i], i), Derivative(m**2, m)):
        with pytest.raises(CannotEvaluate, match="is a whole number"):
            search(e, e, "=", Ranges([e, over(z[k]) + z[i]], n))

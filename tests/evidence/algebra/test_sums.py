"""The tactics change one thing each; the expected lines are written by hand."""

import pytest
from sympy import Derivative, KroneckerDelta, Lambda, Sum, Symbol, exp, log

from evidence import collapse, combine, differentiate, fold
from evidence.algebra.ranges import Ranges
from evidence.algebra.sums import hold, rename_bound, same_sum
from tests.evidence.notation import D, M, T, Z, a, c, i, j, k, l, n, over, q, r, s, t, v, x, z

delta = KroneckerDelta


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (over(v[k] * delta(j, k)), v[j]),
        (over(v[k] * delta(k, 0)), v[0]),
        (over(v[k] * delta(k, n - 1)), v[n - 1]),
        (over(t[k] * (delta(k, j) - s[j])), t[j] - s[j] * over(t[k])),
        (over(x), n * x),
        (over(over(v[k] * delta(k, l) * t[l], k), l), over(t[l] * v[l], l)),
        (log(over(v[k] * delta(k, j))), log(v[j])),
        (over(v[k] ** delta(k, j)), over(v[k] ** delta(k, j))),
        (Sum(v[k] * delta(k, j), (k, 1, n - 1)), Sum(v[k] * delta(k, j), (k, 1, n - 1))),
        (over(v[k] * delta(k, 1)), over(v[k] * delta(k, 1))),
        (over(v[k] * delta(k, j + 1)), over(v[k] * delta(k, j + 1))),
        (over(v[k] * delta(2 * k, j)), over(v[k] * delta(2 * k, j))),
    ],
)
def test_collapse(start, expected):
    assert collapse(start) == expected


def test_collapse_knows_ranges():
    # c cannot run over the n classes and over the D features.
    start = over(delta(k, c)) * Sum(v[q] * delta(q, c), (q, 0, D - 1))
    with pytest.raises(ValueError, match="an index would run over two ranges"):
        collapse(start)


def test_collapse_does_not_catch_a_name():
    # The inner Σ_j binds another j than the free one that k is replaced by.
    start = over(delta(k, j) * Sum(t[j] * v[k], (j, 0, n - 1)))
    result = collapse(start)
    assert same_sum(result, v[j] * over(t[k]))


def test_differentiate_does_one_thing():
    start = Derivative(log(Z), z[j]) + over(v[k] * delta(k, i))
    result = differentiate(start)
    assert not result.has(Derivative)
    assert result.has(over(v[k] * delta(k, i)))


def test_fold():
    assert fold(s, z, Z)(exp(z[i]) / Z - exp(z[i] + z[j]) / Z**2) == s[i] - s[i] * s[j]
    assert fold(s, z, Z)(exp(2 * z[i]) / over(exp(z[q]), q) ** 2) == s[i] ** 2
    assert fold(s, z, Z)(exp(z[i] / 2)) == (s[i] * Z) ** (1 / x * x / 2)
    scaled = over(exp(z[l] / T), l)
    assert fold(s, Lambda(k, z[k] / T), scaled)(exp(z[i] / T) / scaled) == s[i]


def test_combine():
    assert combine(over(v[k]) - x * over(t[j], j)) == over(v[j] - x * t[j], j)
    mixed = over(v[k]) + Sum(v[k], (k, 1, n - 1)) + x
    assert combine(mixed) == mixed
    # The weight v_j may not be caught by a common name j.
    assert same_sum(combine(v[j] * over(t[j], j) + over(v[j], j)), over(v[j] * t[k] + v[k]))


def test_bound_names():
    assert rename_bound(over(v[k] * t[i]), [k]) == Sum(v[l] * t[i], (l, 0, n - 1))
    assert rename_bound(over(v[k]), [i]) == over(v[k])
    m = Symbol("m", integer=True)
    triangle = Sum(v[k] * t[l], (k, 0, l), (l, 0, n - 1))
    assert rename_bound(triangle, [l]) == Sum(v[k] * t[m], (k, 0, m), (m, 0, n - 1))
    held, table = hold(x * over(v[k]) + log(Z))
    assert not held.has(Sum)
    assert set(table.values()) == {over(v[k]), Z}
    assert held.xreplace(table) == x * over(v[k]) + log(Z)


def test_ranges_follow_the_axes():
    ranges = Ranges([Sum(v[q] * t[r], (q, 0, D - 1), (r, 0, M - 1)), v[a], t[c], s[i]], n)
    assert [ranges.of_index(name) for name in (a, c, i)] == [D, M, n]
    assert set(ranges.sizes) == {n, D, M}
    with pytest.raises(ValueError, match="two ranges, 0 … n−1 and 0 … D−1"):
        Ranges([over(v[k]), Sum(v[q], (q, 0, D - 1))])

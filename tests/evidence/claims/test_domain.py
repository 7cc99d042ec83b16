"""Points drawn from the domain of an expression: the edges are in, the hypotheses hold."""

import numpy as np
import pytest
from sympy import Eq, Gt, IndexedBase, Lt, Symbol

from evidence.algebra.ranges import Ranges
from evidence.claims.domain import MOST, Domain
from tests.evidence.notation import D, c, k, n, over, q, s, v, x, z

W, u = IndexedBase("W", real=True), IndexedBase("x", real=True)


def calls(e, of, given=(), span=30.0, seed=1):
    ranges = Ranges([e, *given], n)
    return Domain(ranges, given, of, [], span).calls(np.random.default_rng(seed))


def vectors():
    return [z for (z,) in calls(over(z[k]), [z])]


@pytest.mark.parametrize(
    "is_edge",
    [
        lambda z: len(z) == 1,
        lambda z: len(z) == MOST,
        lambda z: len(z) > 2 and len(set(z)) == 1,
        lambda z: 1 < len(set(z)) < len(z),
        lambda z: len(z) > 1 and np.sort(z)[-1] - np.sort(z)[-2] > 20,
        lambda z: len(z) > 1 and np.ptp(z) > 30,
        lambda z: np.abs(z).max() < 0.01,
        lambda z: z.max() < 0,
        lambda z: z.min() > 0,
        lambda z: z.min() < 0 < z.max(),
    ],
)
def test_every_edge_is_there(is_edge):
    assert any(map(is_edge, vectors()))


def test_every_number_of_classes_from_one_on():
    assert {len(z) for z in vectors()} == set(range(1, MOST + 1))


def test_the_span_is_kept():
    widest = max(abs(z).max() for (z,) in calls(over(z[k]), [z], span=300.0))
    assert 100 < widest < 310


def test_scalars_have_both_ends():
    found = [value for (value,) in calls(x, [x])]
    assert min(found) < -20
    assert max(found) > 20
    assert any(abs(value) < 0.01 for value in found)


def test_no_point_is_drawn_twice_and_each_run_draws_the_same():
    drawn = [repr(call) for call in calls(over(z[k]), [z])]
    assert len(set(drawn)) == len(drawn)
    assert drawn == [repr(call) for call in calls(over(z[k]), [z])]
    assert drawn != [repr(call) for call in calls(over(z[k]), [z], seed=2)]


def test_a_sum_of_one_is_one_without_rounding():
    for shares, _ in calls(over(s[k] * v[k]), [s, v], [Eq(over(s[k]), 1)]):
        assert shares.sum() == 1
        assert (shares > 0).all()


def test_orders_and_signs_are_kept():
    y, w = Symbol("y", real=True), Symbol("w", nonnegative=True)
    found = calls(x * y * w, [x, y, w], [Lt(x, y), Gt(y, -5)])
    assert all(x < y and y > -5 and w >= 0 for x, y, w in found)


def test_whole_numbers_and_indices_are_whole():
    m = Symbol("m", integer=True, positive=True)
    assert all(
        isinstance(label, int) and 0 <= label < len(z) and isinstance(m, int) and m > 0
        for z, label, m in calls(over(z[k]) + z[c] * m, [z, c, m])
    )


def test_two_sizes_vary_on_their_own():
    shapes = {W.shape for W, _ in calls(over(W[k, q] * u[q], q, D) + 0 * z[k], [W, u])}
    assert any(a > b for a, b in shapes)
    assert any(a < b for a, b in shapes)


def test_hypotheses_that_no_point_meets():
    with pytest.raises(ValueError, match="no numbers were found"):
        calls(x, [x], [Lt(x, 0), Gt(x, 0)])

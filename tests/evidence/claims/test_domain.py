"""Points drawn from the domain of an expression: the edges are in, the hypotheses hold."""

import numpy as np
import pytest
from sympy import Eq, Gt, IndexedBase, Lambda, Le, Lt, Rational, Symbol, sqrt

from evidence.algebra.ranges import Ranges
from evidence.claims import domain
from evidence.claims.domain import GRID, MOST, Domain
from tests.evidence.notation import D, c, i, k, n, over, q, s, v, x, z

W, u = IndexedBase("W", real=True), IndexedBase("x", real=True)
y = IndexedBase("y", nonnegative=True)
P = Symbol("P", positive=True)
m = Symbol("m", integer=True, positive=True)


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


@pytest.mark.usefixtures("_no_refusals")
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


# ---------------------------------------------------------------- ranges


@pytest.fixture
def _no_refusals(monkeypatch):
    def tried(*_):
        pytest.fail("a point was drawn that might have been refused")

    monkeypatch.setattr(domain, "impose", tried)


UP_TO_ONE = [Lambda(i, y[i] <= 1)]


@pytest.mark.usefixtures("_no_refusals")
@pytest.mark.parametrize(
    "is_edge",
    [
        lambda y: len(y) == 1,
        lambda y: len(y) == MOST,
        lambda y: len(y) == MOST and 0.2 < np.median(y) < 0.8,
        lambda y: len(y) > 2 and len(set(y)) == 1 and y[0] not in (0, 1),
        lambda y: 1 < len(set(y)) < len(y),
        lambda y: len(y) > 1 and set(y) == {0, 1},
        lambda y: len(y) > 5 and 0.8 < np.sort(y)[-1] < 1 and np.sort(y)[-2] < 0.15,
        lambda y: len(y) > 1 and 0 < y.max() < 0.01,
        lambda y: len(y) > 4 and y.min() < 0.1 and y.max() > 0.9,
    ],
)
def test_every_edge_of_a_range_is_there(is_edge):
    drawn = [y for y, _ in calls(over(y[k] * z[k]), [y, z], UP_TO_ONE)]
    assert any(map(is_edge, drawn))
    assert all(((y >= 0) & (y <= 1) & (y * GRID % 1 == 0)).all() for y in drawn)


@pytest.mark.usefixtures("_no_refusals")
def test_a_range_takes_no_point_away_and_leaves_the_other_arguments_alone():
    free, ranged = (calls(over(z[k] * y[k]), [z, y], given) for given in ([], UP_TO_ONE))
    assert [len(z) for z, _ in free] == [len(z) for z, _ in ranged]
    assert {abs(z).max() > 20 for z, _ in ranged} == {True, False}


@pytest.mark.usefixtures("_no_refusals")
@pytest.mark.parametrize(
    ("e", "given", "least", "most"),
    [
        (x, [x <= 1, x >= -1], -1, 1),
        (x, [Lt(x, 1), Gt(x, -1)], -1 + 1 / GRID, 1 - 1 / GRID),
        (x, [Le(0, x), x <= Rational(1, 3)], 0, (GRID // 3) / GRID),
        (x, [x < 7, x < 5, x > 2], 2 + 1 / GRID, 5 - 1 / GRID),
        (P, [P < 1], 1 / GRID, 1 - 1 / GRID),
        (m, [m < 4], 1, 3),
        (m, [m > Rational(5, 2), m <= 6], 3, 6),
    ],
)
def test_both_ends_of_a_range_are_met(e, given, least, most):
    found = [value for seed in range(3) for (value,) in calls(e, [e], given, seed=seed)]
    assert (min(found), max(found)) == (least, most)
    assert len(set(found)) > 2
    assert {type(value) for value in found} == {int if e == m else float}


@pytest.mark.usefixtures("_no_refusals")
@pytest.mark.parametrize(("given", "most"), [([P < 1], 1), ([P <= 40], 40)])
def test_a_range_and_a_sign(given, most):
    found = [value for (value,) in calls(P, [P], given)]
    assert all(0 < value <= most for value in found)
    assert any(value < 0.01 for value in found)
    assert any(value > 0.7 * most for value in found)


@pytest.mark.parametrize("sign", ["negative", "nonpositive", "nonzero"])
def test_what_has_another_sign(sign):
    w = IndexedBase("w", real=True, **{sign: True})
    drawn = np.concatenate([w for (w,) in calls(over(w[k]), [w])])
    allowed = {"negative": drawn < 0, "nonpositive": drawn <= 0, "nonzero": drawn != 0}
    assert allowed[sign].all()
    assert drawn.min() < -20
    assert (drawn.max() > 20) == (sign == "nonzero")


@pytest.mark.usefixtures("_no_refusals")
def test_a_size_has_a_range():
    assert {len(z) for (z,) in calls(over(z[k]), [z], [n > 1])} == set(range(2, MOST + 1))


def test_shares_that_are_bounded_as_well():
    half = [Eq(over(s[k]), 1), Lambda(i, s[i] <= Rational(1, 2))]
    drawn = [shares for (shares,) in calls(over(s[k]), [s], half)]
    assert all(abs(shares.sum() - 1) < 1e-15 and shares.max() <= 0.5 for shares in drawn)
    assert max(map(len, drawn)) > 3


def test_what_is_no_range_is_imposed_with_all_the_others():
    for a, b in calls(x * P, [x, P], [P < 1, Lt(x**2, P), x < sqrt(2) / 4]):
        assert a * a < b < 1
        assert a < 2**-1.5


@pytest.mark.parametrize("given", [[m > 1, m < 2], [P < 0], [Lt(n, 1)], [x > 2**21]])
def test_a_range_with_nothing_in_it(given):
    with pytest.raises(ValueError, match="no numbers were found"):
        calls(x * m * P * n, [x, m, P, n], given)


def test_assumptions_that_are_not_understood():
    with pytest.raises(ValueError, match="no numbers can be drawn for w"):
        calls(x, [Symbol("w", integer=False)])

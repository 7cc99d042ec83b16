"""Values to many digits, beside mpmath's own differences and beside the search's evaluator."""

import mpmath
import numpy as np
import pytest
from sympy import Derivative, IndexedBase, KroneckerDelta, Piecewise, Rational, exp, log, pi, tanh

from evidence.algebra.digits import digits_function
from evidence.algebra.ranges import Ranges
from evidence.algebra.search import Point, evaluate
from tests.evidence.notation import D, Z, a, c, i, j, k, l, n, over, q, t, v, x, z

W = IndexedBase("W", real=True)
u = IndexedBase("x", real=True)
SOFT = exp(z[i]) / Z
LOSS = -over(t[k] * log(exp(z[k]) / Z))

CASES = {
    "softmax": (SOFT, [z], [i]),
    "slope": (Derivative(SOFT, z[j]), [z], [i, j]),
    "two slopes": (Derivative(LOSS, z[i], z[j]), [z, t], [i, j]),
    "the same twice": (Derivative(LOSS, (z[j], 2)), [z, t], [j]),
    "a sum of slopes": (over(v[j] * Derivative(SOFT, z[j]), j), [z, v], [i]),
    "two sizes": (
        Derivative(over(v[i] * over(W[i, q] * u[q], q, D) ** 2, i), W[a, c]),
        [W, u, v],
        [a, c],
    ),
    "axes the other way": (v[i] * z[j] + KroneckerDelta(i, j), [z, v], [j, i]),
    "an index of itself": (over(over(z[k] * v[l] * (k - l), l), k) + n, [z, v], []),
}


def point(args, sizes, ranges, seed=3):
    rng = np.random.default_rng(seed)
    axes = {arg: [sizes[ranges.of_axis(arg, m)] for m in range(ranges.rank(arg))] for arg in args}
    return [rng.integers(-8, 9, shape) / 4 for shape in axes.values()]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", [1, 2, 4])
def test_beside_the_evaluator_of_the_search(name, size):
    e, args, index = CASES[name]
    ranges = Ranges([e], n)
    sizes = {s: size + (s == D) for s in ranges.sizes}
    arrays = point(args, sizes, ranges)
    if t in args:
        arrays[args.index(t)] = np.abs(arrays[args.index(t)]) + 0.25
    found = digits_function(e, args, index, ranges)(*arrays)
    assert np.shape(found) == tuple(sizes[ranges.of_index(s)] for s in index)
    for place in np.ndindex(np.shape(found)):
        there = Point(sizes, ranges, 0, Rational(1))
        for arg, array in zip(args, arrays, strict=True):
            for entry in np.ndindex(array.shape):
                there.values[str(arg.label), entry] = Rational(float(array[entry]))
        expected = evaluate(e, there, dict(zip(index, place, strict=True)))
        assert abs(np.asarray(found)[place] - mpmath.mpf(expected)) < mpmath.mpf(10) ** -12


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("at", [-30.0, -0.5, 0.0, 2.25, 30.0])
def test_derivatives_beside_those_of_mpmath(order, at):
    e = Derivative(log(1 + exp(x)) * tanh(x) / pi, (x, order))
    found = digits_function(e, [x], [], Ranges([e]))(at)
    with mpmath.workdps(120):
        expected = mpmath.diff(
            lambda v: mpmath.log(1 + mpmath.exp(v)) * mpmath.tanh(v) / mpmath.pi, at, order
        )
        assert abs(found - expected) <= abs(expected) * mpmath.mpf(10) ** -40


def test_fifty_digits_where_a_float_has_none():
    with mpmath.workdps(60):
        found = digits_function((exp(x) - 1 - x) / x**2, [x], [], Ranges([x]))(1e-12)
        expected = sum(mpmath.mpf(1e-12) ** m / mpmath.factorial(m + 2) for m in range(8))
        assert abs(found - expected) < mpmath.mpf(10) ** -50


def test_what_rounding_leaves_of_a_zero_is_zero():
    one = exp(z[i]) / Z - (exp(z[i]) / Z) ** 2
    found = digits_function(one, [z], [i], Ranges([one], n))
    assert found(np.array([0.75])).tolist() == [0]


def test_what_is_tiny_but_no_zero_stays():
    found = digits_function(exp(-(x**2)), [x], [], Ranges([x]))(20.0)
    assert abs(found / mpmath.exp(-400) - 1) < 1e-12


def test_an_index_as_an_argument_is_a_whole_number():
    e = Derivative(-log(exp(z[c]) / Z), z[j])
    at = np.array([0.5, -1.0, 2.0])
    found = digits_function(e, [z, c], [j], Ranges([e], n))(at, 2)
    p = np.exp(at) / np.exp(at).sum()
    np.testing.assert_allclose(found.astype(float), p - [0, 0, 1], rtol=1e-14)


def test_the_number_of_classes_as_an_argument():
    e = over(1 / (k + 1)) + 0 * n
    assert digits_function(e, [n], [], Ranges([e], n))(4) == pytest.approx(25 / 12, rel=1e-15)


def test_cases_with_conditions():
    e = Piecewise((x, x > 0), (exp(x) - 1, True))
    f = digits_function(e, [x], [], Ranges([e]))
    assert f(2.0) == 2
    assert float(f(-1.0)) == pytest.approx(np.expm1(-1.0), rel=1e-15)


@pytest.mark.parametrize("gap", [100, 500, 740])
def test_what_is_tiny_beside_one_keeps_its_digits(gap):
    args = [np.array([gap / 2, -gap / 2, -gap / 2 - 1])]
    ranges = Ranges([SOFT], n)
    loss = digits_function(log(exp(z[i]) / Z), [z], [i], ranges)(*args)[0]
    slope = digits_function(Derivative(log(Z), z[i]), [z], [i], ranges)(*args)[1]
    with mpmath.workdps(60):
        others = mpmath.exp(-gap) * (1 + mpmath.exp(-1))
        assert abs(loss / -mpmath.log1p(others) - 1) < mpmath.mpf(10) ** -50
        assert abs(slope / (mpmath.exp(-gap) / (1 + others)) - 1) < mpmath.mpf(10) ** -50


def test_no_array_is_written_out_on_the_way():
    def written(_):
        pytest.fail("an array was written out")

    f = digits_function(pi * over(2 * n * z[k] / 3) ** 2, [z], [], Ranges([over(z[k])], n))
    with np.printoptions(formatter={"all": written}):
        assert abs(f(np.array([1.0, 2.0])) - 16 * mpmath.pi) < 1e-12

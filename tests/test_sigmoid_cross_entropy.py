"""Targets, weights and infinities: softact/_sigmoid_cross_entropy.py."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import softact

INF, NAN = np.inf, np.nan
FUNCTIONS = [
    softact.sigmoid_cross_entropy,
    softact.sigmoid_cross_entropy_grad,
    softact.sigmoid_cross_entropy_curvature,
]
X = np.linspace(-20, 20, 41)


@pytest.mark.parametrize("w", [1.0, 3.0])
@pytest.mark.parametrize(
    ("x", "y", "loss", "grad"),
    [
        (INF, 1, 0, 0),
        (-INF, 0, 0, 0),
        (INF, 0, INF, 1),
        (-INF, 1, INF, -1),
        (INF, 0.5, INF, 0.5),
        (-INF, 0.5, INF, -0.5),
        (NAN, 1, NAN, NAN),
        (0, NAN, NAN, NAN),
        (INF, NAN, NAN, NAN),
    ],
)
def test_infinite_logits(x, y, loss, grad, w):
    assert_array_equal(softact.sigmoid_cross_entropy(x, y, pos_weight=w), loss)
    want = grad * w if grad < 0 else grad
    assert_array_equal(softact.sigmoid_cross_entropy_grad(x, y, pos_weight=w), want)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("neighbour", [1e3, -1e3, INF, -INF, NAN])
@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
def test_a_far_logit_leaves_its_neighbours(function, neighbour, y):
    x = np.array([0.5, -2.0, 40.0, 708.5, -708.5])
    assert_array_equal(function([neighbour, *x], y)[1:], function(x, y))


@pytest.mark.parametrize("x", [708.9, 709.9, 1e308])
def test_the_slope_where_the_exponential_overflows(x):
    assert softact.sigmoid_cross_entropy_grad(x, 0) == 1
    assert softact.sigmoid_cross_entropy_grad(x, 0.25) == 0.75


def test_a_positive_without_weight_costs_nothing():
    assert softact.sigmoid_cross_entropy(-INF, 1, pos_weight=0) == 0
    assert softact.sigmoid_cross_entropy_grad(-INF, 1, pos_weight=0) == 0


@pytest.mark.parametrize("shape", [(), (7,), (0, 3), (5, 90_000)])
@pytest.mark.parametrize("w", [1, 3, "each"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_both_in_one_pass(shape, w, dtype):
    rng = np.random.default_rng(0)
    x = (30 * rng.standard_normal(shape)).astype(dtype)
    y = rng.integers(0, 2, shape)
    weight = rng.uniform(0, 3, shape) if w == "each" else w
    both = softact.sigmoid_cross_entropy_with_grad(x, y, pos_weight=weight)
    for got, function in zip(both, FUNCTIONS, strict=False):
        want = function(x, y, pos_weight=weight)
        assert_array_equal(got, want)
        assert type(got) is type(want)
        assert got.dtype == dtype


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_shape_and_dtype_are_those_of_the_logits(function, dtype):
    x = X.astype(dtype)[:40].reshape(2, 20)
    y, w = np.array([[0.25], [1.0]]), np.linspace(0, 2, 20)
    got = function(x, y, pos_weight=w)
    assert got.dtype == dtype
    each = [
        [function(float(x[i, j]), y[i, 0], pos_weight=w[j]) for j in range(20)] for i in range(2)
    ]
    assert_array_equal(got, np.array(each).astype(dtype))
    assert type(function(dtype(1), 1)) is dtype
    assert function(np.empty((0, 3)), 1).shape == (0, 3)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_labels_of_any_type(function):
    y = np.array([1, 0, 1])
    for same in (y.astype(bool), y.astype("u1"), y.astype("f2"), y.tolist()):
        assert_array_equal(function([1.0, 2.0, 3.0], same), function([1.0, 2.0, 3.0], y))


@pytest.mark.parametrize("function", [*FUNCTIONS, softact.sigmoid_cross_entropy_with_grad])
def test_refused(function):
    with pytest.raises(ValueError, match=r"^y must be between 0 and 1; got 1.5 at index 1$"):
        function([1, 2], [0.5, 1.5])
    with pytest.raises(ValueError, match=r"^y must be between 0 and 1; got -1.0 at index 0$"):
        function([1, 2], [-1, 1])
    with pytest.raises(
        ValueError, match=r"^y must broadcast to the shape \(2,\) of x, not \(3,\)$"
    ):
        function([1, 2], [1, 0, 1])
    with pytest.raises(ValueError, match=r"^pos_weight must broadcast to the shape \(2,\) of x"):
        function([1, 2], 1, pos_weight=[1, 2, 3])
    with pytest.raises(ValueError, match=r"^pos_weight must be non-negative; got -2.0$"):
        function([1, 2], 1, pos_weight=-2)
    with pytest.raises(
        TypeError, match=r"^y must hold floats, integers or booleans, not complex128"
    ):
        function([1, 2], 1j)


@pytest.mark.parametrize("weight", [1.0, 2.5])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_where_the_mask_is_false_nothing_is_lost(weight, dtype):
    x = np.linspace(-3, 3, 12).reshape(3, 4).astype(dtype)
    where = np.arange(12).reshape(3, 4) % 3 != 0
    y = np.where(where, 0.25, -1)  # -1 for a label that is missing
    for function in FUNCTIONS:
        got = function(x, y, pos_weight=weight, where=where)
        assert got.dtype == dtype
        assert_array_equal(got, np.where(where, function(x, 0.25, pos_weight=weight), 0))
    with pytest.raises(ValueError, match=r"^where must broadcast to the shape \(3, 4\) of x"):
        softact.sigmoid_cross_entropy(x, 1, where=[True] * 3)
    with pytest.raises(ValueError, match=r"^y must be between 0 and 1; got -1"):
        softact.sigmoid_cross_entropy(x, y)


def test_logits_and_labels_may_lie_in_memory_in_different_ways():
    x = np.linspace(-3, 3, 18000).reshape(3000, 6)
    y = np.asfortranarray((x > 0.5).astype(float))
    odd = np.zeros((3000, 12))[:, ::2] + x
    expected = softact.sigmoid_cross_entropy_grad(x, y.copy("C"))
    for logits in (x, odd, np.asfortranarray(x)):
        np.testing.assert_array_equal(softact.sigmoid_cross_entropy_grad(logits, y), expected)

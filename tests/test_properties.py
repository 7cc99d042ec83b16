"""Laws that hold for every input, whatever its dtype, shape and axis."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

import softact

settings.register_profile("steady", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("steady")

DTYPES = st.sampled_from([np.float16, np.float32, np.float64])
SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=5)


def floats(dtype, bound):
    width = 8 * np.dtype(dtype).itemsize
    limit = float(dtype(bound))
    return st.floats(-limit, limit, width=width)


@st.composite
def logits(draw, bound=60.0, dtypes=DTYPES):
    """An array of some dtype and shape."""
    dtype = draw(dtypes)
    return draw(hnp.arrays(dtype, draw(SHAPES), elements=floats(dtype, bound)))


@st.composite
def logits_and_axis(draw, bound=60.0):
    """Logits, and one axis, several of them, or None."""
    z = draw(logits(bound))
    axes = st.lists(st.integers(-z.ndim, z.ndim - 1), unique_by=lambda a: a % z.ndim, max_size=3)
    return z, draw(st.one_of(st.none(), st.integers(-z.ndim, z.ndim - 1), axes.map(tuple)))


DOUBLE = st.just(np.float64)
ROWS = hnp.arrays(np.float64, st.integers(1, 8), elements=floats(np.float64, 100))


def ulp(dtype):
    return float(np.finfo(dtype).eps)


@given(logits_and_axis())
def test_probabilities_sum_to_one(case):
    z, axis = case
    p = softact.softmax(z, axis)
    assert p.dtype == z.dtype
    assert p.shape == z.shape
    assert ((p >= 0) & (p <= 1)).all()
    assert_allclose(p.astype(float).sum(axis), 1, atol=z.size * ulp(z.dtype))


@given(logits_and_axis(bound=500.0))
def test_the_logarithm_of_the_softmax_is_log_softmax(case):
    z, axis = case
    wide = z.astype(float)
    log_p = softact.log_softmax(z, axis)
    assert log_p.dtype == z.dtype
    assert (log_p <= 0).all()
    assert_allclose(
        np.exp(softact.log_softmax(wide, axis)), softact.softmax(wide, axis), rtol=2e-13
    )
    assert_array_equal(log_p, softact.log_softmax(wide, axis).astype(z.dtype))


@given(logits_and_axis(bound=500.0))
def test_logsumexp_lies_between_the_max_and_the_max_plus_log_n(case):
    z, axis = case
    got = softact.logsumexp(z, axis, keepdims=True)
    top = z.max(axis, keepdims=True)
    n = z.size / top.size
    assert got.shape == top.shape
    assert got.dtype == z.dtype
    assert (got >= top).all()
    assert_allclose(
        got.astype(float), top + np.log(n) / 2, atol=np.log(n) / 2 + 1, rtol=ulp(z.dtype)
    )


@given(ROWS, st.integers(-(2**20), 2**20))
def test_a_shift_that_is_exact_changes_nothing(z, shift):
    z = np.round(z * 1024) / 1024
    assert_allclose(softact.softmax(z + shift), softact.softmax(z), rtol=2e-15, atol=0)
    assert_allclose(softact.log_softmax(z + shift), softact.log_softmax(z), rtol=2e-15, atol=0)
    loss, grad = softact.cross_entropy_with_grad(z + shift, 0)
    assert_allclose(loss, softact.cross_entropy(z, 0), rtol=2e-15, atol=0)
    assert_allclose(grad, softact.cross_entropy_grad(z, 0), rtol=3e-15, atol=0)


@given(ROWS, st.randoms(use_true_random=False))
def test_permuting_the_logits_permutes_the_probabilities(z, random):
    order = list(range(z.size))
    random.shuffle(order)
    assert_allclose(softact.softmax(z[order]), softact.softmax(z)[order], rtol=1e-15, atol=0)
    assert_allclose(
        softact.log_softmax(z[order]), softact.log_softmax(z)[order], rtol=2e-15, atol=0
    )
    assert_allclose(softact.logsumexp(z[order]), softact.logsumexp(z), rtol=2e-15, atol=1e-14)


@given(ROWS)
def test_a_larger_logit_never_has_less_probability(z):
    order = np.argsort(z)
    assert (np.diff(softact.softmax(z)[order]) >= 0).all()
    assert (np.diff(softact.log_softmax(z)[order]) >= 0).all()


@given(logits(bound=800.0))
def test_the_sigmoid_is_symmetric(x):
    wide = x.astype(float)
    assert_array_equal(softact.sigmoid_prime(x), softact.sigmoid_prime(-x))
    assert_array_equal(softact.log_sigmoid(x), -softact.softplus(-x))
    assert_allclose(softact.sigmoid(wide) + softact.sigmoid(-wide), 1, rtol=3e-16)
    assert_allclose(softact.softplus(wide) - softact.softplus(-wide), wide, rtol=3e-16, atol=3e-16)


@given(hnp.arrays(np.float64, 30, elements=floats(np.float64, 800)))
def test_the_sigmoid_is_monotone_up_to_its_error(x):
    y = softact.sigmoid(np.sort(x))
    assert (np.diff(y) >= -3 * np.spacing(y[1:])).all()


@given(ROWS)
def test_two_classes_are_a_sigmoid(z):
    assume(z.size >= 2)
    pair = np.array([z[0], 0.0])
    assert_allclose(softact.softmax(pair)[0], softact.sigmoid(z[0]), rtol=2e-15)
    assert_allclose(softact.logsumexp(pair), softact.softplus(z[0]), rtol=2e-15)
    loss = softact.sigmoid_cross_entropy(z[0], 1)
    assert_allclose(softact.cross_entropy(pair, 0), loss, rtol=2e-15)


@given(logits(bound=20.0, dtypes=DOUBLE), st.data())
def test_products_are_those_with_the_matrix(z, data):
    g = data.draw(hnp.arrays(np.float64, z.shape, elements=floats(np.float64, 10)))
    for axis in range(z.ndim):
        jacobian = softact.softmax_jacobian(z, axis)
        rows = np.moveaxis(g, axis, -1)
        want = np.moveaxis(np.einsum("...i,...ij->...j", rows, jacobian), -1, axis)
        assert_allclose(softact.softmax_vjp(z, g, axis), want, rtol=0, atol=1e-13)
        assert_allclose(softact.softmax_jvp(z, g, axis), want, rtol=0, atol=1e-13)
        assert_array_equal(jacobian, np.swapaxes(jacobian, -1, -2))
        assert_allclose(jacobian.sum(axis=-1), 0, atol=1e-15)
        assert (np.linalg.eigvalsh(jacobian) >= -1e-15).all()
        assert (np.linalg.eigvalsh(jacobian) <= 0.5 + 1e-15).all()


SMALL = hnp.arrays(np.float64, st.integers(1, 6), elements=floats(np.float64, 10))
TARGETS = st.floats(0, 2)


@pytest.mark.parametrize("options", [{}, {"label_smoothing": 0.2}])
@given(z=SMALL, data=st.data())
def test_gradients_are_numerical_gradients(options, z, data):
    q = data.draw(hnp.arrays(np.float64, z.shape, elements=TARGETS))
    y = data.draw(st.integers(0, z.size - 1))
    for target in (q, y):

        def loss(z, target=target):
            return softact.cross_entropy(z, target, **options)

        def grad(z, target=target):
            return softact.cross_entropy_grad(z, target, **options)

        assert_allclose(softact.numerical_jacobian(loss, z), grad(z), rtol=0, atol=1e-9)
        hessian = softact.cross_entropy_hessian(z, target, **options)
        assert_allclose(softact.numerical_jacobian(grad, z), hessian, rtol=0, atol=1e-9)


@given(SMALL)
def test_softmax_is_the_gradient_of_logsumexp(z):
    gradient = softact.numerical_jacobian(softact.logsumexp, z)
    assert_allclose(gradient, softact.softmax(z), rtol=0, atol=1e-10)


@given(SMALL, st.floats(0, 1), st.floats(0, 5))
def test_elementwise_slopes_are_numerical_slopes(x, y, w):
    def loss(x):
        return softact.sigmoid_cross_entropy(x, y, pos_weight=w)

    def grad(x):
        return softact.sigmoid_cross_entropy_grad(x, y, pos_weight=w)

    curvature = softact.sigmoid_cross_entropy_curvature(x, y, pos_weight=w)
    for f, slope in (
        (softact.sigmoid, softact.sigmoid_prime(x)),
        (softact.softplus, softact.sigmoid(x)),
        (loss, grad(x)),
        (grad, curvature),
    ):
        assert_allclose(softact.numerical_derivative(f, x), slope, rtol=0, atol=1e-10)


@given(SMALL, st.data())
def test_cross_entropy_is_entropy_plus_divergence(z, data):
    q = softact.softmax(data.draw(hnp.arrays(np.float64, z.shape, elements=floats(np.float64, 10))))
    divergence = softact.kl_divergence(q, softact.softmax(z))
    assert divergence >= 0
    total = softact.entropy(q) + divergence
    assert_allclose(softact.cross_entropy(z, q), total, rtol=1e-12, atol=1e-13)


@given(logits(bound=1000.0), st.data())
def test_masked_classes_are_as_good_as_absent(z, data):
    where = data.draw(hnp.arrays(bool, z.shape))
    p, log_p = softact.softmax(z, None, where=where), softact.log_softmax(z, None, where=where)
    assert_array_equal(p[~where], 0)
    assert_array_equal(log_p[~where], -np.inf)
    assert_allclose(p[where], softact.softmax(z[where]), rtol=2 * ulp(z.dtype))
    assert_allclose(log_p[where], softact.log_softmax(z[where]), rtol=2 * ulp(z.dtype))

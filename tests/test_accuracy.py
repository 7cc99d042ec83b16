"""Largest errors in ulps, over every region where some other implementation loses its digits.

test_dispatch.py repeats this file with the vector instructions of the processor switched off.
"""

import numpy as np
import pytest

import softact
from tests import exact

pytestmark = exact.needs_long_double

DTYPES = [np.float64, np.float32, np.float16]


def bound(dtype, ulps):
    """All but float64 are computed in float64 and rounded once."""
    return ulps if dtype is np.float64 else 0.501


def sample(low, high, dtype=np.float64, size=20_000, seed=0):
    return np.random.default_rng(seed).uniform(low, high, size).astype(dtype)


REGIONS = {
    "core": (-15, 15),
    "left": (-708, -15),
    "near -37": (-38, -36),  # where 1 + e^-x takes its last digit
    "subnormal": (-746, -708),
    "right": (15, 708),
    "saturated": (708, 1000),
    "origin": (-1e-3, 1e-3),
    "tiny": (-1e-300, 1e-300),
}
ELEMENTWISE = {
    "sigmoid": 2.5,
    "sigmoid_prime": 5,
    "log_sigmoid": 2,
    "softplus": 2,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise(name, region, dtype):
    x = sample(*REGIONS[region], dtype)
    got = getattr(softact, name)(x)
    assert exact.worst(got, getattr(exact, name)(x)) <= bound(dtype, ELEMENTWISE[name])


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_the_tails_of_the_small_formats(dtype):
    x = sample(-120, 120, dtype)
    for name in ELEMENTWISE:
        got = getattr(softact, name)(x)
        assert exact.worst(got, getattr(exact, name)(x)) <= 0.501


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "region", [(0, 1), (0, 1e-4), (0, 1e-309), (0.5 - 1e-6, 0.5 + 1e-6), (1 - 1e-9, 1)]
)
def test_logit(region, dtype):
    p = sample(*region, dtype)
    assert exact.worst(softact.logit(p), exact.logit(p)) <= bound(dtype, 2)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("y", [0, 1])
def test_sigmoid_cross_entropy(y, region, dtype):
    x = sample(*REGIONS[region], dtype)
    loss = softact.sigmoid_cross_entropy(x, y)
    grad = softact.sigmoid_cross_entropy_grad(x, y)
    curvature = softact.sigmoid_cross_entropy_curvature(x, y)
    assert exact.worst(loss, exact.sigmoid_cross_entropy(x, y)) <= bound(dtype, 2)
    assert exact.worst(grad, exact.sigmoid_cross_entropy_grad(x, y)) <= bound(dtype, 3)
    assert exact.worst(curvature, exact.sigmoid_prime(x)) <= bound(dtype, 5)


@pytest.mark.parametrize("region", REGIONS)
def test_sigmoid_cross_entropy_of_fractional_targets(region):
    x, y = sample(*REGIONS[region]), sample(0, 1, seed=1)
    loss = softact.sigmoid_cross_entropy(x, y, pos_weight=3)
    assert exact.worst(loss, exact.sigmoid_cross_entropy(x, y, w=3)) <= 3.5


def normal(rows, n, scale=1.0, offset=0.0):
    return offset + scale * np.random.default_rng(n).normal(size=(rows, n))


def dominated(rows, n, lead):
    z = normal(rows, n)
    z[np.arange(rows), np.random.default_rng(0).integers(0, n, rows)] += lead
    return z


SETS = {
    "normal": normal(2000, 10),
    "pairs": normal(2000, 2, 20),
    "a row of one": normal(50, 1, 1e3),
    "a hundred": normal(200, 100, 3),
    "a thousand": normal(20, 1000, 5),
    "fifty thousand": normal(2, 50_000, 3),
    "span 50": np.random.default_rng(1).uniform(-50, 50, (2000, 10)),
    "span 700": np.random.default_rng(2).uniform(-700, 700, (2000, 10)),
    "span 3000": np.random.default_rng(3).uniform(-3000, 3000, (2000, 10)),
    "one leads by 20": dominated(2000, 10, 20),
    "one leads by 36": dominated(2000, 10, 36),
    "one leads by 700": dominated(2000, 10, 700),
    "offset 1e4": normal(2000, 10, offset=1e4),
    "offset -1e4": normal(2000, 10, offset=-1e4),
    "offset 1e8": normal(2000, 10, offset=1e8),
    "offset -700": normal(2000, 10, offset=-700),
    "offset 708": normal(2000, 10, offset=708),
    "log-probabilities": exact.log_softmax(normal(2000, 10, 30)).astype(np.float64),
    "ties": np.round(normal(2000, 10)),
}


@pytest.fixture(params=SETS)
def rows(request):
    return SETS[request.param]


@pytest.fixture(params=DTYPES)
def dtype(request):
    return request.param


def rounded(rows, dtype):
    limit = np.finfo(dtype).max
    return np.clip(rows, -limit, limit).astype(dtype)


def test_softmax(rows, dtype):
    z = rounded(rows, dtype)
    assert exact.worst(softact.softmax(z), exact.softmax(z)) <= bound(dtype, 8)


def test_log_softmax(rows, dtype):
    z = rounded(rows, dtype)
    assert exact.worst(softact.log_softmax(z), exact.log_softmax(z)) <= bound(dtype, 6)


def test_logsumexp(rows, dtype):
    """In units of the larger of the result and the largest logit: the two may cancel."""
    z = rounded(rows, dtype)
    want = exact.logsumexp(z)
    error = np.abs(softact.logsumexp(z) - want)
    unit = exact.unit(dtype, np.maximum(np.abs(want), np.abs(z.max(axis=-1))))
    assert (error / unit).max() <= bound(dtype, 6)


def test_columns(rows):
    """Columns side by side are read along memory, and added up in another order."""
    z = np.ascontiguousarray(np.tile(rows, (5000 // rows.size + 1, 1)).T)
    if z.shape[0] <= 1000:
        y = np.arange(z.shape[1]) % z.shape[0]
        assert exact.worst(softact.softmax(z, 0).T, exact.softmax(z.T)) <= 8
        assert exact.worst(softact.log_softmax(z, 0).T, exact.log_softmax(z.T)) <= 6
        loss, grad = softact.cross_entropy_with_grad(z, y, 0)
        want = -np.take_along_axis(exact.log_softmax(z.T), y[:, None], axis=-1)[:, 0]
        assert exact.worst(loss, want) <= 5
        assert exact.worst(grad.T, exact.cross_entropy_grad(z.T, y)) <= 8


@pytest.mark.parametrize("n", [64, 128, 300, 1000])
def test_many_columns(n):
    """Where a million entries are tried, sums that are only a little worse show."""
    z = np.random.default_rng(7).normal(0, 3, (n, 1_500_000 // n))
    y = np.arange(z.shape[1]) % n
    assert exact.worst(softact.softmax(z, 0).T, exact.softmax(z.T)) <= 8
    assert exact.worst(softact.cross_entropy_grad(z, y, 0).T, exact.cross_entropy_grad(z.T, y)) <= 8


@pytest.mark.parametrize("which", ["the largest", "any"])
def test_cross_entropy(rows, dtype, which):
    z = rounded(rows, dtype)
    n = z.shape[1]
    y = z.argmax(axis=-1) if which == "the largest" else np.arange(len(z)) % n
    loss, grad = softact.cross_entropy_with_grad(z, y)
    want = -np.take_along_axis(exact.log_softmax(z), y[:, None], axis=-1)[:, 0]
    assert exact.worst(loss, want) <= bound(dtype, 5)
    if n <= 1000:
        assert exact.worst(grad, exact.cross_entropy_grad(z, y)) <= bound(dtype, 8)


def test_cross_entropy_of_one_hot_probabilities(rows):
    """A one-hot row must cost no more digits than its index."""
    n = rows.shape[1]
    y = rows.argmax(axis=-1)
    if n <= 1000:
        loss, grad = softact.cross_entropy_with_grad(rows, np.eye(n)[y])
        want = -exact.log_softmax_top(rows)[:, 0]
        assert exact.worst(loss, want) <= 5
        assert exact.worst(grad, exact.cross_entropy_grad(rows, y)) <= 8


def targets(rows, near):
    """Probabilities, as near to the softmax of the rows as asked for."""
    p = exact.softmax(rows)
    q = p * (1 + near * np.random.default_rng(2).uniform(-1, 1, rows.shape))
    return (q / q.sum(axis=-1, keepdims=True)).astype(rows.dtype)


@pytest.mark.parametrize("near", [1, 1e-3, 0])
def test_cross_entropy_of_soft_targets(rows, dtype, near):
    """The gradient, a difference, in units of the larger of the two that may cancel."""
    z = rounded(rows, dtype)
    if z.shape[1] <= 100:
        q = targets(z, near)
        loss, grad = softact.cross_entropy_with_grad(z, q)
        want, size = exact.soft_cross_entropy_grad(z, q)
        assert exact.worst(loss, exact.cross_entropy(z, q)) <= bound(dtype, 6)
        assert exact.worst_beside(grad, want, size) <= bound(dtype, 8)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("region", REGIONS)
def test_sigmoid_cross_entropy_of_soft_targets(region, dtype):
    """In units of the larger of the two numbers whose difference it is."""
    x = sample(*REGIONS[region], dtype)
    for y in (exact.sigmoid(x).astype(dtype), sample(0, 1, dtype, seed=1)):
        want = exact.sigmoid_cross_entropy_grad(x, y)
        size = (1 - y.astype(exact.Long)) * exact.sigmoid(x)
        got = softact.sigmoid_cross_entropy_grad(x, y)
        assert exact.worst_beside(got, want, size) <= bound(dtype, 4)


def test_the_diagonals_of_the_jacobians(rows):
    if rows.shape[1] <= 100:
        p, others = exact.softmax(rows), exact.others(rows)
        jacobian = softact.softmax_jacobian(rows)
        of_log = softact.log_softmax_jacobian(rows)
        assert exact.worst(np.einsum("...ii->...i", jacobian), p * others) <= 10
        assert exact.worst(np.einsum("...ii->...i", of_log), others) <= 8


@pytest.mark.parametrize("lead", [0, 20, 36])
def test_vjp_near_one_hot(lead):
    """The largest error is counted in ulps of what is added up: the sum itself may be 0."""
    z = dominated(500, 20, lead)
    g = np.random.default_rng(5).normal(size=z.shape)
    p = exact.softmax(z)
    terms = p[:, :, None] * p[:, None, :] * (g[:, :, None].astype(exact.Long) - g[:, None, :])
    want = terms.sum(axis=-1)
    got = softact.softmax_vjp(z, g)
    if lead:
        assert np.median(exact.ulps(got, want).max(axis=-1)) <= 4
    assert (np.abs(got - want) / exact.unit(np.float64, np.abs(terms).sum(axis=-1))).max() <= 8

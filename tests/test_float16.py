"""All 65,536 float16 numbers, each function: the float16 nearest to the exact result."""

import numpy as np
import pytest

import softact
from tests import exact

pytestmark = exact.needs_long_double

ALL = np.arange(2**16, dtype=np.uint16).view(np.float16)
FINITE = ALL[np.isfinite(ALL)]


def nearest(got, want):
    assert got.dtype == np.float16
    assert exact.worst(got, want) <= 0.501


@pytest.mark.parametrize("name", ["sigmoid", "sigmoid_prime", "log_sigmoid", "softplus"])
def test_elementwise(name):
    nearest(getattr(softact, name)(FINITE), getattr(exact, name)(FINITE))


def test_logit():
    p = FINITE[(FINITE >= 0) & (FINITE <= 1)]
    nearest(softact.logit(p), exact.logit(p))
    outside = ALL[~((ALL >= 0) & (ALL <= 1))]
    assert np.isnan(softact.logit(outside)).all()


@pytest.mark.parametrize("y", [0, 0.25, 1])
def test_sigmoid_cross_entropy(y):
    nearest(softact.sigmoid_cross_entropy(FINITE, y), exact.sigmoid_cross_entropy(FINITE, y))
    nearest(softact.sigmoid_cross_entropy_curvature(FINITE, y), exact.sigmoid_prime(FINITE))


@pytest.mark.parametrize("y", [0, 1])
def test_sigmoid_cross_entropy_grad(y):
    want = exact.sigmoid_cross_entropy_grad(FINITE, y)
    nearest(softact.sigmoid_cross_entropy_grad(FINITE, y), want)


@pytest.mark.parametrize("other", [0, -7.5, 60000])
def test_pairs(other):
    z = np.stack([FINITE, np.full_like(FINITE, other)], axis=-1)
    nearest(softact.softmax(z), exact.softmax(z))
    nearest(softact.log_softmax(z), exact.log_softmax(z))
    nearest(softact.logsumexp(z), exact.logsumexp(z))
    grad = softact.cross_entropy_grad(z, np.zeros(len(z), int))
    nearest(grad, exact.cross_entropy_grad(z, np.zeros(len(z), int)))


def test_infinities_and_nan():
    x = ALL[~np.isfinite(ALL)]
    limits = np.where(np.isnan(x), np.nan, x > 0)
    np.testing.assert_array_equal(softact.sigmoid(x), limits)
    np.testing.assert_array_equal(softact.sigmoid_prime(x), np.where(np.isnan(x), np.nan, 0))

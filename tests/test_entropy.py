"""Entropy and divergence: softact/_entropy.py."""

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import softact

INF, NAN = np.inf, np.nan


def exact_entropy(p):
    with mpmath.workdps(60):
        terms = [mpmath.mpf(float(v)) for v in p]
        return float(-mpmath.fsum(v * mpmath.log(v) for v in terms if v))


def exact_kl(p, q):
    with mpmath.workdps(400):
        pairs = [(mpmath.mpf(float(a)), mpmath.mpf(float(b))) for a, b in zip(p, q, strict=True)]
        return float(mpmath.fsum((a * mpmath.log(a / b) if a else 0) - a + b for a, b in pairs))


@pytest.mark.parametrize("n", [1, 2, 10, 1000])
def test_entropy(n):
    p = np.random.default_rng(n).dirichlet(np.full(n, 0.3), 5)
    assert_allclose(softact.entropy(p), list(map(exact_entropy, p)), rtol=2e-15, atol=0)


def test_entropy_of_near_certainty():
    p = [1 - 2**-50, 2**-50]
    assert_allclose(softact.entropy(p), exact_entropy(p), rtol=1e-15)


@pytest.mark.parametrize(
    ("p", "want"),
    [([1.0, 0.0], 0), ([0.0], 0), ([5e-324], exact_entropy([5e-324])), ([NAN, 1], NAN), ([], 0)],
)
def test_entropy_at_the_ends(p, want):
    assert_array_equal(softact.entropy(p), want)


def test_no_entropy_is_not_minus_zero():
    assert not np.signbit(softact.entropy([1.0, 0.0]))


@pytest.mark.parametrize("size", [1e-1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15])
def test_divergence_of_distributions_that_nearly_agree(size):
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(20), 20)
    q = p * (1 + size * rng.uniform(-1, 1, p.shape))
    want = [exact_kl(*rows) for rows in zip(p, q, strict=True)]
    assert_allclose(softact.kl_divergence(p, q), want, rtol=3e-15, atol=0)


@pytest.mark.parametrize("ratio", [0.74, 0.76, 1.24, 1.26, 2, 1e-5, 1e5, 1e-200, 1e200])
def test_terms_of_every_size(ratio):
    p = np.geomspace(1e-100, 1e-10, 50)
    got = softact.kl_divergence(p[:, None], ratio * p[:, None])
    want = [exact_kl([a], [ratio * a]) for a in p]
    assert_allclose(got, want, rtol=5e-15, atol=0)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (1.0, 5e-324),
        (0.3, 5e-324),
        (5e-324, 1.0),
        (1e-310, 1e-300),
        (1e-300, 1e-310),
        (5e-324, 1e-323),
    ],
)
def test_ratios_beyond_the_range_of_floats(p, q):
    assert_allclose(softact.kl_divergence([p], [q]), exact_kl([p], [q]), rtol=1e-15, atol=5e-324)


@pytest.mark.parametrize(
    ("p", "q", "want"),
    [
        ([0.5, 0.5], [1, 0], INF),
        ([1, 0], [0.5, 0.5], np.log(2)),
        ([0, 1], [0, 1], 0),
        ([0.0], [0.25], 0.25),
        ([0.5, NAN], [0.5, 0.5], NAN),
        ([0.5, 0.5], [0.5, NAN], NAN),
        ([], [], 0),
    ],
)
def test_divergence_at_the_ends(p, q, want):
    assert_allclose(softact.kl_divergence(p, q), want, rtol=1e-15)


def test_axes_dtypes_and_broadcasting():
    p = np.random.default_rng(0).dirichlet(np.ones(4), (2, 3))
    uniform = np.full(4, 0.25)
    got = softact.kl_divergence(p, uniform)
    assert got.shape == (2, 3)
    assert_allclose(got, np.log(4) - softact.entropy(p), rtol=1e-13)
    assert softact.entropy(p, axis=(0, 2)).shape == (3,)
    assert_allclose(softact.entropy(p, axis=None), softact.entropy(p).sum(), rtol=1e-14)
    for dtype in (np.float16, np.float32):
        small = p.astype(dtype)
        assert softact.entropy(small).dtype == dtype
        wide = softact.kl_divergence(small.astype(float), uniform)
        assert_array_equal(softact.kl_divergence(small, uniform), wide.astype(dtype))


def test_refused():
    with pytest.raises(ValueError, match=r"^p must be non-negative; got -1.0 at index 0$"):
        softact.kl_divergence([-1, 2], [0.5, 0.5])
    with pytest.raises(
        ValueError, match=r"^q must broadcast to the shape \(2,\) of p, not \(3,\)$"
    ):
        softact.kl_divergence([0.5, 0.5], [1, 0, 0])

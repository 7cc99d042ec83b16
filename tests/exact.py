"""The functions in 80-bit long double, straight from their definitions, and errors counted in ulps.

Long double has eleven bits more than float64 and reaches e^±11355, so nothing here needs a trick:
rows are exponentiated as they are, unless that would leave even this range.
test_exact.py compares it with mpmath.
"""

import numpy as np
import pytest

Long = np.longdouble
WIDE = np.finfo(Long).nmant >= 63
needs_long_double = pytest.mark.skipif(not WIDE, reason="long double is float64 on this machine")


def unit(dtype, size):
    """Spacing of the floats of `dtype` about `size`, the subnormal one at the least."""
    limit = np.finfo(dtype)
    size = np.clip(np.abs(np.asarray(size, Long)), limit.tiny, limit.max)
    return np.ldexp(Long(1), np.frexp(size)[1] - 1 - limit.nmant)


def ulps(got, exact):
    """Distance in units of the spacing of `got`'s dtype at `exact`; 0 where nan meets nan."""
    got = np.asarray(got)
    exact = np.asarray(exact, Long)
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(got.astype(Long) - exact) / unit(got.dtype, exact)
        same = (got == exact.astype(got.dtype)) & ~(np.isfinite(got) & np.isfinite(exact))
    return np.where(same | (np.isnan(got) & np.isnan(exact)), Long(0), error)


def worst(got, exact):
    """Largest error in ulps; a nan that only one side has counts as infinite."""
    error = ulps(got, exact)
    return float(np.where(np.isnan(error), np.inf, error).max(initial=0))


def worst_beside(got, exact, size):
    """Largest error in ulps of the larger of the exact result and what it is the difference of."""
    got = np.asarray(got)
    error = np.abs(got.astype(Long) - exact) / unit(got.dtype, np.maximum(np.abs(exact), size))
    return float(np.where(np.isnan(error), np.inf, error).max(initial=0))


def long_double(function):
    """Hand a function long double arrays, and let it overflow."""

    def call(*arrays, **options):
        with np.errstate(all="ignore"):
            return function(*(np.asarray(a).astype(Long) for a in arrays), **options)

    return call


@long_double
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@long_double
def sigmoid_prime(x):
    return sigmoid(x) * sigmoid(-x)


@long_double
def softplus(x):
    return np.where(x > 11000, x, np.log1p(np.exp(np.minimum(x, 11000))))


@long_double
def log_sigmoid(x):
    return -softplus(-x)


@long_double
def logit(x):
    return np.where(np.abs(x - 0.5) < 0.25, 2 * np.arctanh(2 * x - 1), np.log(x) - np.log1p(-x))


def _times(a, b):
    """Product in which 0 · inf is 0."""
    return np.where(a == 0, 0, a * np.where(a == 0, 1, b))


@long_double
def sigmoid_cross_entropy(x, y, w=1):
    return _times(w * y, softplus(-x)) + _times(1 - y, softplus(x))


@long_double
def sigmoid_cross_entropy_grad(x, y, w=1):
    return (1 - y) * sigmoid(x) - w * y * sigmoid(-x)


def _exponentials(z):
    """e^z of rows of finite logits, shifted by an exact difference where it would overflow."""
    top = z.max(axis=-1, keepdims=True)
    shift = np.where(np.abs(top) > 10000, top, 0)
    return np.exp(z - shift), shift


@long_double
def softmax(z):
    e, _ = _exponentials(z)
    return e / e.sum(axis=-1, keepdims=True)


@long_double
def others(z):
    """1 − softmax(z): the sum of the other exponentials, each time added up anew."""
    e, _ = _exponentials(z)
    return _without_each(e) / e.sum(axis=-1, keepdims=True)


def _without_each(a):
    """For each entry of a row, the sum of all other ones."""
    parts = [np.delete(a, i, axis=-1).sum(axis=-1) for i in range(a.shape[-1])]
    return np.stack(parts, axis=-1)


@long_double
def logsumexp(z):
    """By the definition where the sum is far from 1, or else from what exceeds 1."""
    return (z.max(axis=-1, keepdims=True) - log_softmax_top(z))[..., 0]


@long_double
def log_softmax_top(z):
    """The largest entry of log_softmax: −log(1 + the others / the top)."""
    e, _ = _exponentials(z)
    top = z.argmax(axis=-1)[..., None]
    e_top = np.take_along_axis(e, top, axis=-1)
    np.put_along_axis(e, top, 0, axis=-1)
    return -np.log1p(e.sum(axis=-1, keepdims=True) / e_top)


@long_double
def log_softmax(z):
    return (z - z.max(axis=-1, keepdims=True)) + log_softmax_top(z)


@long_double
def cross_entropy(z, q):
    """Σ q (−log softmax z), with 0 · log 0 = 0."""
    return _times(q, -log_softmax(z)).sum(axis=-1)


def cross_entropy_grad(z, y):
    """Softmax less one-hot of class indices; at the target, minus the sum of the others."""
    grad = softmax(z)
    target = np.asarray(y)[..., None]
    np.put_along_axis(grad, target, 0, axis=-1)
    np.put_along_axis(grad, target, -grad.sum(axis=-1, keepdims=True), axis=-1)
    return grad


@long_double
def soft_cross_entropy_grad(z, q):
    """p Σq − q, and the larger of its two terms, each with what both have in common taken out."""
    ours = softmax(z) * _without_each(q)
    return ours - q * others(z), ours

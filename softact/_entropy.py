"""Entropy and Kullback-Leibler divergence of probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from softact._arrays import Axis, broadcast, nonnegative_array
from softact._driver import Block, rows_to_numbers
from softact._exponentials import row_sum

SMALLEST = np.nextafter(0.0, 1.0)


def entropy(p: ArrayLike, axis: Axis = -1) -> Any:
    """Entropy −Σᵢ pᵢ log pᵢ in nats, with 0 · log 0 = 0.

    Shape: `p` without `axis`. The probabilities are taken as they are, not normalised.

    >>> entropy([0.5, 0.5, 0])
    np.float64(0.6931471805599453)

    See Also
    --------
    kl_divergence : what another distribution adds to it
    cross_entropy : of logits
    """
    array = nonnegative_array(p, "p")
    return rows_to_numbers(_entropy, axis, array)


def _entropy(p: Block, out: Block) -> None:
    np.subtract(0, row_sum(p * np.log(np.maximum(p, SMALLEST))), out=out)


def kl_divergence(p: ArrayLike, q: ArrayLike, axis: Axis = -1) -> Any:
    """Kullback-Leibler divergence Σᵢ (pᵢ log(pᵢ/qᵢ) − pᵢ + qᵢ) in nats.

    Shape: `p` without `axis`; `q` broadcasts to `p`. Where both sum to 1 this is Σ p log(p/q), but
    no term is negative, so nothing cancels: it keeps its digits where p and q nearly agree. An
    impossible event (q = 0) that happens (p > 0) costs inf.

    >>> kl_divergence([0.5, 0.5], [0.5, 0.5])
    np.float64(0.0)
    >>> kl_divergence([0.5, 0.5], [1, 0])
    np.float64(inf)

    See Also
    --------
    entropy : KL is the cross-entropy less the entropy
    """
    array = nonnegative_array(p, "p")
    other = broadcast(nonnegative_array(q, "q"), "q", array.shape, "p")
    return rows_to_numbers(_kl_divergence, axis, array, other)


def _kl_divergence(p: Block, q: Block, out: Block) -> None:
    terms = q - p - p * _log_ratio(q, p)
    t = (q - p) / p
    near = np.abs(t) < 0.25
    terms[near] = p[near] * _less_log1p(t[near])
    terms[p == 0] = q[p == 0]
    out[...] = row_sum(terms)


def _log_ratio(a: Block, b: Block) -> Block:
    """Return log(a / b), also where the ratio leaves the range of floats."""
    ratio = a / b
    far = ~((ratio > 1e-300) & (ratio < np.inf))
    result = np.log(ratio)
    result[far] = np.log(a[far]) - np.log(b[far])
    return result


def _less_log1p(t: Block) -> Block:
    """Return t − log(1 + t) for |t| < ¼, from log(1 + t) = 2 artanh u, u = t / (2 + t)."""
    u = t / (2 + t)
    square = u * u
    tail = np.zeros_like(u)
    for k in range(19, 1, -2):
        tail = tail * square + 2 / k
    return t * u - u * square * tail

"""Cross-entropy of a logit, for labels that do not exclude each other, with its derivatives."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from softact._arrays import broadcast, nonnegative_array, real_array
from softact._driver import Block, Kernel, map_blocks
from softact._sigmoid import log1p_exp

__all__ = ["binary_cross_entropy", "binary_cross_entropy_grad", "binary_cross_entropy_hessian"]


def binary_cross_entropy(x: ArrayLike, y: ArrayLike, *, pos_weight: ArrayLike = 1.0) -> Any:
    """Binary cross-entropy −(w y log σ(x) + (1 − y) log σ(−x)) of a logit, elementwise.

    Shape: that of `x`, to which the targets `y` in [0, 1] and the weight w of positives broadcast.

    >>> binary_cross_entropy(-40.0, 0)
    np.float64(4.248354255291589e-18)
    >>> binary_cross_entropy([np.inf, -np.inf], 1)
    array([ 0., inf])

    See Also
    --------
    binary_cross_entropy_grad, binary_cross_entropy_hessian : the derivatives in x
    cross_entropy : for classes that exclude each other
    """
    return _elementwise(_loss, x, y, pos_weight)


def _loss(x: Block, y: Block, w: Block, out: Block) -> None:
    log1p_exp(x, bend := np.empty_like(x))  # softplus(±x) = max(±x, 0) + bend
    rising = np.maximum(x, 0)
    falling = rising - x
    rising += bend
    falling += bend
    positive, negative = w * y, 1 - y
    rising *= negative
    falling *= positive
    np.add(rising, falling, out=out)
    if np.isnan(
        out[out.argmin()]
    ):  # 0 · inf: a label that agrees with an infinite logit loses nothing
        lost = np.flatnonzero(np.isnan(out) & np.isinf(x))
        against = np.where(x[lost] > 0, negative[lost], positive[lost])
        out[lost] = np.where(against == 0, 0.0, against * np.inf)


def binary_cross_entropy_grad(x: ArrayLike, y: ArrayLike, *, pos_weight: ArrayLike = 1.0) -> Any:
    """Slope of the binary cross-entropy in its logit, (1 − y) σ(x) − w y σ(−x).

    Elementwise; with w = 1 it is σ(x) − y, here without the cancellation.

    >>> binary_cross_entropy_grad(40.0, 1)
    np.float64(-4.248354255291589e-18)

    See Also
    --------
    binary_cross_entropy : the loss
    """
    return _elementwise(_grad, x, y, pos_weight)


def _grad(x: Block, y: Block, w: Block, out: Block) -> None:
    e = np.exp(x)
    np.multiply(1 - y, e, out=out)
    out -= w * y
    e += 1
    out /= e
    if not x[x.argmax()] <= 709:  # e^x may overflow; nan is not <= either
        high = np.flatnonzero(x > 709)
        out[high] = (1 - y[high]) - w[high] * y[high] * np.exp(-x[high])


def binary_cross_entropy_hessian(x: ArrayLike, y: ArrayLike, *, pos_weight: ArrayLike = 1.0) -> Any:
    """Curvature of the binary cross-entropy in its logit, (1 − y + w y) σ′(x).

    Elementwise, since no logit meets another; with w = 1 it does not depend on `y`.

    >>> binary_cross_entropy_hessian(0.0, 1)
    np.float64(0.25)

    See Also
    --------
    sigmoid_prime : the curvature where w = 1
    """
    return _elementwise(_curvature, x, y, pos_weight)


def _curvature(x: Block, y: Block, w: Block, out: Block) -> None:
    e = np.exp(-np.abs(x))
    np.divide(e, np.square(1 + e), out=out)
    out *= 1 - y + w * y


def _elementwise(kernel: Kernel, x: ArrayLike, y: ArrayLike, pos_weight: ArrayLike) -> Any:
    logits = real_array(x, "x")
    targets = broadcast(nonnegative_array(y, "y", upper=1), "y", logits.shape, "x")
    weights = nonnegative_array(pos_weight, "pos_weight")
    weights = broadcast(weights, "pos_weight", logits.shape, "x")
    result = np.empty_like(logits)
    map_blocks(kernel, [logits, targets, weights], result)
    return result[()]

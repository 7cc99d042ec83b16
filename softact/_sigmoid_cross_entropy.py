"""Cross-entropy of a logit, for labels that do not exclude each other, with its derivatives.

Every kernel is given the weights of the two outcomes, w y for the positive and 1 − y for the
negative, and their total, which is a single 1 unless there is a w.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softact._arrays import broadcast, largest, mask_array, nonnegative_array, real_array, smallest
from softact._driver import Block, Kernel, map_entries
from softact._sigmoid import ONE, log1p_exp
from softact._signature import takes


class _Problem(NamedTuple):
    """Checked arguments, of one shape."""

    inputs: list[NDArray[Any]]  # logits, targets and, if there are any, weights of positives
    hidden: NDArray[np.bool_] | None  # entries that count for nothing

    def solve(self, kernel: Kernel, count: int) -> list[Any]:
        """Return so many results of the kernel."""
        results = [np.empty_like(self.inputs[0]) for _ in range(count)]

        def plain(x: Block, y: Block, *outs: Block) -> None:
            kernel(x, y, ONE - y, ONE, *outs)  # whose sum rounds to 1 for every y

        def weighted(x: Block, y: Block, weight: Block, *outs: Block) -> None:
            positive, negative = weight * y, ONE - y
            kernel(x, positive, negative, positive + negative, *outs)

        map_entries(plain if len(self.inputs) == 2 else weighted, self.inputs, results)
        if self.hidden is not None:
            for result in results:
                result[self.hidden] = 0
        return [result[()] for result in results]


def _problem(
    x: ArrayLike, y: ArrayLike, *, pos_weight: ArrayLike = 1.0, where: ArrayLike | None = None
) -> _Problem:
    logits, hidden = real_array(x, "x"), None
    if where is not None:
        hidden = ~mask_array(where, logits.shape, "x")
        y = np.where(hidden, 0, broadcast(real_array(y, "y"), "y", logits.shape, "x"))
    targets = broadcast(nonnegative_array(y, "y", upper=1), "y", logits.shape, "x")
    inputs = [logits, targets]
    if not (isinstance(pos_weight, float) and pos_weight == 1):
        weights = nonnegative_array(pos_weight, "pos_weight")
        inputs.append(broadcast(weights, "pos_weight", logits.shape, "x"))
    return _Problem(inputs, hidden)


@takes(_problem)
def sigmoid_cross_entropy(problem: _Problem) -> Any:
    """Binary cross-entropy −(w y log σ(x) + (1 − y) log σ(−x)) of a logit, elementwise.

    Shape: that of `x`, to which the targets `y` in [0, 1], the weight w of positives and the mask
    `where` broadcast; where that is False, nothing is lost.

    >>> sigmoid_cross_entropy(-40.0, 0)
    np.float64(4.248354255291589e-18)
    >>> sigmoid_cross_entropy([np.inf, -np.inf], 1)
    array([ 0., inf])

    See Also
    --------
    sigmoid_cross_entropy_grad : the slope in x
    sigmoid_cross_entropy_curvature : the curvature in x
    sigmoid_cross_entropy_with_grad : loss and slope in one pass
    cross_entropy : for classes that exclude each other
    """
    return problem.solve(_loss, 1)[0]


def _loss(x: Block, positive: Block, negative: Block, total: Block, out: Block) -> None:
    log1p_exp(x, out)  # softplus(±x) = max(±x, 0) + this
    out *= total
    rising = x * negative
    falling = x * positive
    np.negative(falling, out=falling)
    out += np.maximum(rising, falling, out=rising)
    if math.isnan(smallest(out)):
        # 0 · inf: a label that agrees with an infinite logit loses nothing
        lost = np.isnan(out) & np.isinf(x)
        against = np.where(x[lost] > 0, negative[lost], positive[lost])
        out[lost] = np.where(against == 0, 0.0, against * np.inf)


@takes(_problem)
def sigmoid_cross_entropy_grad(problem: _Problem) -> Any:
    """Slope of the binary cross-entropy in its logit, (1 − y) σ(x) − w y σ(−x).

    Elementwise; with w = 1 it is σ(x) − y, here without the cancellation where y is 0 or 1.

    >>> sigmoid_cross_entropy_grad([40.0], 1)
    array([-4.24835426e-18])

    See Also
    --------
    sigmoid_cross_entropy : the loss
    sigmoid_cross_entropy_with_grad : both in one pass
    """
    return problem.solve(_grad, 1)[0]


def _grad(x: Block, positive: Block, negative: Block, _total: Block, out: Block) -> None:
    e = np.exp(x)
    np.multiply(negative, e, out=out)
    out -= positive
    e += ONE
    out /= e
    if not largest(x) <= 709:  # e^x may overflow; nan is not <= either
        high = x > 709
        out[high] = negative[high] - positive[high] * np.exp(-x[high])


@takes(_problem)
def sigmoid_cross_entropy_with_grad(problem: _Problem) -> tuple[Any, Any]:
    """Binary cross-entropy and its slope in one pass over the logits, each of the shape of `x`.

    >>> sigmoid_cross_entropy_with_grad(0.0, 1)
    (np.float64(0.6931471805599453), np.float64(-0.5))

    See Also
    --------
    sigmoid_cross_entropy : the loss alone
    sigmoid_cross_entropy_grad : the slope alone
    cross_entropy_with_grad : for classes that exclude each other
    """
    loss, grad = problem.solve(_loss_and_grad, 2)
    return loss, grad


def _loss_and_grad(
    x: Block, positive: Block, negative: Block, total: Block, loss: Block, grad: Block
) -> None:
    _loss(x, positive, negative, total, loss)
    _grad(x, positive, negative, total, grad)


@takes(_problem)
def sigmoid_cross_entropy_curvature(problem: _Problem) -> Any:
    """Curvature of the binary cross-entropy in its logit, (1 − y + w y) σ′(x).

    Elementwise, since no logit meets another; with w = 1 it does not depend on `y`.

    >>> sigmoid_cross_entropy_curvature(0.0, 1)
    np.float64(0.25)

    See Also
    --------
    sigmoid_prime : the curvature where w = 1
    """
    return problem.solve(_curvature, 1)[0]


def _curvature(x: Block, _positive: Block, _negative: Block, total: Block, out: Block) -> None:
    e = np.exp(-np.abs(x))
    np.divide(e, np.square(ONE + e), out=out)
    out *= total

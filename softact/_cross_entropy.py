"""Cross-entropy of logits, for one class of many, with its derivatives.

What may be given is said once, by `_problem`; a public function says what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softact._arrays import (
    as_rows,
    at,
    first,
    largest,
    mask_array,
    nonnegative_array,
    outside,
    plain_array,
    real_array,
    single_axis,
    smallest,
    visible,
)
from softact._driver import Block, Kernel, map_rows
from softact._exponentials import divide, flat_index, log_sum, put, row_sum, split, take
from softact._signature import takes
from softact._softmax import softmax_jacobian_kernel, square_matrices

HUGE = 1e300  # above it, others / e_y may overflow or e_y be subnormal


class _Problem(NamedTuple):
    """Checked arguments, seen as rows."""

    shape: tuple[int, ...]
    axes: tuple[int, ...]
    batch: tuple[int, ...]
    z: NDArray[Any]
    y: NDArray[Any]
    skipped: NDArray[np.bool_] | None  # rows that count for nothing
    target: Callable[[NDArray[Any]], Block]  # a block of y -> the same rows of q
    kernel: Kernel  # (z, y, loss[, grad])

    def solve(self, kernel: Kernel, *results: NDArray[Any]) -> None:
        """Let the kernel write its results."""
        map_rows(kernel, self.batch, [self.z, self.y], results)
        if self.skipped is not None:
            for result in results:
                result[self.skipped] = 0


def _problem(
    z: ArrayLike,
    y: ArrayLike,
    axis: int = -1,
    *,
    label_smoothing: float = 0.0,
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    where: ArrayLike | None = None,
) -> _Problem:
    logits = real_array(z, "z")
    axes = (single_axis(axis, logits.ndim),)
    batch, (rows,) = as_rows(axes, visible(logits, where))
    n = rows.shape[-1]
    w = _class_weights(weight, n)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must be between 0 and 1, not {label_smoothing}")
    if ignore_index is not None and not hasattr(ignore_index, "__index__"):
        raise TypeError(f"ignore_index must be an int or None, not {ignore_index!r}")

    y, skipped = plain_array(y, "y"), None
    soft = y.dtype.kind == "f" and y.shape == logits.shape
    if soft:
        if ignore_index is not None:
            raise TypeError("ignore_index goes with class indices, and y holds probabilities")
        _, (y,) = as_rows(axes, nonnegative_array(y, "y"))
    elif y.dtype.kind in "iu" and y.shape == batch:
        y, skipped = _class_indices(y, n, ignore_index)
        if weight is not None and not label_smoothing:
            lost = w[y] == 0
            skipped = lost if skipped is None else skipped | lost
    else:
        raise TypeError(
            f"y must hold integer class indices of shape {batch} or float probabilities of shape "
            f"{logits.shape}, not {y.dtype} of shape {y.shape}"
        )
    if label_smoothing and where is not None:
        _, (mask,) = as_rows(axes, mask_array(where, logits.shape))
        y = (1 - label_smoothing) * _hot(y, n, soft) + label_smoothing * _share(mask)
        soft, label_smoothing = True, 0.0
    target = partial(_smoothed, label_smoothing, w, soft)
    if soft or label_smoothing:
        kernel: Kernel = partial(_soft, target)
    else:
        kernel = partial(_hard, None if weight is None else w)
    return _Problem(logits.shape, axes, batch, rows, y, skipped, target, kernel)


@takes(_problem)
def cross_entropy(problem: _Problem) -> Any:
    """Cross-entropy −Σᵢ qᵢ log pᵢ of p = softmax(z), one loss per row.

    `y` holds class indices, of the shape of `z` without `axis`, or float probabilities, of the
    shape of `z`. The target is qᵢ = wᵢ ((1 − ε) yᵢ + ε/K), with w the `weight` of each class, ε the
    `label_smoothing`, and y a one-hot row where an index is given. Rows whose index is
    `ignore_index` lose 0; 0 · log 0 is 0. Where the mask `where` is False, a class cannot be: its
    logit counts as −∞, and K counts the others.

    >>> cross_entropy([[40, 0]], [0])
    array([4.24835426e-18])
    >>> cross_entropy([1, -np.inf], [1.0, 0.0])
    np.float64(0.0)

    See Also
    --------
    cross_entropy_grad : the gradient in z
    cross_entropy_hessian : the second derivatives in z
    cross_entropy_with_grad : loss and gradient in one pass
    sigmoid_cross_entropy : for labels that do not exclude each other
    """
    loss = np.zeros(problem.batch, problem.z.dtype)
    problem.solve(problem.kernel, loss)
    return loss[()]


@takes(_problem)
def cross_entropy_grad(problem: _Problem) -> NDArray[Any]:
    """Gradient of the cross-entropy in its logits, pᵢ Σⱼ qⱼ − qᵢ: p − y in the plain case.

    Shape: that of `z`. The arguments are those of `cross_entropy`.

    >>> cross_entropy_grad([40, 0], 0)
    array([-4.24835426e-18,  4.24835426e-18])

    See Also
    --------
    cross_entropy_with_grad : the loss as well, at no further cost
    """
    return _loss_and_grad(problem)[1]


@takes(_problem)
def cross_entropy_with_grad(problem: _Problem) -> tuple[Any, NDArray[Any]]:
    """Cross-entropy and its gradient in one pass over the logits.

    Shapes: that of `z` without `axis`, and that of `z`. The arguments are those of `cross_entropy`.

    >>> loss, grad = cross_entropy_with_grad([40, 0], 1)
    >>> loss, grad
    (np.float64(40.0), array([ 1., -1.]))

    See Also
    --------
    cross_entropy : the loss alone
    cross_entropy_grad : the gradient alone
    """
    return _loss_and_grad(problem)


def _loss_and_grad(problem: _Problem) -> tuple[Any, NDArray[Any]]:
    loss, grad = np.zeros(problem.batch, problem.z.dtype), np.empty(problem.shape, problem.z.dtype)
    problem.solve(problem.kernel, loss, *as_rows(problem.axes, grad)[1])
    return loss[()], grad


@takes(_problem)
def cross_entropy_hessian(problem: _Problem) -> NDArray[Any]:
    """Hessian of the cross-entropy in its logits, pᵢ (δᵢⱼ − pⱼ) Σₖ qₖ.

    Shape: the K classes of `axis` give ``(…, K, K)``. In the plain case it does not depend on `y`.

    >>> cross_entropy_hessian([0, 0], 1)
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])

    See Also
    --------
    softmax_jacobian : the same matrix where Σₖ qₖ = 1
    softmax_jvp : products with it, without the matrix
    """
    result = square_matrices(problem.z.shape, problem.z.dtype)
    problem.solve(partial(_hessian, problem.target), result)
    return result


def _class_weights(weight: ArrayLike | None, n: int) -> Block:
    if weight is None:
        return np.ones(n)
    w = nonnegative_array(weight, "weight")
    if w.shape != (n,):
        raise ValueError(f"weight must have shape {(n,)}, one per class, not {w.shape}")
    return w.astype(np.float64)


def _class_indices(
    y: NDArray[Any], n: int, ignore_index: int | None
) -> tuple[NDArray[np.intp], NDArray[np.bool_] | None]:
    """Return indices that are safe to use, and where they are to be ignored, if anywhere."""
    ignored = None
    if ignore_index is not None:
        ignored = np.equal(y, ignore_index)
        y = np.where(ignored, 0, y)
    if y.size and not (smallest(y) >= 0 and largest(y) < n):
        place = first((y < 0) | (y >= n))
        raise IndexError(f"y must hold class indices from 0 to {n - 1}; got {y[place]}{at(place)}")
    return y.astype(np.intp, copy=False), ignored


def _share(mask: NDArray[np.bool_]) -> Block:
    """Share 1 evenly among those that the mask leaves in each row."""
    share: Block = mask / np.maximum(mask.sum(axis=-1, keepdims=True), 1)
    return share


def _hot(y: NDArray[Any], n: int, soft: bool) -> NDArray[Any]:
    """Return probabilities as they are, and class indices as one-hot rows."""
    return y if soft else y[..., None] == np.arange(n)


def _smoothed(smoothing: float, weight: Block, soft: bool, y: NDArray[Any]) -> Block:
    """Return q = w ((1 − ε) y + ε/K)."""
    n = len(weight)
    q: Block = weight * ((1 - smoothing) * _hot(y, n, soft) + smoothing / n)
    return q


def _hard(
    weight: Block | None, z: Block, y: NDArray[np.intp], loss: Block, grad: Block | None = None
) -> None:
    """Compute w_y log(1 + others / e_y) and its gradient w_y (p − one-hot).

    The others are the exponentials of all classes but y.
    """
    parts = split(z, np.empty_like(z) if grad is None else grad, y)
    ratio = parts.others / parts.e
    np.log1p(ratio, out=loss)
    far = outside(ratio, 0, HUGE)
    if far.size:
        rows = np.ascontiguousarray(z[far])
        top, rest = log_sum(rows, np.empty_like(rows))
        gap = top - take(rows, flat_index(y[far], z.shape[1]))
        loss[far] = np.fmax(gap, gap + rest)  # an infinite gap, where the rest is undetermined
    if grad is not None:
        put(grad, parts.at, -parts.others)
        divide(grad, parts.total)
    if weight is not None:
        loss *= weight[y]
        if grad is not None:
            grad *= weight[y][:, None]


def _soft(
    target: Callable[[NDArray[Any]], Block],
    z: Block,
    y: NDArray[Any],
    loss: Block,
    grad: Block | None = None,
) -> None:
    """Compute Σ qᵢ (max z − zᵢ) + Q log Σ e^(z − max z), Q = Σ qᵢ, and its gradient Q p − q."""
    q = target(y)
    e = np.empty_like(z) if grad is None else grad
    parts = split(z, e, z.argmax(axis=1))
    top = take(z, parts.at)

    gaps = top[:, None] - z
    put(gaps, parts.at, 0 * parts.e / parts.total)  # 0, or nan if ±inf leaves it undetermined
    gaps *= q
    gaps[q == 0] = 0  # 0 · log 0 = 0
    rest = np.log1p(parts.others / parts.e)
    rest[np.isinf(top)] = 0
    np.multiply(row_sum(q), rest, out=loss)
    loss += row_sum(gaps)
    if grad is not None:
        p, others = parts.probabilities(e)
        np.multiply(p, _others(q), out=grad)
        grad -= q * others


def _others(q: Block) -> Block:
    """Return Q − qᵢ for each i, the largest by adding up the others."""
    top = flat_index(q.argmax(axis=1), q.shape[1])
    put(rest := q.copy(), top, 0)
    result = row_sum(q)[:, None] - q
    put(result, top, row_sum(rest))
    return result


def _hessian(
    target: Callable[[NDArray[Any]], Block], z: Block, y: NDArray[Any], out: Block
) -> None:
    softmax_jacobian_kernel(z, out)
    out *= row_sum(target(y))[:, None]

"""The softmax, its logarithm and log-sum-exp, with their derivatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softact._arrays import (
    Axis,
    as_rows,
    broadcast,
    largest,
    outside,
    real_array,
    reduced_axes,
    single_axis,
    visible,
)
from softact._driver import Block, Kernel, along, map_rows, rows_to_numbers, rows_to_rows, rowwise
from softact._exponentials import (
    divide,
    exp_sum,
    exponentials,
    flat_index,
    limit,
    log_sum,
    row_sum,
    split,
    take,
)


def logsumexp(
    z: ArrayLike, axis: Axis = -1, keepdims: bool = False, *, where: ArrayLike | None = None
) -> Any:
    """Log of the sum of exponentials, log Σᵢ e^zᵢ: a smooth maximum.

    Shape: `z` without `axis`, which stays as 1 with ``keepdims=True``. What the mask `where` hides
    is not added up; an empty sum is −inf.

    >>> logsumexp([0, -40])
    np.float64(4.248354255291589e-18)
    >>> logsumexp([1000, 1000])
    np.float64(1000.6931471805599)

    See Also
    --------
    softmax : the gradient
    softmax_jacobian : the second derivative, since the gradient is p
    """
    array = visible(real_array(z, "z"), where)
    result = rows_to_numbers(_logsumexp, axis, array, of_nothing=-np.inf)
    if keepdims and array.ndim:
        result = np.expand_dims(result, reduced_axes(axis, array.ndim))
    return result


def _logsumexp(z: Block, out: Block) -> None:
    np.log(exp_sum(z), out=out)
    odd = outside(out, 1)  # below 1, the digits are those of Σ − 1
    if not odd.size:
        return
    rows = np.ascontiguousarray(z[odd])
    top, rest = log_sum(rows, np.empty_like(rows))
    out[odd] = np.fmax(top, top + rest)  # an infinite top, where the rest is undetermined


@rowwise
def softmax(
    z: ArrayLike,
    axis: Axis = -1,
    *,
    out: NDArray[Any] | None = None,
    where: ArrayLike | None = None,
) -> Any:
    """Softmax pᵢ = e^zᵢ / Σⱼ e^zⱼ.

    Shape: that of `z`. Where the mask `where` is False, p is 0; the others share the 1. How several
    inf, or −inf alone, would share it is undetermined: nan.

    >>> softmax([-np.inf, 0, 0])
    array([0. , 0.5, 0.5])
    >>> softmax([np.inf, 0, 0])
    array([1., 0., 0.])
    >>> softmax([3, 0, 0], where=[False, True, True])
    array([0. , 0.5, 0.5])

    See Also
    --------
    log_softmax : the logarithm, accurate where p rounds to 0 or 1
    softmax_vjp : gradients through it, without the matrix
    softmax_jacobian : the matrix
    """
    return rows_to_rows(_softmax, z, axis, out, where, masked=0)


def _softmax(z: Block, out: Block) -> None:
    total, _ = exponentials(z, out)
    divide(out, total)


@rowwise
def log_softmax(
    z: ArrayLike,
    axis: Axis = -1,
    *,
    out: NDArray[Any] | None = None,
    where: ArrayLike | None = None,
) -> Any:
    """Logarithm of the softmax, log pᵢ = (zᵢ − max z) − log Σⱼ e^(zⱼ − max z).

    Shape: that of `z`. Where the mask `where` is False, log p is −inf. Subtracting the maximum
    first and the logarithm second keeps both terms of one sign, so they never cancel.

    >>> log_softmax([0, -40])
    array([-4.24835426e-18, -4.00000000e+01])
    >>> log_softmax([np.inf, 0])
    array([  0., -inf])

    See Also
    --------
    softmax : the exponential
    cross_entropy : minus its entry at the target
    """
    return rows_to_rows(_log_softmax, z, axis, out, where, masked=-np.inf)


def _log_softmax(z: Block, out: Block) -> None:
    top, rest = log_sum(z, out)

    def subtract(z: Block, out: Block) -> None:
        np.subtract(z, top[:, None], out=out)
        out -= rest[:, None]

    along(subtract, z, out)
    if not largest(top) < np.inf:  # nan is not < either
        infinite = top == np.inf
        out[infinite] = np.log(limit(z[infinite]))


def softmax_jacobian(z: ArrayLike, axis: int = -1) -> NDArray[Any]:
    """Jacobian of the softmax, ∂pᵢ/∂zⱼ = pᵢ (δᵢⱼ − pⱼ), which is the Hessian of log-sum-exp.

    Shape: the K classes of `axis` give ``(…, K, K)``, row = output, column = input. For large K
    use `softmax_vjp` or `softmax_jvp`, which need no matrix.

    >>> softmax_jacobian([0, 0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    >>> softmax_jacobian([0, -40])[0, 0]
    np.float64(4.248354255291589e-18)

    See Also
    --------
    softmax_jvp : its product with a vector, without the matrix
    softmax_vjp : the product from the left
    cross_entropy_hessian : the same matrix, times the weight of the target
    log_softmax_jacobian : that of the logarithm
    """
    return _matrix(softmax_jacobian_kernel, z, axis)


def softmax_jacobian_kernel(z: Block, out: Block) -> None:
    p = np.empty_like(z)
    p, others = split(z, p, z.argmax(axis=1)).probabilities(p)
    matrix = out.reshape(*z.shape, -1)
    np.multiply(-p[:, :, None], p[:, None, :], out=matrix)
    diagonal(matrix)[...] = p * others


def log_softmax_jacobian(z: ArrayLike, axis: int = -1) -> NDArray[Any]:
    """Jacobian of the log-softmax, ∂ log pᵢ/∂zⱼ = δᵢⱼ − pⱼ.

    Shape: the K classes of `axis` give ``(…, K, K)``, row = output, column = input.

    >>> log_softmax_jacobian([0, -40])
    array([[ 4.24835426e-18, -4.24835426e-18],
           [-1.00000000e+00,  1.00000000e+00]])

    See Also
    --------
    softmax_jacobian : the Jacobian of the softmax itself
    """
    return _matrix(_log_softmax_jacobian, z, axis)


def _log_softmax_jacobian(z: Block, out: Block) -> None:
    p = np.empty_like(z)
    p, others = split(z, p, z.argmax(axis=1)).probabilities(p)
    matrix = out.reshape(*z.shape, -1)
    matrix[...] = -p[:, None, :]
    diagonal(matrix)[...] = others


def diagonal(matrix: NDArray[Any]) -> NDArray[Any]:
    """View the diagonals of a stack of square matrices, to be written."""
    view: NDArray[Any] = np.einsum("...ii->...i", matrix)
    return view


def _matrix(kernel: Kernel, z: ArrayLike, axis: int) -> NDArray[Any]:
    array = real_array(z, "z")
    batch, (rows,) = as_rows((single_axis(axis, array.ndim),), array)
    result = square_matrices(rows.shape, array.dtype)
    map_rows(kernel, batch, [rows], [result])
    return result


def square_matrices(shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Reserve one square matrix per row, or say what to use where there is no room."""
    n = shape[-1]
    try:
        return np.empty((*shape, n), dtype)
    except (MemoryError, ValueError) as error:
        size = math.prod(shape) * n * dtype.itemsize
        raise MemoryError(
            f"{math.prod(shape[:-1])} matrices of {n} × {n} {dtype} need {size / 2**30:,.0f} GiB; "
            "softmax_jvp and softmax_vjp give their products without the matrix"
        ) from error


def softmax_jvp(z: ArrayLike, v: ArrayLike, axis: Axis = -1) -> Any:
    """Jacobian-vector product of the softmax, J v = p ⊙ (v − ⟨p, v⟩), without the matrix.

    Shape: that of `z`, to which `v` broadcasts; time and memory grow with the number of classes,
    not with its square.

    >>> softmax_jvp([0, -40], [1, 0])
    array([ 4.24835426e-18, -4.24835426e-18])

    See Also
    --------
    softmax_vjp : the same product, since J is symmetric
    softmax_jacobian : the matrix
    """
    return _product(z, v, "v", axis)


def softmax_vjp(z: ArrayLike, g: ArrayLike, axis: Axis = -1) -> Any:
    """Vector-Jacobian product of the softmax, gᵀ J = p ⊙ (g − ⟨p, g⟩), without the matrix.

    With g the gradient of a loss in p, this is its gradient in z. Shape: that of `z`, to which `g`
    broadcasts; time and memory grow with the number of classes, not with its square.

    >>> softmax_vjp([0, -40], [1e6 + 1, 1e6])
    array([ 4.24835426e-18, -4.24835426e-18])

    See Also
    --------
    softmax_jvp : the same product, since J is symmetric
    cross_entropy_grad : the gradient of the usual loss, in one step
    """
    return _product(z, g, "g", axis)


def _product(z: ArrayLike, v: ArrayLike, name: str, axis: Axis) -> Any:
    array = real_array(z, "z")
    vector = broadcast(real_array(v, name), name, array.shape, "z")
    result = np.empty_like(array)
    batch, rows = as_rows(reduced_axes(axis, array.ndim), array, vector, result)
    map_rows(_softmax_jvp, batch, rows[:2], rows[2:])
    return result[()]


def _softmax_jvp(z: Block, v: Block, out: Block) -> None:
    """Measure v from its value at the top class, whose own 1 − p would cancel."""
    _softmax(z, out)
    top = flat_index(z.argmax(axis=1), z.shape[1])
    v = v - take(v, top)[:, None]
    out *= v - row_sum(out * v)[:, None]

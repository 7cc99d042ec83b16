"""Derivatives of any function by differences, to check the ones derived by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softact._arrays import real_array

Method = Literal["central", "complex"]

STEP = 2.0**-10  # near ε^(1/5), where truncation and rounding cost the same
TINY = 2.0**-600  # of the complex step: its square vanishes beside 1


def numerical_derivative(
    f: Callable[[Any], Any], x: ArrayLike, *, method: Method = "central", step: float = STEP
) -> Any:
    """Slope of an elementwise function, to about 12 digits, or all with ``method="complex"``.

    Shape: that of `x`. The central difference takes f at x ± h and x ± 2h, h = `step`, and is exact
    for polynomials of degree 4; the default suits functions that bend on a scale of 1. The complex
    step Im f(x + ih)/h subtracts nothing, but needs an `f` that takes complex numbers and is
    analytic (no abs, no max).

    >>> numerical_derivative(np.square, 3.0, method="complex")
    np.float64(6.0)

    See Also
    --------
    numerical_jacobian : for functions that mix their inputs
    """
    point = real_array(x, "x").astype(np.float64)
    if method == "complex":
        return (_imaginary(f(point + 1j * TINY)) / TINY)[()]
    if method != "central":
        raise ValueError(f"method must be 'central' or 'complex', not {method!r}")
    if not step > 0 or (point + step == point).any():
        raise ValueError(f"step must be large enough to move x; {step} is not")
    near = _real(f(point + step)) - _real(f(point - step))
    far = _real(f(point + 2 * step)) - _real(f(point - 2 * step))
    return ((8 * near - far) / (12 * step))[()]


def numerical_jacobian(
    f: Callable[[Any], Any], x: ArrayLike, *, method: Method = "central", step: float = STEP
) -> Any:
    """Partial derivatives of a function of an array, one entry of `x` at a time.

    Shape: that of ``f(x)`` followed by that of `x`; so the gradient of a scalar has the shape of
    `x`, and a function from K to M numbers gives ``(M, K)``, row = output, column = input.

    >>> numerical_jacobian(lambda x: x[::-1] ** 2, [1, 2], method="complex")
    array([[0., 4.],
           [2., 0.]])

    See Also
    --------
    numerical_derivative : for elementwise functions, and about the methods
    softmax_jacobian : a Jacobian in closed form
    """
    point = real_array(x, "x").astype(np.float64)
    shape = point.shape

    def along(i: int) -> Any:
        def line(t: Any) -> Any:
            moved = point.astype(np.result_type(t, point)).ravel()
            moved[i] = t
            return f(moved.reshape(shape))

        return numerical_derivative(line, point.flat[i], method=method, step=step)

    columns = [along(i) for i in range(point.size)]
    if not columns:
        return np.empty((*np.shape(f(point)), *shape))
    matrix = np.stack(columns, axis=-1)
    return matrix.reshape(*matrix.shape[:-1], *shape)


def _real(value: ArrayLike) -> NDArray[np.float64]:
    return real_array(value, "f(x)").astype(np.float64)


def _imaginary(value: ArrayLike) -> NDArray[np.float64]:
    result = np.asarray(value)
    if result.dtype.kind != "c":
        raise TypeError(
            f"f(x) must be complex where x is, not {result.dtype}: use method='central'"
        )
    return result.imag

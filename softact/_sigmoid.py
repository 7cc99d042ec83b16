"""The sigmoid, its slope, its logarithm and its inverse."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softact._arrays import largest, smallest
from softact._driver import Block, elementwise, entries_to_entries

ZERO, ONE = np.zeros(()), np.ones(())  # the plain numbers would be made arrays in each call


@elementwise
def sigmoid(x: ArrayLike, out: NDArray[Any] | None = None) -> Any:
    """Logistic sigmoid σ(x) = 1 / (1 + e^−x) = e^x / (1 + e^x).

    Elementwise, to 2.5 ulp even where the result is subnormal. ``out`` may be `x` itself.

    >>> sigmoid(-745.0) > 0
    np.True_
    >>> sigmoid([-np.inf, 0, np.inf])
    array([0. , 0.5, 1. ])

    See Also
    --------
    sigmoid_prime : the slope
    log_sigmoid : the logarithm, accurate where σ rounds to 1
    logit : the inverse
    """
    return entries_to_entries(_sigmoid, x, out)


def _sigmoid(x: Block, out: Block) -> None:
    np.exp(x, out=out)
    np.divide(out, out + ONE, out=out)
    if not largest(x) <= 709:  # e^x may overflow; nan is not <= either
        out[x > 709] = 1


@elementwise
def sigmoid_prime(x: ArrayLike, out: NDArray[Any] | None = None) -> Any:
    """Slope of the sigmoid, σ′(x) = σ(x) σ(−x) = q / (1 + q)² with q = e^−|x|.

    Elementwise. No difference 1 − σ is formed, so the slope keeps its digits where σ rounds to 1.

    >>> sigmoid_prime(0.0)
    np.float64(0.25)
    >>> sigmoid_prime(40.0)
    np.float64(4.248354255291589e-18)

    See Also
    --------
    sigmoid : the function itself
    """
    return entries_to_entries(_sigmoid_prime, x, out)


def _sigmoid_prime(x: Block, out: Block) -> None:
    np.abs(x, out=out)
    np.negative(out, out=out)
    e = np.exp(out)
    np.add(e, ONE, out=out)
    np.square(out, out=out)
    np.divide(e, out, out=out)


@elementwise
def log_sigmoid(x: ArrayLike, out: NDArray[Any] | None = None) -> Any:
    """Logarithm of the sigmoid, log σ(x) = min(x, 0) − log(1 + e^−|x|).

    Elementwise. The two terms never cancel.

    >>> log_sigmoid(40.0)
    np.float64(-4.248354255291589e-18)
    >>> log_sigmoid(-1e308)
    np.float64(-1e+308)

    See Also
    --------
    softplus : −log σ(−x)
    sigmoid_cross_entropy : the loss made of it
    """
    return entries_to_entries(_log_sigmoid, x, out)


def _log_sigmoid(x: Block, out: Block) -> None:
    log1p_exp(x, out)
    np.subtract(np.minimum(x, ZERO), out, out=out)


@elementwise
def softplus(x: ArrayLike, out: NDArray[Any] | None = None) -> Any:
    """Softplus log(1 + e^x) = max(x, 0) + log(1 + e^−|x|), whose slope is the sigmoid.

    Elementwise.

    >>> softplus(-40.0)
    np.float64(4.248354255291589e-18)
    >>> softplus(1e308)
    np.float64(1e+308)

    See Also
    --------
    log_sigmoid : −softplus(−x)
    sigmoid : the slope
    """
    return entries_to_entries(_softplus, x, out)


def _softplus(x: Block, out: Block) -> None:
    log1p_exp(x, out)
    out += np.maximum(x, ZERO)


def log1p_exp(x: Block, out: Block) -> None:
    """Compute log(1 + e^−|x|): what bends the two straight lines of softplus into one curve."""
    np.abs(x, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.log1p(out, out=out)


@elementwise
def logit(x: ArrayLike, out: NDArray[Any] | None = None) -> Any:
    """Log-odds log(x / (1 − x)), the inverse of the sigmoid; nan outside [0, 1].

    Elementwise, as ±log(1 + |2x − 1| / min(x, 1 − x)), which keeps its digits at ½ too.

    >>> logit([0, 0.5, 1])
    array([-inf,   0.,  inf])
    >>> logit(0.5 + 2**-53)
    np.float64(4.440892098500626e-16)

    See Also
    --------
    sigmoid : the inverse
    """
    return entries_to_entries(_logit, x, out)


def _logit(x: Block, out: Block) -> None:
    odd = np.abs(2 * x - 1)
    small = np.minimum(x, 1 - x)
    np.log1p(odd / small, out=out)
    if not smallest(small) >= 1e-300:  # odd / small may overflow
        low = small < 1e-300
        out[low] = np.log(small[low])
    np.copysign(out, x - 0.5, out=out)

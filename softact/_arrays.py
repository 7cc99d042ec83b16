"""What may come in, what goes out, and what to say when it does not fit."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.exceptions import AxisError
from numpy.lib.array_utils import normalize_axis_tuple
from numpy.typing import ArrayLike, NDArray

Axis: TypeAlias = int | Sequence[int] | None

NONE = np.empty(0, np.intp)


def real_array(x: ArrayLike, name: str) -> NDArray[Any]:
    """Return `x` as an array of native floats; bools and integers become float64."""
    array = plain_array(x, name)
    dtype = array.dtype
    if dtype.kind == "f":
        return array if dtype.isnative else array.astype(dtype.newbyteorder("="))
    if dtype.kind not in "biu":
        raise TypeError(
            f"{name} must hold floats, integers or booleans, not {dtype}: convert it, "
            f"for instance by np.array({name}, dtype=float)"
        )
    return array.astype(np.float64)


def plain_array(x: ArrayLike, name: str) -> NDArray[Any]:
    """Return `x` as an array; a mask would be ignored silently, so a masked array is refused."""
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(
            f"{name} must be a plain array, not a masked one: fill it, and pass ~mask as where="
        )
    try:
        return np.asarray(x)
    except ValueError as ragged:
        raise ValueError(f"{name} must be an array or a nested sequence of one shape") from ragged
    except (TypeError, RuntimeError) as error:
        raise TypeError(
            f"NumPy cannot read {name}: {error} (a torch tensor goes in as .detach().cpu(), "
            "and as .float() too if it is bfloat16)"
        ) from error


def nonnegative_array(x: ArrayLike, name: str, upper: float = math.inf) -> NDArray[Any]:
    """Return `x` as `real_array` does, refusing what lies outside [0, upper]; nan passes."""
    array = real_array(x, name)
    flat = array.ravel("K")  # in the order of memory, since a copy would take longer
    if not flat.size or (smallest(flat) >= 0 and largest(flat) <= upper):
        return array
    bad = (array < 0) | (array > upper)  # the closer look, which lets nan pass, takes longer
    if bad.any():
        place = first(bad)
        wanted = "non-negative" if upper == math.inf else f"between 0 and {upper:g}"
        raise ValueError(f"{name} must be {wanted}; got {array[place]}{at(place)}")
    return array


def largest(x: NDArray[Any]) -> Any:
    """Return the largest number, nan if one is nan: of 640, max takes three times as long."""
    return x.item(x.argmax())


def smallest(x: NDArray[Any]) -> Any:
    """Return the smallest number, nan if one is nan."""
    return x.item(x.argmin())


def outside(x: NDArray[Any], low: float, high: float = math.inf) -> NDArray[np.intp]:
    """Index what is not in [low, high), nan among it, with one closer look where there is any."""
    if smallest(x) >= low and largest(x) < high:
        return NONE
    return np.flatnonzero(~((x >= low) & (x < high)))


def first(bad: NDArray[np.bool_]) -> tuple[int, ...]:
    """Index of the first True."""
    return tuple(int(i) for i in np.unravel_index(int(bad.argmax()), bad.shape))


def at(place: tuple[int, ...]) -> str:
    """Name a position, or say nothing of a scalar's."""
    return f" at index {place[0] if len(place) == 1 else place}" if place else ""


def reduced_axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Return `axis` as a sorted tuple of non-negative axes; None means all; a scalar has one."""
    if axis is None:
        return tuple(range(ndim))
    if isinstance(axis, int) and -ndim <= axis < ndim:
        return (axis % ndim,)
    try:
        axes = tuple(map(operator.index, axis if isinstance(axis, Sequence) else [axis]))
    except TypeError as error:
        raise TypeError(f"axis must be an int, a tuple of ints or None, not {axis!r}") from error
    try:
        return tuple(sorted(normalize_axis_tuple(axes, ndim or 1)))
    except AxisError as error:
        raise AxisError(f"axis {axis} is out of bounds for an array of dimension {ndim}") from error
    except ValueError as error:
        raise AxisError(f"axis {axis} names the same axis twice") from error


def single_axis(axis: int, ndim: int) -> int:
    """Return `axis` as a non-negative int."""
    if not hasattr(axis, "__index__"):
        raise TypeError(f"axis must be an int, not {axis!r}")
    return reduced_axes(axis, ndim)[0]


def as_rows(
    axes: tuple[int, ...], *arrays: NDArray[Any]
) -> tuple[tuple[int, ...], list[NDArray[Any]]]:
    """Return the batch shape, and views of arrays of one shape with the given axes last, in order.

    A scalar is a row of one; with no axes at all, so is every entry.
    """
    shape = arrays[0].shape
    if axes == (len(shape) - 1,):
        return shape[:-1], [*arrays]
    if not axes:
        return shape, [array[..., None] for array in arrays]
    if not shape:
        return (), [array[None] for array in arrays]
    order = [axis for axis in range(len(shape)) if axis not in axes]
    batch = tuple(shape[axis] for axis in order)
    order.extend(axes)
    return batch, [array.transpose(order) for array in arrays]


def result_array(x: NDArray[Any], out: NDArray[Any] | None) -> tuple[NDArray[Any], bool]:
    """Return the array to write, of the shape and dtype of `x`, and whether it is `x` itself."""
    if out is None:
        return np.empty_like(x), False
    if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
        raise TypeError(f"out must be a plain array, not {type(out).__name__}")
    if out.shape != x.shape:
        raise ValueError(f"out must have shape {x.shape}, not {out.shape}")
    if out.dtype != x.dtype:
        raise TypeError(f"out must have dtype {x.dtype}, not {out.dtype}")
    if not out.flags.writeable:
        raise ValueError("out must be writeable, and it is read-only")
    data, to = x.__array_interface__["data"], out.__array_interface__["data"]
    same = data == to and x.strides == out.strides
    if not same and np.shares_memory(x, out):
        raise ValueError("out must be x itself or share no memory with it; they overlap in part")
    return out, same


def broadcast(array: NDArray[Any], name: str, shape: tuple[int, ...], of: str) -> NDArray[Any]:
    """Stretch `array` to the shape of the array called `of`."""
    if array.shape == shape:
        return array
    try:
        return np.broadcast_to(array, shape)
    except ValueError as error:
        raise ValueError(
            f"{name} must broadcast to the shape {shape} of {of}, not {array.shape}"
        ) from error


def visible(array: NDArray[Any], where: ArrayLike | None) -> NDArray[Any]:
    """Put −∞ where the mask is False: the logit of what cannot be."""
    if where is None:
        return array
    return np.where(mask_array(where, array.shape), array, array.dtype.type(-np.inf))


def mask_array(where: ArrayLike, shape: tuple[int, ...], of: str = "z") -> NDArray[np.bool_]:
    """Return `where` as booleans, stretched to the shape of the array called `of`."""
    mask = plain_array(where, "where")
    if mask.dtype != np.bool_:
        raise TypeError(f"where must hold booleans, not {mask.dtype}")
    return broadcast(mask, "where", shape, of)

"""How far two results lie apart, entry by entry, measured without rounding the reference.

A result may be a Python number, a NumPy array, a torch tensor, an mpmath or SymPy number, or
nested lists of these. Numbers that no float64 holds stay exact, so that half an ulp is seen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import mpmath
import numpy as np
import numpy.typing as npt

Unit = Literal["ulp", "relative", "absolute"]
Array = npt.NDArray[Any]

EXACT_INTEGERS = 2**53


class Precision(NamedTuple):
    """A floating-point format: bits of the significand, exponent of the least normal number."""

    bits: int
    least: int


_FORMATS = {
    "bfloat16": Precision(8, -126),
    "float16": Precision(11, -14),
    "float32": Precision(24, -126),
    "float64": Precision(53, -1022),
}
DOUBLE = _FORMATS["float64"]


def coarsest(*values: object) -> Precision:
    """Return the least precise floating-point format among ``values``, float64 if there is none."""
    return min((_precision(v) for v in values), default=DOUBLE)


def _precision(value: object) -> Precision:
    if isinstance(value, list | tuple):
        return coarsest(*value)
    return _FORMATS.get(str(getattr(value, "dtype", "")).removeprefix("torch."), DOUBLE)


def numbers(result: object) -> Array:
    """Return ``result`` as an array of float64, or of mpf where float64 would round it."""
    if isinstance(result, list | tuple):
        return _stack([numbers(r) for r in result])
    if _is_torch(result):
        return _from_torch(result)
    if isinstance(result, np.ndarray | np.generic):
        return _from_numpy(np.asarray(result))
    if isinstance(result, bool | float):
        return np.array(float(result))
    if hasattr(result, "tolist"):  # a SymPy matrix or array
        return numbers(result.tolist())
    return np.array(_exact(result), dtype=object)


def _stack(parts: Sequence[Array]) -> Array:
    shapes = {p.shape for p in parts}
    if len(shapes) > 1:
        raise TypeError(f"rows of different shapes {sorted(shapes)} make no array")
    return np.stack(parts) if parts else np.zeros(0)


def _is_torch(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _from_torch(tensor: Any) -> Array:
    plain = tensor.detach().cpu()
    return _from_numpy((plain.double() if plain.is_floating_point() else plain).numpy())


def _from_numpy(array: Array) -> Array:
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        return array.astype(np.float64)
    if array.dtype.kind in "biu" and all(abs(int(v)) <= EXACT_INTEGERS for v in _range(array)):
        return array.astype(np.float64)
    if array.dtype.kind in "biuO":
        return _entrywise(_exact, array)
    raise TypeError(f"cannot compare numbers of dtype {array.dtype}")


def _range(array: Array) -> tuple[Any, ...]:
    return (array.min(), array.max()) if array.size else ()


def _exact(value: Any) -> Any:
    """Return a real number of any library as an mpf, correct to the working precision."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Fraction):
        return mpmath.mpf(value.numerator) / value.denominator
    if getattr(value, "free_symbols", None):
        raise TypeError(f"a formula is left where a number was expected: {value}")
    if hasattr(value, "evalf"):
        value = value.evalf(mpmath.mp.dps + 5)
        if value.is_extended_real is False:
            raise TypeError(f"cannot compare the complex number {value}")
        return value._to_mpmath(mpmath.mp.prec)
    if isinstance(value, bool | int | float | mpmath.mpf):
        return mpmath.mpf(value)
    raise TypeError(f"cannot compare {type(value).__name__}: {value!r}")


def _entrywise(f: Callable[[Any], Any], array: Array) -> Array:
    return np.array([f(value) for value in array.ravel()], dtype=object).reshape(array.shape)


def gaps(
    values: Array, reference: Array, unit: Unit, precision: Precision
) -> npt.NDArray[np.float64]:
    """Return the distance of each entry of ``values`` from ``reference``, in ``unit``.

    A distance that is no number, be it by nan or by opposite infinities, counts as infinite.
    """
    if object in (values.dtype, reference.dtype):
        values, reference = (_entrywise(mpmath.mpf, array) for array in (values, reference))
    result = np.zeros(values.shape)
    differs = np.asarray(values != reference, dtype=bool)
    w, r = values[differs], reference[differs]
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        gap = _divide(abs(w - r), _scale(r, unit, precision)).astype(np.float64)
    result[differs] = np.where(np.isnan(gap), np.inf, gap)
    return result


def _divide(distance: Array, scale: Array) -> Array:
    if distance.dtype != object:
        return np.asarray(distance / scale)
    quotients = [d / s if s else mpmath.inf for d, s in zip(distance, scale, strict=True)]
    return np.array([float(q) for q in quotients])


def _scale(reference: Array, unit: Unit, precision: Precision) -> Array:
    if unit == "absolute":
        return np.ones_like(reference)
    if unit == "relative":
        return np.abs(reference)
    return ulp(reference, precision)


def ulp(values: Array, precision: Precision = DOUBLE) -> Array:
    """Return the distance between neighbouring floats of a format at each of ``values``."""
    if values.dtype == object:
        return _entrywise(lambda value: _ulp(value, precision), values)
    _, exponent = np.frexp(values)
    leading = np.where(values == 0, precision.least, np.maximum(exponent - 1, precision.least))
    return np.asarray(np.ldexp(1.0, leading - precision.bits + 1))


def _ulp(value: Any, precision: Precision) -> Any:
    normal = value and mpmath.isfinite(value)
    leading = max(mpmath.mag(value) - 1, precision.least) if normal else precision.least
    return mpmath.ldexp(1, leading - precision.bits + 1)

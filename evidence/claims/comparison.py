"""Functions beside a reference: the calls, what is expected, and how far a version is off."""

from __future__ import annotations

import copy
import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np

from evidence.claims.claim import Verdict
from evidence.claims.gaps import Array, Precision, Unit, coarsest, gaps, numbers

Function = Callable[..., Any]
Call = tuple[Any, ...]

REFERENCE_DIGITS = 50
UNITS: dict[str, Unit] = {"ulps": "ulp", "rtol": "relative", "atol": "absolute"}
_SMALL = 8


@dataclass(frozen=True)
class Tolerance:
    """How far a version may be off, and in which unit."""

    unit: Unit
    allowed: float

    @classmethod
    def of(cls, **given: float | None) -> Tolerance:
        """Read the one that is given of ``ulps``, ``rtol`` and ``atol``."""
        chosen = {name: value for name, value in given.items() if value is not None}
        if len(chosen) != 1:
            raise ValueError(f"give one tolerance of ulps, rtol and atol, not {len(chosen)}")
        [(name, value)] = chosen.items()
        if not 0 <= value < np.inf:
            raise ValueError(f"{name}={value} is no tolerance")
        return cls(UNITS[name], float(value))


@dataclass(frozen=True)
class Sample:
    """The arguments of some calls, what the reference returns, and how finely to compare it."""

    calls: Sequence[Call]
    expected: Sequence[tuple[Array, Precision]]

    @classmethod
    def of(cls, reference: Function, calls: Sequence[Call]) -> Sample:
        """Evaluate the reference for ``calls``."""
        sample = cls(calls, [_evaluated(reference, call) for call in calls])
        if not sample.size:
            raise ValueError("there is nothing to compare, the points are empty")
        return sample

    @property
    def size(self) -> int:
        """How many numbers are compared."""
        return sum(entries.size for entries, _ in self.expected)

    def judge(self, version: Function, tolerance: Tolerance) -> Verdict:
        """Compare ``version`` with what is expected, and tell of the worst entry."""
        rows = zip(self.calls, self.expected, strict=True)
        verdicts = (_compare(version, tolerance, call, *expected) for call, expected in rows)
        return max(verdicts, key=lambda verdict: verdict.gap)

    def excludes(self, tolerance: Tolerance) -> bool:
        """Tell whether a tolerance refuses at least twice the right result, plus one."""
        expected = iter(self.expected)
        return not self.judge(lambda *_: 2 * next(expected)[0] + 1, tolerance).accepted


def _compare(
    version: Function, tolerance: Tolerance, call: Call, expected: Array, precision: Precision
) -> Verdict:
    found, _ = _evaluated(version, call)
    if found.shape != expected.shape:
        reason = f"shape {found.shape} instead of {expected.shape} {_at(call)}"
        return Verdict(reason, np.inf, "shape")
    if not found.size:
        return Verdict()
    with mpmath.workdps(REFERENCE_DIGITS):
        gap = gaps(found, expected, tolerance.unit, precision)
    worst = np.unravel_index(int(np.argmax(gap)), gap.shape)
    if gap[worst] <= tolerance.allowed:
        return Verdict(gap=float(gap[worst]))
    entry = f" in entry [{', '.join(map(str, worst))}]" if len(worst) else ""
    reason = (
        f"{_digits(found[worst])} instead of {_digits(expected[worst])}{entry} "
        f"{_at(call, expected.shape, worst)}"
    )
    is_number = mpmath.isfinite(found[worst]) or not mpmath.isfinite(expected[worst])
    return Verdict(reason, float(gap[worst]), "value" if is_number else "not finite")


def _evaluated(function: Function, call: Call) -> tuple[Array, Precision]:
    """Return what a function gives for copies of its arguments, and the coarsest format of all."""
    with mpmath.workdps(REFERENCE_DIGITS):
        result = function(*copy.deepcopy(call))
        return numbers(result), coarsest(result, *call)


# ---------------------------------------------------------------- in words


def _at(call: Call, shape: tuple[int, ...] = (), worst: Sequence[Any] = ()) -> str:
    return f"at {', '.join(_argument(a, shape, tuple(worst)) for a in call)}"


def _argument(value: Any, shape: tuple[int, ...], worst: tuple[Any, ...]) -> str:
    """Write an argument, or of a long batch the part that the worst entry came from."""
    if not hasattr(value, "shape") or math.prod(value.shape) <= _SMALL:
        return _written(value)
    rank = len(value.shape)
    elementwise = rank == 1 and len(shape) == 1
    axes = 0
    while axes < min(len(shape), rank - (not elementwise)) and value.shape[axes] == shape[axes]:
        axes += 1
    return _written(value[worst[:axes]])


def _written(value: Any) -> str:
    if hasattr(value, "detach"):
        value = value.detach().cpu().double().numpy()
    if isinstance(value, float | np.floating):
        return f"{value:.8g}"
    if isinstance(value, np.ndarray | np.generic):
        value = np.array2string(np.asarray(value), precision=6, threshold=12, max_line_width=10**6)
    return textwrap.shorten(str(value), 120, placeholder=" …")


def _digits(number: Any) -> str:
    return mpmath.nstr(number, 20) if isinstance(number, mpmath.mpf) else repr(float(number))

"""Fresh points from given ones, for which whatever was assumed of the given ones still holds.

Each new point is a mixture of two old ones, ``w a + (1 − w) b`` with the same ``w`` throughout:
numbers stay in their range, positive ones positive, rows that sum to 1 still do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Call = tuple[Any, ...]


def mixed(calls: Sequence[Call], rng: np.random.Generator) -> list[Call]:
    """Mix the points of ``calls``: within each array along its first axis, scalars among calls.

    Whole numbers, such as labels, stay as they are, and so does what would become nan or infinite.
    """
    weight = rng.uniform(0.2, 0.8)
    order = rng.permutation(len(calls))
    partners = [calls[k] for k in order]
    return [
        tuple(_mixed(a, b, weight, rng) for a, b in zip(call, partner, strict=True))
        if len(call) == len(partner)
        else call
        for call, partner in zip(calls, partners, strict=True)
    ]


def _mixed(value: Any, partner: Any, weight: float, rng: np.random.Generator) -> Any:
    if isinstance(value, float) and isinstance(partner, float):
        return weight * value + (1 - weight) * partner
    if not _is_real_array(value):
        return value
    with np.errstate(invalid="ignore"):
        mixture = weight * value + (1 - weight) * value[rng.permutation(len(value))]
        infinite = mixture - mixture != 0
    mixture[infinite] = value[infinite]
    return mixture


def _is_real_array(value: Any) -> bool:
    return "float" in str(getattr(value, "dtype", "")) and len(getattr(value, "shape", ())) > 0

"""Largest errors in ulps beside SciPy and torch, on every set of inputs of tests/test_accuracy.py.

Run it again with the processor's vector instructions switched off, for instance with
NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4 AVX512_ICL": the bounds must hold there too.

    python -m benchmarks.accuracy --dtype f8 f4
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.special
import torch

import softact
from benchmarks.machine import aligned, made_with, store
from tests import exact
from tests.test_accuracy import REGIONS, SETS, rounded, sample, targets

DTYPES = {"f8": np.float64, "f4": np.float32, "f2": np.float16}
Function = Callable[[Any], Any]


def worst(got: Any, want: Any, _x: Any) -> float:
    return exact.worst(got, want)


def worst_beside_largest(got: Any, want: Any, z: Any) -> float:
    """Count in ulps of the larger of the result and the largest logit: the two may cancel."""
    unit = exact.unit(got.dtype, np.maximum(np.abs(want), np.abs(z.max(axis=-1))))
    return float((np.abs(got - want) / unit).max())


class Row(NamedTuple):
    """One function by three hands, beside its exact values and the bound that softact promises."""

    bound: float
    softact: Function
    scipy: Function
    torch: Function
    exact: Function
    error: Callable[..., float] = worst


def nll(log_softmax: Function) -> Function:
    """Cross-entropy at the largest logit, the usual way."""
    return lambda z: -np.take_along_axis(log_softmax(z), z.argmax(-1)[:, None], -1)[:, 0]


def less_one_hot(softmax: Function) -> Function:
    """Gradient of the same, the usual way."""
    return lambda z: softmax(z) - np.eye(z.shape[-1], dtype=z.dtype)[z.argmax(-1)]


def slope(sigmoid: Function) -> Function:
    """Differentiate the sigmoid, the usual way."""
    return lambda x: sigmoid(x) * (1 - sigmoid(x))


def by_torch(function: Function) -> Function:
    return lambda x: function(torch.from_numpy(x)).numpy()


def along_rows(function: Function) -> Function:
    return lambda z: function(z, axis=-1)


def half(x: Any) -> Any:
    """Targets of a half, in the dtype of the logits."""
    return np.full_like(x, 0.5)


def near(z: Any) -> Any:
    """Probabilities that are as good as the softmax to a thousandth."""
    return targets(z, 1e-3)


def beside(size: Function) -> Callable[..., float]:
    """Count in ulps of the larger of the result and the terms whose difference it is."""
    return lambda got, want, x: exact.worst_beside(got, want, size(x))


scipy_softmax = along_rows(scipy.special.softmax)
scipy_log_softmax = along_rows(scipy.special.log_softmax)
torch_softmax = by_torch(lambda z: torch.softmax(z, -1))
torch_log_softmax = by_torch(lambda z: torch.log_softmax(z, -1))

ELEMENTWISE = {
    "sigmoid": Row(
        2.5, softact.sigmoid, scipy.special.expit, by_torch(torch.sigmoid), exact.sigmoid
    ),
    "sigmoid_prime": Row(
        5,
        softact.sigmoid_prime,
        slope(scipy.special.expit),
        by_torch(slope(torch.sigmoid)),
        exact.sigmoid_prime,
    ),
    "log_sigmoid": Row(
        2,
        softact.log_sigmoid,
        scipy.special.log_expit,
        by_torch(torch.nn.functional.logsigmoid),
        exact.log_sigmoid,
    ),
    "softplus": Row(
        2,
        softact.softplus,
        scipy.special.softplus,
        by_torch(torch.nn.functional.softplus),
        exact.softplus,
    ),
    "sigmoid_cross_entropy_grad": Row(
        3,
        lambda x: softact.sigmoid_cross_entropy_grad(x, 1),
        lambda x: scipy.special.expit(x) - 1,
        by_torch(lambda x: torch.sigmoid(x) - 1),
        lambda x: exact.sigmoid_cross_entropy_grad(x, 1),
    ),
    "sigmoid_cross_entropy_grad, y = ½": Row(
        4,
        lambda x: softact.sigmoid_cross_entropy_grad(x, half(x)),
        lambda x: scipy.special.expit(x) - half(x),
        by_torch(lambda x: torch.sigmoid(x) - 0.5),
        lambda x: exact.sigmoid_cross_entropy_grad(x, half(x)),
        beside(lambda x: exact.sigmoid(x) / 2),
    ),
}
ROWS = {
    "softmax": Row(8, softact.softmax, scipy_softmax, torch_softmax, exact.softmax),
    "log_softmax": Row(
        6, softact.log_softmax, scipy_log_softmax, torch_log_softmax, exact.log_softmax
    ),
    "logsumexp": Row(
        6,
        softact.logsumexp,
        along_rows(scipy.special.logsumexp),
        by_torch(lambda z: torch.logsumexp(z, -1)),
        exact.logsumexp,
        worst_beside_largest,
    ),
    "cross_entropy": Row(
        5,
        lambda z: softact.cross_entropy(z, z.argmax(-1)),
        nll(scipy_log_softmax),
        nll(torch_log_softmax),
        lambda z: -exact.log_softmax_top(z)[:, 0],
    ),
    "cross_entropy_grad": Row(
        8,
        lambda z: softact.cross_entropy_grad(z, z.argmax(-1)),
        less_one_hot(scipy_softmax),
        less_one_hot(torch_softmax),
        lambda z: exact.cross_entropy_grad(z, z.argmax(-1)),
    ),
    "cross_entropy, soft": Row(
        6,
        lambda z: softact.cross_entropy(z, near(z)),
        lambda z: -(near(z) * scipy_log_softmax(z)).sum(-1),
        lambda z: -(near(z) * torch_log_softmax(z)).sum(-1),
        lambda z: exact.cross_entropy(z, near(z)),
    ),
    "cross_entropy_grad, soft": Row(
        8,
        lambda z: softact.cross_entropy_grad(z, near(z)),
        lambda z: scipy_softmax(z) - near(z),
        lambda z: torch_softmax(z) - near(z),
        lambda z: exact.soft_cross_entropy_grad(z, near(z))[0],
        beside(lambda z: exact.soft_cross_entropy_grad(z, near(z))[1]),
    ),
}
COLUMNS = {
    "function": "<34",
    "inputs": "<18",
    "dtype": "<5",
    "softact": ">8",
    "SciPy": ">8",
    "PyTorch": ">8",
    "bound": ">5",
}


def rows(dtype: str) -> Iterator[tuple[list[str], bool]]:
    """One row per function and set, and whether the bound holds."""
    kind = DTYPES[dtype]
    regions = {name: sample(*ends, kind) for name, ends in REGIONS.items()}
    sets = {name: rounded(z, kind) for name, z in SETS.items() if z.shape[1] <= 1000}
    for functions, inputs in ((ELEMENTWISE, regions), (ROWS, sets)):
        for name, row in functions.items():
            for where, x in inputs.items():
                want = row.exact(x)
                hands = (row.softact, row.scipy, row.torch)
                errors = [row.error(np.asarray(f(x)).astype(kind), want, x) for f in hands]
                limit = row.bound if dtype == "f8" else 0.501
                cells = [name, where, dtype, *(f"{error:.3g}" for error in errors), f"{limit:g}"]
                yield cells, bool(errors[0] <= limit)


def main() -> None:
    """Print the table, and store it; fail if a bound does not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dtype", nargs="+", choices=DTYPES, default=list(DTYPES))
    parser.add_argument("--store", type=Path, metavar="FILE", help="write it there as CSV")
    options = parser.parse_args()
    if not exact.WIDE:
        parser.error("long double is float64 on this machine, so there is nothing to compare with")
    made, table, broken = made_with(), [list(COLUMNS)], False
    print(made, aligned(COLUMNS, COLUMNS.values()), sep="\n")
    for dtype in options.dtype:
        with np.errstate(all="ignore"):
            for cells, holds in rows(dtype):
                print(aligned(cells, COLUMNS.values()), "" if holds else " ABOVE THE BOUND")
                table.append(cells)
                broken |= not holds
    if options.store:
        store(options.store, made, table)
    sys.exit(broken)


if __name__ == "__main__":
    main()

"""Largest errors in ulps beside SciPy and torch, on every set of inputs of tests/test_accuracy.py.

Run it again with the processor's vector instructions switched off, for instance with
NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4 AVX512_ICL": the bounds must hold there too.

    python benchmarks/accuracy.py --dtype f8 f4
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scipy.special
import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

import softact
from tests import exact
from tests.test_accuracy import REGIONS, SETS, rounded, sample

DTYPES = {"f8": np.float64, "f4": np.float32, "f2": np.float16}
Function = Callable[[Any], Any]


def nll(log_softmax: Function) -> Function:
    """Cross-entropy at the largest logit, the usual way."""
    return lambda z: -np.take_along_axis(log_softmax(z), z.argmax(-1)[:, None], -1)[:, 0]


def less_one_hot(softmax: Function) -> Function:
    """Gradient of the same, the usual way."""
    return lambda z: softmax(z) - np.eye(z.shape[-1], dtype=z.dtype)[z.argmax(-1)]


def by_torch(function: Function) -> Function:
    return lambda x: function(torch.from_numpy(x)).numpy()


TORCH_SOFTMAX = by_torch(lambda z: torch.softmax(z, -1))
TORCH_LOG_SOFTMAX = by_torch(lambda z: torch.log_softmax(z, -1))
SCIPY_SOFTMAX = lambda z: scipy.special.softmax(z, axis=-1)  # noqa: E731
SCIPY_LOG_SOFTMAX = lambda z: scipy.special.log_softmax(z, axis=-1)  # noqa: E731

# name: bound, then softact, SciPy, torch and the exact function
ELEMENTWISE: dict[str, tuple[float, Function, Function, Function, Function]] = {
    "sigmoid": (
        2.5,
        softact.sigmoid,
        scipy.special.expit,
        by_torch(torch.sigmoid),
        exact.sigmoid,
    ),
    "sigmoid_prime": (
        5,
        softact.sigmoid_prime,
        lambda x: scipy.special.expit(x) * (1 - scipy.special.expit(x)),
        by_torch(lambda x: torch.sigmoid(x) * (1 - torch.sigmoid(x))),
        exact.sigmoid_prime,
    ),
    "log_sigmoid": (
        2,
        softact.log_sigmoid,
        scipy.special.log_expit,
        by_torch(torch.nn.functional.logsigmoid),
        exact.log_sigmoid,
    ),
    "binary_cross_entropy_grad, y = 1": (
        3,
        lambda x: softact.binary_cross_entropy_grad(x, 1),
        lambda x: scipy.special.expit(x) - 1,
        by_torch(lambda x: torch.sigmoid(x) - 1),
        lambda x: exact.binary_cross_entropy_grad(x, 1),
    ),
}
ROWS: dict[str, tuple[float, Function, Function, Function, Function]] = {
    "softmax": (8, softact.softmax, SCIPY_SOFTMAX, TORCH_SOFTMAX, exact.softmax),
    "log_softmax": (
        6,
        softact.log_softmax,
        SCIPY_LOG_SOFTMAX,
        TORCH_LOG_SOFTMAX,
        exact.log_softmax,
    ),
    "cross_entropy at the largest": (
        5,
        lambda z: softact.cross_entropy(z, z.argmax(-1)),
        nll(SCIPY_LOG_SOFTMAX),
        nll(TORCH_LOG_SOFTMAX),
        lambda z: -exact.log_softmax_top(z)[:, 0],
    ),
    "cross_entropy_grad": (
        8,
        lambda z: softact.cross_entropy_grad(z, z.argmax(-1)),
        less_one_hot(SCIPY_SOFTMAX),
        less_one_hot(TORCH_SOFTMAX),
        lambda z: exact.cross_entropy_grad(z, z.argmax(-1)),
    ),
}


def lines(dtype: str) -> Iterator[str]:
    """One line per function and set."""
    kind = DTYPES[dtype]
    regions = {name: sample(*ends, kind) for name, ends in REGIONS.items()}
    sets = {name: rounded(z, kind) for name, z in SETS.items() if z.shape[1] <= 1000}
    for functions, inputs in ((ELEMENTWISE, regions), (ROWS, sets)):
        for name, (bound, *contestants, exactly) in functions.items():
            for where, x in inputs.items():
                want = exactly(x)
                errors = [exact.worst(np.asarray(f(x)).astype(kind), want) for f in contestants]
                limit = bound if dtype == "f8" else 0.501
                verdict = "" if errors[0] <= limit else "  ABOVE THE BOUND"
                cells = "".join(f"{error:11.3g}" for error in errors)
                yield f"{name:34}{where:18}{dtype:4}{cells}{limit:8g}{verdict}"


def main() -> None:
    """Print the table; fail if a bound does not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dtype", nargs="+", choices=DTYPES, default=list(DTYPES))
    options = parser.parse_args()
    if not exact.WIDE:
        parser.error("long double is float64 on this machine, so there is nothing to compare with")
    print(f"{'function':34}{'inputs':18}    {'softact':>11}{'SciPy':>11}{'torch':>11}{'bound':>8}")
    failed = False
    for dtype in options.dtype:
        with np.errstate(all="ignore"):
            for line in lines(dtype):
                print(line)
                failed |= "ABOVE" in line
    sys.exit(failed)


if __name__ == "__main__":
    main()

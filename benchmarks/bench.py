"""Speed and accuracy beside SciPy, torch, jax.jit, the textbook code and a bare exponential.

They take turns on the same data, in an order drawn anew each round, and the table shows medians:
first of the processor's time on one thread, which a busy machine disturbs least, nanoseconds per
element for softact and its time as a fraction of the others' (below 1 is faster); then of the
time that passes on all cores, softact's as a fraction of its own on one, and of torch's on as many;
then the largest errors in ulps against 80-bit long double. The exponential is that of the same
numbers in float64. Where jax is not installed, its columns stay empty.

    python -m benchmarks.bench --function softmax logsumexp --shape 1000x1000 --store speed.csv
"""

import argparse
import importlib.util
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import scipy.special
import torch

import softact
from benchmarks.machine import aligned, made_with, store
from tests import exact

SHAPES = [(64, 10), (100_000, 10), (1000, 1000), (128, 50_000), (1, 10_000_000)]
DTYPES = {"f8": np.float64, "f4": np.float32}
COLUMNS = {
    "function": "<30",
    "shape": ">11",
    "axis": ">4",
    "dtype": "<5",
    "ns/element": ">10",
    "/SciPy": ">6",
    "/PyTorch": ">8",
    "/jax": ">5",
    "/textbook": ">9",
    "/exp": ">5",
    "cores/1": ">7",
    "/PyTorch cores": ">14",
    "ulps softact": ">12",
    "ulps SciPy": ">10",
    "ulps PyTorch": ">12",
    "ulps jax": ">8",
}
CORES = os.cpu_count() or 1
JAX = importlib.util.find_spec("jax") is not None
LARGE = 2_000_000  # so many elements are timed in two rounds
EXACT_ENTRIES = 1_000_000  # long double is slow


class Contest(NamedTuple):
    """One function by five hands; each takes (x, y, axis), y being indices or labels."""

    softact: Callable[..., Any]
    scipy: Callable[..., Any]
    torch: Callable[..., Any]
    textbook: Callable[..., Any]
    exact: Callable[..., Any]
    jax: Callable[..., Any] | None = None


def textbook_softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def textbook_logsumexp(x, axis):
    top = x.max(axis=axis, keepdims=True)
    return np.log(np.exp(x - top).sum(axis=axis)) + top.squeeze(axis)


def one_hot_difference(p, y, axis):
    target = np.expand_dims(y, axis)
    np.put_along_axis(p, target, np.take_along_axis(p, target, axis) - 1, axis)
    return p


def scipy_cross_entropy(x, y, axis):
    log_p = scipy.special.log_softmax(x, axis=axis)
    loss = -np.take_along_axis(log_p, np.expand_dims(y, axis), axis).squeeze(axis)
    return loss, one_hot_difference(np.exp(log_p, out=log_p), y, axis)


def textbook_cross_entropy(x, y, axis):
    p = textbook_softmax(x, axis)
    loss = -np.log(np.take_along_axis(p, np.expand_dims(y, axis), axis)).squeeze(axis)
    return loss, one_hot_difference(p, y, axis)


def torch_gradient(loss):
    def call(x, y, axis):
        x = x.detach().requires_grad_()
        value = loss(x, y, axis)
        value.sum().backward()
        return value.detach(), x.grad

    return call


def torch_cross_entropy(x, y, axis):
    rows = x if axis == -1 else x.T
    return torch.nn.functional.cross_entropy(rows, y, reduction="none")


def torch_binary(x, y, axis):
    return torch.nn.functional.binary_cross_entropy_with_logits(x, y, reduction="none")


def along_last(function):
    """Let an exact function of rows work along any axis."""

    def call(x, y, axis):
        rows = np.moveaxis(x, axis, -1)
        result = function(rows, y)
        return np.moveaxis(result, -1, axis) if np.ndim(result) == np.ndim(x) else result

    return call


def stable_bce(x, y, axis):
    loss = np.maximum(x, 0) - x * y + np.log1p(np.exp(-np.abs(x)))
    return loss, scipy.special.expit(x) - y


def textbook_bce(x, y, axis):
    p = 1 / (1 + np.exp(-x))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)), p - y


def by_jax(name, *, axis):
    """Compile a function of jax.nn, for one axis or for entries."""
    if not JAX:
        return None
    import jax

    jax.config.update("jax_enable_x64", True)
    function = getattr(jax.nn, name)
    if not axis:
        compiled = jax.jit(function)
        return lambda x, y, axis: compiled(x).block_until_ready()
    along = {a: jax.jit(lambda x, a=a: function(x, axis=a)) for a in (-1, 0)}
    return lambda x, y, axis: along[axis](x).block_until_ready()


def of_entries(*functions, jax=None):
    """Set up a contest of elementwise functions."""
    return Contest(*[lambda x, y, axis, f=f: f(x) for f in functions], jax)


def of_rows(*functions, exact, jax=None):
    """Set up a contest of functions along an axis; the exact one knows only the last."""
    hands = [lambda x, y, axis, f=f: f(x, axis=axis) for f in functions]
    return Contest(*hands, along_last(lambda x, y: exact(x)), jax)


CONTESTS = {
    "sigmoid": of_entries(
        softact.sigmoid,
        scipy.special.expit,
        torch.sigmoid,
        lambda x: 1 / (1 + np.exp(-x)),
        exact.sigmoid,
        jax=by_jax("sigmoid", axis=False),
    ),
    "log_sigmoid": of_entries(
        softact.log_sigmoid,
        scipy.special.log_expit,
        torch.nn.functional.logsigmoid,
        lambda x: np.log(1 / (1 + np.exp(-x))),
        exact.log_sigmoid,
        jax=by_jax("log_sigmoid", axis=False),
    ),
    "softmax": of_rows(
        softact.softmax,
        scipy.special.softmax,
        torch.softmax,
        textbook_softmax,
        exact=exact.softmax,
        jax=by_jax("softmax", axis=True),
    ),
    "log_softmax": of_rows(
        softact.log_softmax,
        scipy.special.log_softmax,
        torch.log_softmax,
        lambda x, axis: np.log(textbook_softmax(x, axis)),
        exact=exact.log_softmax,
        jax=by_jax("log_softmax", axis=True),
    ),
    "logsumexp": of_rows(
        softact.logsumexp,
        scipy.special.logsumexp,
        torch.logsumexp,
        textbook_logsumexp,
        exact=exact.logsumexp,
        jax=by_jax("logsumexp", axis=True),
    ),
    "cross_entropy_with_grad": Contest(
        softact.cross_entropy_with_grad,
        scipy_cross_entropy,
        torch_gradient(torch_cross_entropy),
        textbook_cross_entropy,
        along_last(exact.cross_entropy_grad),
    ),
    "sigmoid_cross_entropy_with_grad": Contest(
        lambda x, y, axis: softact.sigmoid_cross_entropy_with_grad(x, y),
        stable_bce,
        torch_gradient(torch_binary),
        textbook_bce,
        lambda x, y, axis: exact.sigmoid_cross_entropy_grad(x, y),
    ),
}


def seconds(call: Callable[[], Any], repeats: int, clock: Callable[[], float]) -> float:
    """Time one call, as the mean of a few in a row."""
    start = clock()
    for _ in range(repeats):
        call()
    return (clock() - start) / repeats


def compete(
    calls: dict[str, Callable[[], Any]],
    rounds: int,
    repeats: int,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, list[float]]:
    """Let the calls take turns; the first round, with its cold caches, does not count."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name in random.Random(number).sample(list(calls), len(calls)):
            times[name].append(seconds(calls[name], repeats, clock))
    return {name: values[1:] for name, values in times.items()}


def data(name: str, shape: tuple[int, int], axis: int, dtype: str) -> tuple[Any, Any]:
    """Logits of spread 3, with labels or class indices."""
    rng = np.random.default_rng(0)
    x = (3 * rng.standard_normal(shape)).astype(DTYPES[dtype])
    if name.startswith("sigmoid_cross"):
        return x, rng.integers(0, 2, shape).astype(x.dtype)
    return x, rng.integers(0, shape[axis], shape[-1 - axis])


def errors(contest: Contest, x: Any, y: Any, axis: int) -> list[float]:
    """Largest error in ulps of softact, SciPy and torch; of the gradient where there is one."""
    if not exact.WIDE:
        return []
    keep = max(1, EXACT_ENTRIES // x.shape[axis])
    part = (slice(keep), slice(None)) if axis == -1 else (slice(None), slice(keep))
    x, y = x[part], y[part] if y.shape == x.shape else y[:keep]
    want = contest.exact(x, y, axis)
    got = [
        contest.softact(x, y, axis),
        contest.scipy(x, y, axis),
        contest.torch(torch.tensor(x), torch.tensor(y), axis),
        *([contest.jax(x, y, axis)] if contest.jax else []),
    ]
    got = [result[1] if isinstance(result, tuple) else result for result in got]
    return [exact.worst(np.asarray(result).astype(x.dtype), want) for result in got]


def row(name: str, shape: tuple[int, int], axis: int, dtype: str, rounds: int) -> list[str]:
    """Run one contest and describe it, one cell for each of the columns."""
    contest = CONTESTS[name]
    x, y = data(name, shape, axis, dtype)
    tensor_x, tensor_y = torch.from_numpy(x), torch.from_numpy(y)
    wide, out = x.astype(np.float64), np.empty(shape)
    calls = {
        "softact": lambda: contest.softact(x, y, axis),
        "torch": lambda: contest.torch(tensor_x, tensor_y, axis),
    }
    others = {
        "scipy": lambda: contest.scipy(x, y, axis),
        "textbook": lambda: contest.textbook(x, y, axis),
        "exp": lambda: np.exp(wide, out=out),
    }
    if contest.jax:
        others["jax"] = lambda: contest.jax(x, y, axis)
    rounds = min(rounds, 2) if x.size >= LARGE else rounds
    repeats = max(1, 100_000 // x.size)
    threads(1)
    times = compete(calls | others, rounds, repeats)
    alone = compete({"softact": calls["softact"]}, rounds, repeats, time.perf_counter)
    threads(CORES)
    together = compete(calls, rounds, repeats, time.perf_counter)
    ratios = [
        ratio(times["softact"], times.get(other))
        for other in ("scipy", "torch", "jax", "textbook", "exp")
    ]
    found = errors(contest, x, y, axis)
    return [
        name,
        f"{shape[0]}x{shape[1]}",
        str(axis),
        dtype,
        f"{median(times['softact']) / x.size * 1e9:.2f}",
        *ratios,
        ratio(together["softact"], alone["softact"]),
        ratio(together["softact"], together["torch"]),
        *(f"{error:.3g}" for error in found),
        *[""] * (4 - len(found)),
    ]


def threads(number: int) -> None:
    """Let softact and torch use so many."""
    softact.set_num_threads(number)
    torch.set_num_threads(number)


def ratio(own: list[float], other: list[float] | None) -> str:
    """Divide round by round, and take the median."""
    return f"{median(a / b for a, b in zip(own, other, strict=True)):.2f}" if other else ""


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--function", nargs="+", choices=CONTESTS, default=list(CONTESTS))
    parser.add_argument(
        "--shape",
        nargs="+",
        type=lambda text: tuple(map(int, text.split("x"))),
        default=SHAPES,
        help="rows x columns, for instance 1000x1000",
    )
    parser.add_argument("--axis", nargs="+", type=int, choices=[-1, 0], default=[-1, 0])
    parser.add_argument("--dtype", nargs="+", choices=DTYPES, default=list(DTYPES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--store", type=Path, metavar="FILE", help="write it there as CSV")
    return parser.parse_args()


def table(options: argparse.Namespace) -> Iterator[list[str]]:
    """Name the columns, then run the contests that were asked for, one row each."""
    yield list(COLUMNS)
    for name in options.function:
        for shape in options.shape:
            for axis in options.axis:
                if axis == 0 and (shape[0] == 1 or "sigmoid" in name):
                    continue
                for dtype in options.dtype:
                    with np.errstate(all="ignore"):
                        yield row(name, shape, axis, dtype, options.rounds)


def main() -> None:
    """Print the table, and store it when it is complete."""
    options = parse()
    made, rows = f"{made_with()}, {CORES} cores", []
    print(made)
    for cells in table(options):
        print(aligned(cells, COLUMNS.values()), flush=True)
        rows.append(cells)
    if options.store:
        store(options.store, made, rows)


if __name__ == "__main__":
    main()

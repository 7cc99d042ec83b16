"""Make references.json: hard points of each function, with mpmath's values to 40 digits.

Every input is a float64, written so that it reads back as the same; the functions are computed from
their definitions with enough digits that nothing in them can cancel.

    python tests/data/make_references.py
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mp

WORKING_DIGITS = 4000  # e^±3000 beside 1
DIGITS = 40
HERE = Path(__file__).parent

POINTS = [
    *[-745.0, -710.5, -708.25, -88.75, -40.0, -36.75, -15.5, -1.5, -0.1, -1e-9, -1e-300],
    *[0.0, 1e-17, 0.3, 1.0, 17.0, 36.5, 40.0, 100.25, 709.5, 745.0],
]
PROBABILITIES = [
    *[1e-320, 1e-308, 1e-200, 1e-17, 1e-9, 0.1, 0.25, 0.3, 0.4999999999999999, 0.5],
    *[0.5000000000000001, 0.500001, 0.6, 0.7, 0.75, 0.9, 0.99, 0.999999999, 0.9999999999999999],
]
ROWS = [
    [0.0, -40.0],
    [0.0, 0.0, 0.0],
    [0.1, 0.2, 0.3],
    [-0.6, -700.0],
    [1.0, 2.0, 40.0],
    [36.0, 0.5, -1.0],
    [50.0, -50.0, 49.5],
    [700.0, -700.0, 699.5],
    [709.5, 709.5],
    [709.0, -36.0, 0.25],
    [1000.0, 1000.0],
    [1e4, 9999.3, 9990.1],
    [-1e4, -10000.7, -10040.0],
    [1e8, 100000000.5, 99999999.0],
    [-800.0, -801.0, -1545.0],
    [3000.0, 2999.9, -3000.0],
    [-2.302585092994046, -0.10536051565782628],
    [-0.6931471805599453, -0.6931471805599453],
    [20.0, 0.1, 0.2, 0.3, 0.4],
    [3.0, 1.0, -2.0, 0.5, 0.0, 2.5, -1.5, 3.0],
]


def sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def softplus(x: Any) -> Any:
    return mpmath.log(1 + mpmath.exp(x))


def softmax(z: list[Any]) -> list[Any]:
    e = [mpmath.exp(x) for x in z]
    return [x / mpmath.fsum(e) for x in e]


def logsumexp(z: list[Any]) -> Any:
    return mpmath.log(mpmath.fsum(map(mpmath.exp, z)))


ELEMENTWISE: dict[str, Callable[[Any], Any]] = {
    "sigmoid": sigmoid,
    "sigmoid_prime": lambda x: sigmoid(x) * (1 - sigmoid(x)),
    "log_sigmoid": lambda x: mpmath.log(sigmoid(x)),
    "softplus": softplus,
}
OF_PROBABILITIES: dict[str, Callable[[Any], Any]] = {"logit": lambda p: mpmath.log(p / (1 - p))}
OF_ROWS: dict[str, Callable[[list[Any]], Any]] = {
    "softmax": softmax,
    "log_softmax": lambda z: [mpmath.log(p) for p in softmax(z)],
    "logsumexp": logsumexp,
    "cross_entropy to the first": lambda z: -mpmath.log(softmax(z)[0]),
    "cross_entropy_grad to the first": lambda z: [p - (i == 0) for i, p in enumerate(softmax(z))],
}


def digits(value: Any) -> Any:
    """Write a number, or each of a list, with DIGITS digits."""
    if isinstance(value, list):
        return [digits(entry) for entry in value]
    return mpmath.nstr(value, DIGITS)


def references() -> dict[str, list[list[Any]]]:
    """Pairs of an input and its value, by function."""
    pairs: dict[str, list[list[Any]]] = {}
    with mp.workdps(WORKING_DIGITS):
        for functions, inputs in (
            (ELEMENTWISE, POINTS),
            (OF_PROBABILITIES, PROBABILITIES),
            (OF_ROWS, ROWS),
        ):
            for name, function in functions.items():
                pairs[name] = [[x, digits(function(_exact(x)))] for x in inputs]
    return pairs


def _exact(x: float | list[float]) -> Any:
    return [mp.mpf(entry) for entry in x] if isinstance(x, list) else mp.mpf(x)


def written(pairs: dict[str, list[list[Any]]]) -> str:
    """Lay out as JSON, one pair a line."""
    functions = [
        f"{json.dumps(name)}: [\n" + ",\n".join(f"  {json.dumps(pair)}" for pair in values) + "\n]"
        for name, values in pairs.items()
    ]
    return "{\n" + ",\n".join(functions) + "\n}\n"


if __name__ == "__main__":
    (HERE / "references.json").write_text(written(references()), "utf-8")

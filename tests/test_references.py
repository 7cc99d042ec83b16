"""Hard points, against the 40 digits that mpmath gave: tests/data/make_references.py."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import softact
from tests.data import make_references

STORED = json.loads(Path(make_references.HERE, "references.json").read_text("utf-8"))

# function: its bound in ulps
FUNCTIONS = {
    "sigmoid": (softact.sigmoid, 2.5),
    "sigmoid_prime": (softact.sigmoid_prime, 5),
    "log_sigmoid": (softact.log_sigmoid, 2),
    "softplus": (softact.softplus, 2),
    "logit": (softact.logit, 2),
    "softmax": (softact.softmax, 8),
    "log_softmax": (softact.log_softmax, 6),
    "logsumexp": (softact.logsumexp, 6),
    "cross_entropy to the first": (lambda z: softact.cross_entropy(z, 0), 5),
    "cross_entropy_grad to the first": (lambda z: softact.cross_entropy_grad(z, 0), 8),
}


def ulps(got, want, scale):
    """Distance, exact in rationals, in units of the float64 spacing at `scale`."""
    return abs(Fraction(float(got)) - Fraction(want)) / Fraction(float(np.spacing(abs(scale))))


def unit_at(name, x, want):
    """A logarithm of a sum may cancel its largest logit: it counts in units of the larger."""
    return max(abs(want), *map(abs, x)) if name == "logsumexp" else want


@pytest.mark.parametrize("name", FUNCTIONS)
def test_hard_points(name):
    function, bound = FUNCTIONS[name]
    assert len(STORED[name]) >= 19
    for x, want in STORED[name]:
        for got, exact in zip(np.atleast_1d(function(x)), np.atleast_1d(want), strict=True):
            assert ulps(got, exact, unit_at(name, x, float(exact))) <= bound, (x, exact)


@pytest.mark.slow
def test_the_recipe_makes_what_is_stored():
    assert make_references.references() == STORED


def test_every_stored_function_is_tested():
    assert set(STORED) == set(FUNCTIONS)

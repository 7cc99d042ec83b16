"""Values at the ends and in between: softact/_sigmoid.py. Digits are test_accuracy.py's."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import softact

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize(
    ("name", "left", "middle", "right"),
    [
        ("sigmoid", 0, 0.5, 1),
        ("sigmoid_prime", 0, 0.25, 0),
        ("log_sigmoid", -INF, np.log(np.longdouble(0.5)), 0),
        ("softplus", 0, np.log(np.longdouble(2)), INF),
    ],
)
def test_limits_and_centre(name, left, middle, right, dtype):
    got = getattr(softact, name)(np.array([-INF, 0, INF, NAN], dtype))
    rounded = dtype(np.float64(middle))
    assert_array_equal(got, np.array([left, rounded, right, NAN], dtype))


@pytest.mark.parametrize("name", ["sigmoid", "logit"])
@pytest.mark.parametrize("neighbour", [NAN, -INF, INF, 0.5])
def test_tails_do_not_depend_on_what_stands_beside(name, neighbour):
    """The tail is mended only where the block holds one, and nan must not hide it."""
    x = {"sigmoid": -745.0, "logit": 5e-324}[name]
    function = getattr(softact, name)
    assert function([x, neighbour])[0] == function(x) != 0
    assert np.isfinite(function([x, neighbour])[0])


def test_logit_at_and_beyond_the_ends():
    got = softact.logit([0, -0.0, 1, 0.5, -5e-324, 1 + 2**-52, -INF, INF, NAN, 2, -1])
    assert_array_equal(got, [-INF, -INF, INF, 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN])


def test_logit_of_the_smallest_probabilities():
    np.testing.assert_allclose(softact.logit(5e-324), -744.4400719213812, rtol=1e-15)
    np.testing.assert_allclose(softact.logit(1e-300), -690.7755278982137, rtol=1e-15)


def test_the_sigmoid_reaches_one_where_it_must():
    below = np.float64(36.7)
    assert softact.sigmoid(below) < 1
    assert softact.sigmoid(np.float64(38)) == 1


@pytest.mark.parametrize("x", [-30.0, -1.0, 0.0, 0.5, 12.0])
def test_logit_undoes_sigmoid(x):
    p = softact.sigmoid(x)
    np.testing.assert_allclose(softact.logit(p), x, rtol=1e-15, atol=2e-16 / (1 - p))


@pytest.mark.parametrize("x", [-37.0, -50.5, -708.5, -709.5, -709.9, -744.9])
def test_the_sigmoid_is_the_exponential_far_to_the_left(x):
    assert_array_equal(softact.sigmoid(x), np.exp(x))
    assert_array_equal(softact.sigmoid([x, 0.0]), [np.exp(x), 0.5])


def test_the_sigmoid_is_one_where_the_exponential_overflows():
    for x in (708.9, 709.9, 1e308):
        assert softact.sigmoid(x) == 1

"""The long double references are themselves compared with mpmath at 60 digits and more."""

import mpmath
import numpy as np
import pytest

from tests import exact

pytestmark = exact.needs_long_double

POINTS = [-11000.5, -745.1, -708.4, -88.7, -40.0, -1.5, -1e-9, 0.0, 1e-9, 0.3, 17.0, 40.0, 720.25]
ROWS = [
    [0.0, -40.0, 1.0],
    [30.0, -5.25, 2.0],
    [700.0, -700.0, 699.5],
    [1e8 + 0.5, 1e8, 1e8 - 3],
    [-900.0, -901.0, -950.0],
    [5000.0, -5000.0, 0.25],
]


def m(value):
    return mpmath.mpf(float(value))


def from_long(value):
    """A long double as an mpf, exactly: scaled to [½, 1), its leading float64 and what is left."""
    scaled, exponent = np.frexp(exact.Long(value))
    lead = np.float64(scaled)
    return (m(lead) + m(np.float64(scaled - lead))) * mpmath.mpf(2) ** int(exponent)


def relative(got, want):
    return abs(from_long(got) - want) / abs(want)


@pytest.fixture(autouse=True)
def _many_digits():
    with mpmath.workdps(12000):
        yield


ELEMENTWISE = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "sigmoid_prime": lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2,
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "log_sigmoid": lambda x: -mpmath.log1p(mpmath.exp(-x)),
}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise(name):
    points = [x for x in POINTS if abs(x) < 10000]
    with mpmath.workdps(700):
        for x, got in zip(points, getattr(exact, name)(points), strict=True):
            assert relative(got, ELEMENTWISE[name](m(x))) < 2e-18


def test_logit():
    with mpmath.workdps(60):
        for p in [1e-310, 1e-20, 0.2, 0.4, 0.5 + 2**-40, 0.7, 1 - 2**-53]:
            assert relative(exact.logit(p), mpmath.log(m(p) / (1 - m(p)))) < 1e-18


@pytest.mark.parametrize("row", ROWS)
def test_rows(row):
    with mpmath.workdps(9000):
        top = max(map(m, row))
        e = [mpmath.exp(m(z) - top) for z in row]
        total = mpmath.fsum(e)
        for i, got in enumerate(exact.softmax(row)):
            assert relative(got, e[i] / total) < 1e-17
        for i, got in enumerate(exact.log_softmax(row)):
            assert relative(got, mpmath.log(e[i] / total)) < 1e-18 or got == 0
        for i, got in enumerate(exact.others(row)):
            assert relative(got, (total - e[i]) / total) < 1e-17 or got == 0
        assert relative(exact.logsumexp(row), top + mpmath.log(total)) < 1e-18


def test_an_ulp_is_the_spacing_of_the_dtype_down_to_the_subnormal_one():
    for dtype in (np.float16, np.float32, np.float64):
        for value in (
            dtype(1),
            dtype(0.7),
            np.finfo(dtype).tiny,
            np.finfo(dtype).smallest_subnormal,
        ):
            assert exact.ulps(value + np.spacing(value), exact.Long(value)) == 1
    assert exact.worst(np.float16(np.inf), 1e6) == 0
    assert exact.worst(np.float64(np.nan), 1.0) == np.inf
    assert exact.worst(np.float64(0), 2**-1074) == 1

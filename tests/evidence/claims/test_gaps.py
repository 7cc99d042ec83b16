import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
import torch

from evidence.claims.gaps import DOUBLE, Precision, coarsest, gaps, numbers, ulp

RNG = np.random.default_rng(7)
HARD = [0.0, 5e-324, -5e-324, 2.0**-1022, 1.0, -1.0, 1.5, 2.0 - 2**-52, 1e308, -math.pi, 2.0**-1030]


@pytest.mark.parametrize(
    "value", [0.25, np.float64(0.25), np.float32(0.25), torch.tensor(0.25), mpmath.mpf("0.25")]
)
def test_a_number_of_any_library(value):
    assert numbers(value) == 0.25
    assert numbers(value).shape == ()


@pytest.mark.parametrize("value", [math.inf, np.float64(math.inf), mpmath.inf, sympy.oo])
def test_infinity_of_any_library(value):
    assert numbers(value).tolist() == math.inf
    assert numbers(-value).tolist() == -math.inf


@pytest.mark.parametrize(
    "value",
    [
        [[1, 2], [3, 4]],
        np.array([[1, 2], [3, 4]], dtype=np.uint8),
        torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True),
        torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.bfloat16),
        sympy.Matrix([[1, 2], [3, 4]]),
        [torch.tensor([1.0, 2.0]), np.array([3, 4])],
        ([mpmath.mpf(1), 2.0], (Fraction(3), sympy.Integer(4))),
    ],
)
def test_an_array_of_any_library(value):
    found = numbers(value)
    assert found.shape == (2, 2)
    assert found.tolist() == [[1, 2], [3, 4]]


def test_what_no_float_holds_stays_exact():
    with mpmath.workdps(50):
        assert numbers(sympy.sqrt(2)).item() == mpmath.sqrt(2)
        assert numbers(Fraction(1, 3)).item() == mpmath.mpf(1) / 3
        assert numbers(2**60 + 1).item() == 2**60 + 1
        assert numbers(np.array([2**60 + 1])).item() == 2**60 + 1


@pytest.mark.parametrize(
    "value",
    [
        sympy.Symbol("x"),
        sympy.I,
        1 + 2j,
        np.array([1j]),
        torch.tensor([1j]),
        "0.25",
        np.array(["a"]),
        None,
        ...,
        [1, None],
        np.longdouble(1),
        lambda: 1,
    ],
)
def test_what_is_no_real_number_is_a_type_error(value):
    with pytest.raises(TypeError):
        numbers(value)


def test_a_formula_with_symbols_left_is_named():
    with pytest.raises(TypeError, match="a formula is left where a number was expected: x"):
        numbers(sympy.Symbol("x"))


def test_ragged_rows_are_refused():
    with pytest.raises(TypeError, match="rows of different shapes"):
        numbers([[1.0], [1.0, 2.0]])


def test_the_coarsest_format_among_all_decides():
    single, half = np.zeros(2, np.float32), torch.zeros(2, dtype=torch.float16)
    assert coarsest() == coarsest(1.0, np.arange(3), "x", None) == DOUBLE
    assert coarsest(1.0, single) == Precision(24, -126)
    assert coarsest([np.zeros(1), (single, half)]) == Precision(11, -14)
    assert coarsest(torch.zeros(1, dtype=torch.bfloat16), half) == Precision(8, -126)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_ulp_is_the_spacing_of_the_format(dtype):
    info = np.finfo(dtype)
    values = np.array(
        [*map(info.dtype.type, RNG.normal(size=50)), 0, info.tiny, info.max / 4], dtype
    )
    values = np.concatenate([values, [info.smallest_subnormal, -info.tiny / 2]]).astype(dtype)
    expected = np.spacing(np.abs(values)).astype(float)
    precision = coarsest(values)
    assert ulp(values.astype(float), precision).tolist() == expected.tolist()
    exact = np.array([mpmath.mpf(float(v)) for v in values], dtype=object)
    assert [float(u) for u in ulp(exact, precision)] == expected.tolist()


@pytest.mark.parametrize("value", HARD)
def test_a_neighbouring_float_is_one_ulp_away(value):
    reference = np.array([value])
    neighbour = np.nextafter(reference, math.copysign(math.inf, value))
    assert gaps(neighbour, reference, "ulp", DOUBLE).tolist() == [1.0]
    exact = np.array([mpmath.mpf(value)], dtype=object)
    assert gaps(neighbour, exact, "ulp", DOUBLE).tolist() == [1.0]


def test_half_an_ulp_between_two_floats_is_seen():
    with mpmath.workdps(50):
        middle = np.array([1 + mpmath.mpf(2) ** -53], dtype=object)
        assert gaps(np.array([1.0]), middle, "ulp", DOUBLE).tolist() == [0.5]
        assert gaps(np.array([1.0 + 2**-52]), middle, "ulp", DOUBLE).tolist() == [0.5]


def test_both_ways_of_measuring_agree():
    reference = RNG.normal(size=200) * 10.0 ** RNG.integers(-300, 300, size=200)
    values = reference * (1 + RNG.normal(size=200) * 1e-15)
    exact = np.array([mpmath.mpf(v) for v in reference], dtype=object)
    for unit in ("ulp", "relative", "absolute"):
        with mpmath.workdps(50):
            slow = gaps(values, exact, unit, DOUBLE)
        np.testing.assert_allclose(gaps(values, reference, unit, DOUBLE), slow, rtol=1e-12)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("unit", ["ulp", "relative", "absolute"])
@pytest.mark.parametrize(
    ("value", "reference"),
    [
        (np.nan, 1.0),
        (1.0, np.nan),
        (np.nan, np.nan),
        (np.inf, 1.0),
        (1.0, np.inf),
        (np.inf, -np.inf),
        (np.nan, np.inf),
    ],
)
def test_what_is_no_number_is_infinitely_far_away(value, reference, unit, exact):
    r = np.array([mpmath.mpf(reference)], dtype=object) if exact else np.array([reference])
    assert gaps(np.array([value]), r, unit, DOUBLE).tolist() == [np.inf]


@pytest.mark.parametrize("exact", [False, True])
def test_equal_infinities_and_zeros_agree(exact):
    values = np.array([np.inf, -np.inf, 0.0, -0.0])
    reference = np.array([np.inf, -np.inf, -0.0, 0.0])
    if exact:
        reference = np.array([mpmath.mpf(v) for v in reference], dtype=object)
    for unit in ("ulp", "relative", "absolute"):
        assert gaps(values, reference, unit, DOUBLE).tolist() == [0.0] * 4


@pytest.mark.parametrize("exact", [False, True])
def test_beside_a_reference_of_zero_only_zero_is_relatively_right(exact):
    reference = np.array([mpmath.mpf(0)], dtype=object) if exact else np.zeros(1)
    assert gaps(np.array([1e-300]), reference, "relative", DOUBLE).tolist() == [np.inf]
    assert gaps(np.array([5e-324]), reference, "ulp", DOUBLE).tolist() == [1.0]


def test_numbers_beyond_every_float_can_be_references():
    with mpmath.workdps(50):
        huge = np.array([mpmath.mpf(10) ** 400], dtype=object)
        tiny = np.array([mpmath.mpf(10) ** -400], dtype=object)
        assert gaps(np.array([1.0]), huge, "relative", DOUBLE).tolist() == [1.0]
        assert gaps(np.array([0.0]), tiny, "ulp", DOUBLE)[0] < 1e-70
        assert gaps(np.array([1.0]), huge, "absolute", DOUBLE).tolist() == [np.inf]

"""Unshifted while in range, compensated where not: softact/_exponentials.py."""

import math
import tracemalloc

import mpmath
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from softact import _exponentials
from softact._driver import BLOCK
from softact._exponentials import (
    difference,
    exp_sum,
    exponentials,
    flat_index,
    put,
    row_sum,
    split,
    take,
)

INF, NAN = np.inf, np.nan


def exponentials_of(row):
    e = np.empty((1, len(row)))
    with np.errstate(all="ignore"):
        total, _ = exponentials(np.array([row], float), e)
    return e[0], total[0]


def test_equal_errors_do_not_pile_up_down_a_long_column():
    e = np.full((3, 300_000), 0.1, order="F")
    np.testing.assert_allclose(row_sum(e), math.fsum(e[0]), rtol=2e-15, atol=0)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 1000, 300_000])
def test_row_sum(n, order):
    """Rounding must not pile up along a long row, nor down a long column."""
    e = np.random.default_rng(n).uniform(size=(3, n)).copy(order)
    want = list(map(math.fsum, e))
    np.testing.assert_allclose(row_sum(e), want, rtol=2e-15, atol=0)


def test_a_difference_and_what_it_lost_are_exact():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 1000)) * 10.0 ** rng.integers(-20, 20, (2, 1000))
    d, r = difference(a, b)
    with mpmath.workdps(100):
        for parts in zip(a, b, d, r, strict=True):
            x, y, high, low = map(mpmath.mpf, map(float, parts))
            assert x - y == high + low
    assert_array_equal(d, a - b)


def test_a_difference_beyond_the_range_of_floats_has_lost_nothing():
    with np.errstate(all="ignore"):
        d, r = difference(np.array([-1e308, -INF]), np.array([1e308, 0.0]))
    assert_array_equal(d, -INF)
    assert_array_equal(r, 0)


@pytest.mark.parametrize("row", [[0.0, 1.0], [-1.0, -0.5], [709.0, 700.0], [-0.6, -700.0]])
def test_in_range_nothing_is_shifted(row):
    e, total = exponentials_of(row)
    assert_array_equal(e, np.exp(row))
    assert total == np.exp(row).sum()


@pytest.mark.parametrize("row", [[-1.5, -2.0], [710.0, 0.0], [709.5, 709.5], [-800.0, -801.0]])
def test_out_of_range_the_largest_becomes_one(row):
    e, total = exponentials_of(row)
    assert e[0] == 1
    np.testing.assert_allclose(e, np.exp(np.subtract(row, row[0])), rtol=1e-15)
    assert total == e.sum()


def test_shifting_a_row_leaves_its_neighbours():
    z = np.array([[0.0, 1.0], [1e4, 1e4 - 1], [2.0, 3.0]])
    e = np.empty_like(z)
    with np.errstate(over="ignore"):
        total, shift = exponentials(z, e)
    assert_array_equal(shift, [0, 1e4, 0])
    assert_array_equal(e[[0, 2]], np.exp(z[[0, 2]]))
    assert e[1, 0] == 1
    assert_array_equal(total, e.sum(axis=1))


def test_a_shifted_row_of_several_blocks(monkeypatch):
    row = np.random.default_rng(0).normal(size=100) + 1e4
    whole, total = exponentials_of(row)
    monkeypatch.setattr(_exponentials, "PIECE", 16)
    pieces, same = exponentials_of(row)
    assert_array_equal(pieces, whole)
    assert same == total


@pytest.mark.parametrize(
    ("row", "want", "total"),
    [
        ([INF, 0, -INF], [1, 0, 0], 1),
        ([INF, 0, INF], [NAN, 0, NAN], 2),
        ([-INF, -INF], [0, 0], 0),
        ([NAN, 0], [NAN, 1], NAN),
        ([NAN, INF], [NAN, INF], NAN),
        ([1e308, -1e308], [1, 0], 1),
    ],
)
def test_infinite_and_huge(row, want, total):
    e, got = exponentials_of(row)
    if not np.isnan(total):
        assert_array_equal(e, want)
    assert_array_equal(got, total)


@pytest.mark.parametrize("order", ["C", "F"])
def test_split(order):
    z = np.array([[0.0, 2.0, 1.0], [3.0, 3.0, 0.0], [1e4, 1e4 - 1, 5.0]], order=order)
    e = np.empty_like(z)
    with np.errstate(over="ignore"):
        parts = split(z, e, np.array([1, 2, 0]))
    assert_array_equal(parts.at, [1, 5, 6])
    assert_array_equal(parts.e, np.exp([2.0, 0.0, 0.0]))
    assert_array_equal(e[[0, 1, 2], [1, 2, 0]], 0)
    assert_array_equal(e[1], np.exp([3.0, 3.0, -np.inf]))
    np.testing.assert_allclose(parts.others, [1 + np.e, 2 * np.exp(3), np.exp(-1)], rtol=1e-15)
    assert_array_equal(parts.total, parts.others + parts.e)


@pytest.mark.parametrize("order", ["C", "F"])
def test_entries_of_rows(order):
    block = np.arange(12.0).reshape(3, 4).copy(order)
    at = flat_index(np.array([3, 0, 2]), 4)
    assert_array_equal(take(block, at), [3, 4, 10])
    put(block, at, -1)
    assert_array_equal(block, [[0, 1, 2, -1], [-1, 5, 6, 7], [8, 9, -1, 11]])


def test_a_sum_of_a_long_row_needs_no_room_for_the_row():
    z = np.zeros((1, 8 * BLOCK))
    tracemalloc.start()
    exp_sum(z)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < z.nbytes / 3


@pytest.mark.parametrize("rows", [1, 3])
def test_a_sum_in_pieces(monkeypatch, rows):
    z = np.random.default_rng(0).normal(size=(100, rows)).T
    monkeypatch.setattr(_exponentials, "BLOCK", 32)
    e = np.empty_like(z)
    total = exp_sum(z, e)
    assert_array_equal(e, np.exp(z))
    assert_array_equal(total, exp_sum(z))
    want = [float(mpmath.fsum(map(float, row))) for row in e]
    np.testing.assert_allclose(total, want, rtol=1e-15)

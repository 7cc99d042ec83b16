"""Inputs for which SciPy, torch or JAX have been seen to return something wrong, one test each."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import softact

TINY = 4.248354255291589e-18  # e^−40, and log(1 + e^−40)


def close(got, want):
    np.testing.assert_allclose(got, want, rtol=1e-15, atol=0)


def test_log_softmax_of_a_dominating_logit():
    close(softact.log_softmax([0, -40]), [-TINY, -40])


def test_logsumexp_a_hair_above_zero():
    close(softact.logsumexp([0, -40]), TINY)


def test_sigmoid_that_is_subnormal():
    assert softact.sigmoid(-745.0) == 5e-324
    assert softact.sigmoid(-710.0) == 4.47628622567513e-309


def test_sigmoid_prime_far_right():
    close(softact.sigmoid_prime(40.0), TINY)


def test_sigmoid_cross_entropy_is_as_good_for_negatives():
    close(softact.sigmoid_cross_entropy(-40.0, 0), TINY)


def test_sigmoid_cross_entropy_grad_of_a_sure_positive():
    close(softact.sigmoid_cross_entropy_grad(40.0, 1), -TINY)


@pytest.mark.parametrize(("x", "y"), [(np.inf, 1), (-np.inf, 0)])
def test_sigmoid_cross_entropy_of_an_infinite_logit_that_agrees(x, y):
    assert softact.sigmoid_cross_entropy(x, y) == 0
    assert softact.sigmoid_cross_entropy_grad(x, y) == 0


def test_cross_entropy_of_an_impossible_class_that_does_not_happen():
    assert softact.cross_entropy([1, -np.inf], [1.0, 0.0]) == 0


def test_softmax_of_int8_whose_difference_wraps():
    p = softact.softmax(np.array([100, -100], np.int8))
    assert p.dtype == np.float64
    close(p, [1, 1.3838965267367376e-87])


def test_softmax_of_uint8_whose_difference_wraps():
    close(softact.softmax(np.array([0, 200], np.uint8)), [1.3838965267367376e-87, 1])


def test_log_softmax_of_int8():
    log_p = softact.log_softmax(np.array([100, -100], np.int8))
    close(log_p, [-1.3838965267367376e-87, -200])


def test_softmax_of_booleans():
    close(softact.softmax([True, False]), [0.7310585786300049, 0.2689414213699951])


def test_sigmoid_of_the_int8_that_is_its_own_negative():
    close(softact.sigmoid(np.int8(-128)), 2.5722093726424148e-56)


def test_float16_rows_whose_sum_overflows_float16():
    z = np.zeros(70_000, np.float16)
    assert_array_equal(softact.softmax(z), np.float16(1 / 70_000))
    assert_array_equal(softact.log_softmax(z), np.float16(-11.156250521031495))
    assert softact.logsumexp(z) == np.float16(11.156250521031495)


def test_float16_difference_beyond_float16():
    assert_array_equal(softact.log_softmax(np.array([6e4, -6e4], np.float16)), [0, -np.inf])


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3)])
def test_nothing_to_normalise(shape):
    assert softact.softmax(np.empty(shape)).shape == shape
    assert softact.log_softmax(np.empty(shape)).shape == shape


def test_softmax_of_one_infinite_logit():
    assert_array_equal(softact.softmax([np.inf, 0, 1]), [1, 0, 0])
    assert_array_equal(softact.log_softmax([np.inf, 0, 1]), [0, -np.inf, -np.inf])


@pytest.mark.parametrize("name", ["sigmoid", "log_sigmoid"])
def test_float16_stays_float16(name):
    assert getattr(softact, name)(np.float16(1)).dtype == np.float16


def test_no_warning_at_the_ends_of_the_range():
    z = [1e308, -1e308, np.inf, -np.inf, np.nan]
    for name in ("softmax", "log_softmax", "logsumexp", "sigmoid", "log_sigmoid", "softplus"):
        getattr(softact, name)(z)


def test_kl_divergence_of_distributions_that_nearly_agree():
    p = np.array([0.2, 0.3, 0.5])
    q = p * (1 + 1e-9 * np.array([1, -1, 0.3]))
    t = (q.astype(np.longdouble) - p) / p
    want = (p * (t**2 / 2 - t**3 / 3)).sum()
    np.testing.assert_allclose(softact.kl_divergence(p, q), np.float64(want), rtol=1e-15)


def test_shifting_first_and_subtracting_last_keeps_the_digits_of_a_large_offset():
    close(softact.cross_entropy([1e8 + 40, 1e8], 0), TINY)

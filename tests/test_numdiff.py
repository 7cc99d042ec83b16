"""Differences against closed forms: softact/_numdiff.py."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import softact
from softact import numerical_derivative, numerical_jacobian

METHODS = {"central": 2e-11, "complex": 2e-15}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("x", [np.array([-3.0, 0.0, 0.5, 30.0, 1e3]), 2.0, np.ones((2, 3))])
def test_derivative(x, method):
    got = numerical_derivative(np.sin, x, method=method)
    assert np.shape(got) == np.shape(x)
    assert_allclose(got, np.cos(x), rtol=METHODS[method], atol=METHODS[method])


def test_central_is_exact_for_degree_four():
    coefficients = [3.0, -2.0, 0.5, 7.0, 1.0]
    for x in (-1.5, 0.0, 0.75, 3.0):
        got = numerical_derivative(lambda t: np.polyval(coefficients, t), x)
        assert_allclose(got, np.polyval(np.polyder(coefficients), x), rtol=1e-11)


def test_the_step_follows_the_scale_of_the_function():
    assert_allclose(numerical_derivative(np.log, 1e200, step=1e197), 1e-200, rtol=1e-10)
    jacobian = numerical_jacobian(np.log, [1e200, 2e200], step=1e197)
    assert_allclose(jacobian, np.diag([1e-200, 5e-201]), rtol=1e-10, atol=1e-212)


@pytest.mark.parametrize("method", METHODS)
def test_jacobian_has_the_shape_of_the_output_then_of_the_input(method):
    matrix = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert_allclose(
        numerical_jacobian(lambda x: matrix @ x, [1, 2, 3], method=method), matrix, rtol=1e-11
    )
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    gradient = numerical_jacobian(lambda x: (x**3).sum(), x, method=method)
    assert_allclose(gradient, 3 * x**2, rtol=1e-10)
    assert numerical_jacobian(lambda x: x[:, None] * x, x[0], method=method).shape == (2, 2, 2)
    assert numerical_jacobian(lambda x: x.sum(), np.empty(0)).shape == (0,)


@pytest.mark.parametrize(
    ("f", "jacobian"),
    [
        (softact.softmax, softact.softmax_jacobian),
        (softact.log_softmax, softact.log_softmax_jacobian),
        (softact.logsumexp, softact.softmax),
    ],
)
def test_softact_against_its_differences(f, jacobian):
    z = np.array([0.5, -2.0, 3.0, 0.0])
    assert_allclose(numerical_jacobian(f, z), jacobian(z), rtol=1e-9, atol=1e-12)


def test_a_complex_step_does_not_move_x():
    assert numerical_derivative(lambda x: (1e200 * x) ** 2, 0.0, method="complex") == 0


def test_a_step_that_moves_x_to_one_side_only_is_refused():
    """Below a power of two the floats lie twice as close as above it."""
    x = 2.0**53
    assert x + 1 == x != x - 1
    with pytest.raises(ValueError, match=r"^step must be large enough to move x; 1.0 is not$"):
        numerical_derivative(np.square, x, step=1.0)


def test_inputs_are_not_written():
    x = np.array([1.0, 2.0])
    numerical_jacobian(np.square, x)
    assert_array_equal(x, [1, 2])


def test_refused():
    for method in ("backward", "forward"):
        with pytest.raises(
            ValueError, match=f"^method must be 'central' or 'complex', not '{method}'$"
        ):
            numerical_derivative(np.sin, 1.0, method=method)
    for step in (0.0, -0.25, -1.0, np.nan, 1e-20):
        with pytest.raises(
            ValueError, match=rf"^step must be large enough to move x; {step} is not$"
        ):
            numerical_derivative(np.sin, 1.0, step=step)
    with pytest.raises(TypeError, match=r"^f\(x\) must be complex where x is, not float64"):
        numerical_derivative(np.abs, 1.0, method="complex")
    with pytest.raises(TypeError, match=r"^f\(x\) must be complex where x is, not bool"):
        numerical_derivative(np.isfinite, 1.0, method="complex")
    with pytest.raises(
        TypeError, match=r"^x must hold floats, integers or booleans, not complex128"
    ):
        numerical_derivative(np.sin, 1j)

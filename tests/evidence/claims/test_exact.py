import mpmath
import numpy as np
import pytest
import sympy
import torch

from evidence.claims.exact import exactly, function_of


def softmax(z):
    e = exactly(mpmath.exp)(z)
    return e / e.sum()


def test_entries_are_computed_at_the_precision_of_the_caller():
    with mpmath.workdps(40):
        found = exactly(lambda x: 1 / x)(np.array([[3.0, 7.0]], np.float32))
        assert found.shape == (1, 2)
        assert found.tolist() == [[mpmath.mpf(1) / 3, mpmath.mpf(1) / 7]]


def test_rows_as_the_signature_says():
    z = np.random.default_rng(1).normal(size=(2, 5, 3))
    found = exactly(softmax, "(n)->(n)")(z)
    expected = torch.softmax(torch.tensor(z), dim=-1).numpy()
    np.testing.assert_allclose(found.astype(float), expected, rtol=1e-15)
    assert all(isinstance(v, mpmath.mpf) for v in found.ravel())


def test_pairs_of_rows():
    rows = exactly(lambda p, q: (p * q).sum(), "(n),(n)->()")
    assert rows([[1, 2], [3, 4]], [5, 6]).tolist() == [17, 39]


def test_scalars_and_nothing():
    assert exactly(lambda x, y: x * y)(2, 3) == 6
    assert exactly(mpmath.exp)(np.zeros((0, 2))).shape == (0, 2)


def test_an_expression_in_one_symbol_is_a_function_of_it():
    x, y = sympy.symbols("x y")
    assert function_of(2 - x)(np.array([0.0, 5.0])).tolist() == [2, -3]
    with pytest.raises(TypeError, match="not clear what x - 2\\*y is a function of"):
        function_of(x - 2 * y)
    with pytest.raises(TypeError, match="not clear what 3 is a function of"):
        function_of(sympy.Integer(3))

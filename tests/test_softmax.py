"""Edges, masks and derivatives: softact/_softmax.py. Digits are test_accuracy.py's."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import softact

INF, NAN = np.inf, np.nan
DTYPES = [np.float16, np.float32, np.float64]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("row", "softmax", "log_softmax", "logsumexp"),
    [
        ([0, NAN, 1], [NAN, NAN, NAN], [NAN, NAN, NAN], NAN),
        ([INF, NAN, 1], [NAN, NAN, NAN], [NAN, NAN, NAN], NAN),
        ([0, -INF, -INF], [1, 0, 0], [0, -INF, -INF], 0),
        ([-INF, -INF, -INF], [NAN, NAN, NAN], [NAN, NAN, NAN], -INF),
        ([INF, 0, -INF], [1, 0, 0], [0, -INF, -INF], INF),
        ([0, INF, INF], [0, NAN, NAN], [-INF, NAN, NAN], INF),
        ([INF, INF, INF], [NAN, NAN, NAN], [NAN, NAN, NAN], INF),
    ],
)
def test_infinite_and_missing_logits(row, softmax, log_softmax, logsumexp, dtype):
    """The rows above and below must not notice."""
    z = np.array([[1, 2, 3], row, [3, 2, 1]], dtype)
    for function, want in ((softact.softmax, softmax), (softact.log_softmax, log_softmax)):
        got = function(z)
        assert_array_equal(got[1], np.array(want, dtype))
        assert_array_equal(got[[0, 2]], function(z[[0, 2]]))
    got = softact.logsumexp(z)
    assert_array_equal(got[1], dtype(logsumexp))
    assert_array_equal(got[[0, 2]], softact.logsumexp(z[[0, 2]]))


def test_finite_logits_never_give_nan():
    z = np.array([[1.7e308, -1.7e308, 0], [-1.7e308, -1.7e308, -1.7e308], [1.7e308, 1.7e308, 5]])
    assert_array_equal(softact.softmax(z), [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0]])
    log_p = softact.log_softmax(z)
    assert_array_equal(log_p[0], [0, -INF, -1.7e308])  # the difference is beyond float64
    assert_allclose(log_p[1], -np.log(3), rtol=1e-15)
    assert_array_equal(softact.logsumexp(z), [1.7e308, -1.7e308, 1.7e308])


class TestEmpty:
    def test_an_empty_sum_is_zero_and_its_logarithm_minus_infinity(self):
        assert softact.logsumexp([]) == -INF
        assert_array_equal(softact.logsumexp(np.empty((2, 0))), [-INF, -INF])
        assert softact.logsumexp(np.empty((0, 2))).shape == (0,)
        assert softact.logsumexp(np.empty((0, 2)), axis=None) == -INF

    @pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3)])
    def test_the_other_shapes(self, shape):
        z = np.empty(shape, np.float32)
        for function in (softact.softmax, softact.log_softmax):
            for axis in (-1, 0, None):
                assert function(z, axis).shape == shape
                assert function(z, axis).dtype == np.float32
        assert softact.softmax_vjp(z, z).shape == shape
        assert softact.softmax_jacobian(z).shape == (*shape, shape[-1])


class TestMask:
    Z = np.array([[1.0, 2.0, NAN], [INF, 0.0, 0.0], [4.0, 5.0, 6.0]])
    WHERE = np.array([[True, True, False], [False, True, True], [False, False, False]])

    def test_the_others_share_the_one(self):
        p = softact.softmax(self.Z, where=self.WHERE)
        assert_array_equal(p[0, :2], softact.softmax([1.0, 2.0]))
        assert_array_equal(p, np.where(self.WHERE, p, 0))
        assert_array_equal(p[1], [0, 0.5, 0.5])
        assert_array_equal(p[2], 0)

    def test_logarithms(self):
        log_p = softact.log_softmax(self.Z, where=self.WHERE)
        assert_array_equal(log_p[0], [*softact.log_softmax([1.0, 2.0]), -INF])
        assert_array_equal(log_p[2], -INF)

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("axis", [0, 1, None])
    def test_dtype_axis_and_out(self, dtype, axis):
        z = np.arange(6, dtype=dtype).reshape(2, 3)
        where = np.array([True, False, True])
        out = np.empty_like(z)
        got = softact.softmax(z, axis, where=where, out=out)
        assert got is out
        assert out.dtype == dtype
        assert_array_equal(out[:, where], softact.softmax(z[:, where], axis))
        assert_array_equal(out[:, 1], 0)

    def test_in_place(self):
        z = self.Z.copy()
        softact.softmax(z, where=self.WHERE, out=z)
        assert_array_equal(z, softact.softmax(self.Z, where=self.WHERE))

    def test_everything_hidden_of_a_scalar(self):
        assert softact.softmax(3.0, where=False) == 0
        assert softact.softmax(3.0, where=True) == 1

    def test_integer_logits(self):
        assert_array_equal(softact.softmax([1, 7, 1], where=[True, False, True]), [0.5, 0, 0.5])

    @pytest.mark.parametrize("where", [[1, 0, 1], [1.0, 0.0, 1.0], ["a", "b", "c"]])
    def test_masks_are_boolean(self, where):
        with pytest.raises(TypeError, match=r"^where must hold booleans, not "):
            softact.softmax([1, 2, 3], where=where)

    @pytest.mark.parametrize("shape", [(2,), (2, 3), (3, 1)])
    def test_masks_broadcast_to_the_logits(self, shape):
        with pytest.raises(ValueError, match=r"^where must broadcast to the shape \(3,\) of z"):
            softact.softmax([1, 2, 3], where=np.ones(shape, bool))


class TestDerivatives:
    Z = np.array([[0.5, -1.0, 2.0, 0.0], [30.0, 1.0, -2.0, 0.25], [0.0, 0.0, 0.0, 0.0]])
    V = np.array([[1.0, 2.0, -1.0, 0.5], [3.0, -1.0, 0.0, 1.0], [1.0, -1.0, 1.0, -1.0]])

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_matrices_keep_the_dtype(self, dtype):
        for function in (softact.softmax_jacobian, softact.log_softmax_jacobian):
            got = function(self.Z.astype(dtype))
            assert got.dtype == dtype
            assert_array_equal(got, function(self.Z.astype(dtype).astype(float)).astype(dtype))

    def test_jacobian(self):
        p = softact.softmax(self.Z)
        want = np.stack([np.diag(row) - np.outer(row, row) for row in p])
        assert_allclose(softact.softmax_jacobian(self.Z), want, rtol=1e-14, atol=1e-16)

    def test_log_jacobian(self):
        p = softact.softmax(self.Z)
        want = np.stack([np.eye(4) - row for row in p])
        assert_allclose(softact.log_softmax_jacobian(self.Z), want, rtol=1e-14, atol=1e-16)

    @pytest.mark.parametrize("axis", [0, 1, -1])
    def test_products(self, axis):
        jacobian = softact.softmax_jacobian(self.Z, axis)
        rows = np.moveaxis(self.V, axis, -1)
        want = np.moveaxis(np.einsum("...ij,...j->...i", jacobian, rows), -1, axis)
        assert_allclose(softact.softmax_jvp(self.Z, self.V, axis), want, rtol=1e-13, atol=1e-16)
        assert_allclose(softact.softmax_vjp(self.Z, self.V, axis), want, rtol=1e-13, atol=1e-16)

    def test_a_constant_vector_is_annihilated_exactly(self):
        assert_array_equal(softact.softmax_jvp(self.Z, 1e9 / 3), 0)

    def test_products_over_several_axes(self):
        got = softact.softmax_vjp(self.Z, self.V, axis=None)
        assert_array_equal(got, softact.softmax_vjp(self.Z.ravel(), self.V.ravel()).reshape(3, 4))

    def test_the_result_has_the_dtype_of_the_logits(self):
        assert softact.softmax_vjp(self.Z.astype("f4"), self.V).dtype == np.float32
        assert softact.softmax_vjp([1, 2], np.ones(2, "f4")).dtype == np.float64

    @pytest.mark.parametrize(
        ("function", "name"), [(softact.softmax_jvp, "v"), (softact.softmax_vjp, "g")]
    )
    def test_vectors_broadcast_to_the_logits(self, function, name):
        assert_array_equal(function(self.Z, self.V[0])[1], function(self.Z[1], self.V[0]))
        with pytest.raises(ValueError, match=rf"^{name} must broadcast to the shape \(2,\) of z"):
            function([1, 2], [1, 2, 3])

    def test_certainty_has_no_slope(self):
        assert_array_equal(softact.softmax_jacobian([0, -INF]), [[0, 0], [0, 0]])
        assert_array_equal(softact.softmax_jacobian([INF, 0]), [[0, 0], [0, 0]])
        assert_array_equal(softact.log_softmax_jacobian([INF, 0]), [[0, 0], [-1, 1]])

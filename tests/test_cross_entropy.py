"""Targets of every kind: softact/_cross_entropy.py. Digits are test_accuracy.py's."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import softact

INF, NAN = np.inf, np.nan
Z = np.random.default_rng(0).normal(size=(6, 4)) * 3
Y = np.array([0, 3, 1, 1, 2, 0])
Q = np.random.default_rng(1).dirichlet(np.ones(4), 6)
WEIGHT = np.array([0.5, 2.0, 0.0, 1.25])
OPTIONS = [
    {},
    {"label_smoothing": 0.3},
    {"label_smoothing": 1.0},
    {"weight": WEIGHT},
    {"weight": WEIGHT, "label_smoothing": 0.2},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("y", [Y, Q], ids=["indices", "probabilities"])
def test_loss_and_gradient_are_the_same_together_and_alone(y, options):
    loss, grad = softact.cross_entropy_with_grad(Z, y, **options)
    assert_array_equal(softact.cross_entropy(Z, y, **options), loss)
    assert_array_equal(softact.cross_entropy_grad(Z, y, **options), grad)


@pytest.mark.parametrize("options", OPTIONS)
def test_an_index_is_a_one_hot_row(options):
    one_hot = np.eye(4)[Y]
    for function in (
        softact.cross_entropy,
        softact.cross_entropy_grad,
        softact.cross_entropy_hessian,
    ):
        assert_allclose(function(Z, Y, **options), function(Z, one_hot, **options), rtol=1e-14)


def test_probabilities_need_not_sum_to_one():
    loss, grad = softact.cross_entropy_with_grad(Z, 3 * Q)
    assert_allclose(loss, 3 * softact.cross_entropy(Z, Q), rtol=1e-15)
    assert_allclose(grad, 3 * softact.softmax(Z) - 3 * Q, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("axis", [0, 1, 2, -2])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_axis_and_dtype(axis, dtype):
    z = np.random.default_rng(2).normal(size=(3, 4, 5)).astype(dtype)
    rows = np.moveaxis(z, axis, -1)
    y = np.arange(rows[..., 0].size).reshape(rows.shape[:-1]) % rows.shape[-1]
    q = np.random.default_rng(3).uniform(size=z.shape)
    for target, target_rows in ((y, y), (q, np.moveaxis(q, axis, -1))):
        loss, grad = softact.cross_entropy_with_grad(z, target, axis)
        want_loss, want_grad = softact.cross_entropy_with_grad(rows.copy(), target_rows.copy())
        assert_array_equal(loss, want_loss)
        assert_array_equal(np.moveaxis(grad, axis, -1), want_grad)
        assert loss.dtype == grad.dtype == dtype
        hessian = softact.cross_entropy_hessian(z, target, axis)
        assert_array_equal(hessian, softact.cross_entropy_hessian(rows.copy(), target_rows.copy()))


@pytest.mark.parametrize("dtype", ["i1", "u1", "i4", "u8", ">i4"])
def test_indices_of_any_integer_type(dtype):
    assert_array_equal(softact.cross_entropy(Z, Y.astype(dtype)), softact.cross_entropy(Z, Y))


def test_indices_anywhere_in_memory():
    apart = np.repeat(Y, 2)[::2]
    assert_array_equal(softact.cross_entropy(Z, apart), softact.cross_entropy(Z, Y))


def test_a_single_row_gives_a_scalar():
    assert type(softact.cross_entropy([1, 2], 0)) is np.float64
    assert type(softact.cross_entropy(np.array([1, 2], "f4"), 0)) is np.float32


class TestIgnored:
    Y = np.array([0, -100, 1, 1, 9, 0])

    @pytest.mark.parametrize("options", OPTIONS)
    def test_nothing_comes_of_an_ignored_row(self, options):
        y = np.where(self.Y == 9, -100, self.Y)
        z = Z.copy()
        z[1] = NAN
        kept = y >= 0
        loss, grad = softact.cross_entropy_with_grad(z, y, ignore_index=-100, **options)
        hessian = softact.cross_entropy_hessian(z, y, ignore_index=-100, **options)
        assert_array_equal(softact.cross_entropy(z, y, ignore_index=-100, **options), loss)
        for got in (loss, grad, hessian):
            assert_array_equal(got[~kept], 0)
        want_loss, want_grad = softact.cross_entropy_with_grad(z[kept], y[kept], **options)
        assert_array_equal(loss[kept], want_loss)
        assert_array_equal(grad[kept], want_grad)

    def test_a_class_may_be_ignored(self):
        loss = softact.cross_entropy(Z, Y, ignore_index=1)
        assert_array_equal(loss, np.where(Y == 1, 0, softact.cross_entropy(Z, Y)))

    @pytest.mark.parametrize("axis", [0, 1])
    def test_along_any_axis(self, axis):
        grad = softact.cross_entropy_grad(np.zeros((2, 2)), [0, -1], axis, ignore_index=-1)
        assert_array_equal(
            grad, np.array([[-0.5, 0], [0.5, 0]]) if axis == 0 else [[-0.5, 0.5], [0, 0]]
        )

    def test_a_single_ignored_row(self):
        assert softact.cross_entropy([1, 2], -1, ignore_index=-1) == 0
        assert_array_equal(softact.cross_entropy_grad([1, 2], -1, ignore_index=-1), [0, 0])

    def test_of_a_single_class(self):
        loss, grad = softact.cross_entropy_with_grad([[5.0], [NAN]], [0, -1], ignore_index=-1)
        assert_array_equal(loss, [0, 0])
        assert_array_equal(grad, [[0], [0]])

    def test_an_unsigned_index_never_equals_a_negative_one(self):
        y = Y.astype(np.uint8)
        assert_array_equal(
            softact.cross_entropy(Z, y, ignore_index=-100), softact.cross_entropy(Z, Y)
        )

    def test_other_positions_are_still_checked(self):
        with pytest.raises(
            IndexError, match=r"^y must hold class indices from 0 to 3; got 9 at index 4$"
        ):
            softact.cross_entropy(Z, self.Y, ignore_index=-100)

    def test_a_class_without_weight_counts_for_nothing(self):
        z = np.array([[-INF, 1.0], [NAN, 0.0]])
        loss, grad = softact.cross_entropy_with_grad(z, [0, 0], weight=[0, 1])
        assert_array_equal(loss, 0)
        assert_array_equal(grad, 0)


def test_targets_that_vanish_beside_one_still_count():
    """(1 + 1e-18) − 1 would be 0, and the first entry of the gradient −4.2e-18."""
    grad = softact.cross_entropy_grad([0, -40], [1.0, 1e-18])
    assert_allclose(grad[0], 1e-18 - 4.248354255291589e-18, rtol=1e-15)


@pytest.mark.parametrize("top", [-709.0, 0.0, 709.0])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_weights_scale_loss_and_gradient_wherever_the_logits_are(top, scale):
    loss, grad = softact.cross_entropy_with_grad([top, top], 0, weight=[scale, 7.0])
    assert_allclose(loss, scale * np.log(2), rtol=1e-15)
    assert_allclose(grad, [-scale / 2, scale / 2], rtol=1e-15)


class TestInfinite:
    def test_an_impossible_target_costs_infinity(self):
        loss, grad = softact.cross_entropy_with_grad([-INF, 0.0, 0.0], 0)
        assert loss == INF
        assert_array_equal(grad, [-1, 0.5, 0.5])
        assert softact.cross_entropy([-INF, 0.0], [0.5, 0.5]) == INF

    def test_what_is_impossible_and_does_not_happen_costs_nothing(self):
        for y in (1, [0.0, 1.0, 0.0]):
            loss, grad = softact.cross_entropy_with_grad([-INF, 0.0, 0.0], y)
            assert_allclose(loss, np.log(2), rtol=1e-15)
            assert_array_equal(grad, [0, -0.5, 0.5])

    def test_certainty(self):
        for y, want, slope in ((0, 0, [0, 0]), (1, INF, [1, -1])):
            for target in (y, np.eye(2)[y]):
                loss, grad = softact.cross_entropy_with_grad([INF, 0.0], target)
                assert loss == want
                assert_array_equal(grad, slope)

    def test_two_infinite_logits_share_nothing_that_is_known(self):
        loss = softact.cross_entropy(np.array([[INF, INF, 0]] * 3), [0, 1, 2])
        assert_array_equal(loss, [NAN, NAN, INF])

    def test_nan_spoils_its_row_only(self):
        z = Z.copy()
        z[2, 0] = NAN
        loss, grad = softact.cross_entropy_with_grad(z, Y)
        assert_array_equal(np.isnan(loss), np.arange(6) == 2)
        assert_array_equal(np.isnan(grad).all(axis=1), np.arange(6) == 2)
        q = Q.copy()
        q[3, 1] = NAN
        assert_array_equal(np.isnan(softact.cross_entropy(Z, q)), np.arange(6) == 3)


FUNCTIONS = [
    softact.cross_entropy,
    softact.cross_entropy_grad,
    softact.cross_entropy_with_grad,
    softact.cross_entropy_hessian,
]


@pytest.mark.parametrize("function", FUNCTIONS)
class TestRefused:
    @pytest.mark.parametrize(("bad", "place"), [(4, 5), (-1, 1), (1000, 3)])
    def test_indices_out_of_range(self, function, bad, place):
        y = Y.copy()
        y[place] = bad
        with pytest.raises(IndexError, match=rf"got {bad} at index {place}$"):
            function(Z, y)

    @pytest.mark.parametrize(
        "y", [Y.astype(float), Y == 1, Q > 0.5, Y.astype(str), Y + 0j, Q + 0j, Y.astype(object)]
    )
    def test_targets_of_another_kind(self, function, y):
        with pytest.raises(TypeError, match=r"^y must hold integer class indices of shape \(6,\)"):
            function(Z, y)

    @pytest.mark.parametrize(
        "y", [0, Y[:5], Y[:, None], np.zeros((6, 4), int), Q[:5], Q[0], np.eye(7, 4), np.eye(6, 5)]
    )
    def test_targets_of_another_shape(self, function, y):
        with pytest.raises(TypeError, match=r"or float probabilities of shape \(6, 4\), not "):
            function(Z, y)

    def test_masked_targets(self, function):
        with pytest.raises(TypeError, match=r"^y must be a plain array"):
            function(Z, np.ma.masked_equal(Y, 1))

    def test_negative_probabilities(self, function):
        q = Q.copy()
        q[2, 3] = -0.25
        with pytest.raises(
            ValueError, match=r"^y must be non-negative; got -0.25 at index \(2, 3\)$"
        ):
            function(Z, q)

    @pytest.mark.parametrize("smoothing", [-0.1, 1.1, NAN])
    def test_smoothing_out_of_range(self, function, smoothing):
        with pytest.raises(ValueError, match=r"^label_smoothing must be between 0 and 1, not "):
            function(Z, Y, label_smoothing=smoothing)

    def test_weights_of_another_shape_or_sign(self, function):
        for n in (3, 5):
            with pytest.raises(
                ValueError, match=rf"^weight must have shape \(4,\), one per class, not \({n},\)$"
            ):
                function(Z, Y, weight=np.ones(n))
        with pytest.raises(ValueError, match=r"^weight must be non-negative; got -1.0 at index 1$"):
            function(Z, Y, weight=[1, -1, 1, 1])

    def test_ignoring_what_is_no_index(self, function):
        with pytest.raises(TypeError, match=r"^ignore_index must be an int or None, not 1.5$"):
            function(Z, Y, ignore_index=1.5)
        with pytest.raises(TypeError, match=r"^ignore_index goes with class indices"):
            function(Z, Q, ignore_index=1)

    def test_several_axes(self, function):
        with pytest.raises(TypeError, match=r"^axis must be an int, not "):
            function(Z, Y, (0, 1))


def test_empty_batches():
    for y in (np.empty(0, int), np.empty((0, 4))):
        loss, grad = softact.cross_entropy_with_grad(np.empty((0, 4)), y)
        assert loss.shape == (0,)
        assert grad.shape == (0, 4)


def test_targets_are_not_written():
    q, z = Q.copy(), Z.copy()
    softact.cross_entropy_with_grad(z, q, label_smoothing=0.1)
    assert_array_equal(q, Q)
    assert_array_equal(z, Z)


class TestMask:
    """A class that the mask hides is no class: the loss is that of the row without it."""

    Z = np.random.default_rng(4).normal(size=(6, 5))
    WHERE = np.array([[True, False, True, True, False]] * 6)
    Y = np.array([0, 2, 3, 0, 2, 3])
    LEFT = np.array([0, -1, 1, 2, -1])  # where the classes stand among those left

    @pytest.mark.parametrize("smoothing", [0.0, 0.3])
    @pytest.mark.parametrize("weight", [None, [1.0, 2.0, 0.5, 3.0, 4.0]])
    @pytest.mark.parametrize("soft", [False, True])
    @pytest.mark.parametrize("axis", [0, 1])
    def test_it_is_as_if_the_class_were_not_there(self, smoothing, weight, soft, axis):
        kept = self.WHERE[0]
        few = self.Z[:, kept]
        y, y_few = self.Y, self.LEFT[self.Y]
        if soft:
            y_few = np.random.default_rng(5).dirichlet(np.ones(3), 6)
            y = np.zeros(self.Z.shape)
            y[:, kept] = y_few
        z, where = (self.Z, self.WHERE) if axis == 1 else (self.Z.T, self.WHERE.T)
        options = {"label_smoothing": smoothing, "weight": weight}
        loss, grad = softact.cross_entropy_with_grad(
            z, y.T if soft and axis == 0 else y, axis, where=where, **options
        )
        options["weight"] = weight and np.array(weight)[kept]
        want_loss, want_grad = softact.cross_entropy_with_grad(few, y_few, **options)
        grad = grad if axis == 1 else grad.T
        np.testing.assert_allclose(loss, want_loss, rtol=1e-13)
        np.testing.assert_allclose(grad[:, kept], want_grad, rtol=1e-12, atol=1e-15)
        np.testing.assert_array_equal(grad[:, ~kept], 0)

    def test_each_row_of_a_batch_shares_the_smoothing_among_its_own_classes(self):
        z = self.Z.reshape(2, 3, 5)
        where = np.random.default_rng(6).random(z.shape) < 0.6
        where[..., 0] = True
        y = np.zeros((2, 3), int)
        loss = softact.cross_entropy(z, y, where=where, label_smoothing=0.3)
        for row in np.ndindex(y.shape):
            want = softact.cross_entropy(z[row][where[row]], 0, label_smoothing=0.3)
            np.testing.assert_allclose(loss[row], want, rtol=1e-13)

    @pytest.mark.parametrize("smoothing", [0, 0.3])
    def test_where_all_classes_are_hidden_the_loss_is_undetermined(self, smoothing):
        loss = softact.cross_entropy(self.Z, self.Y, where=False, label_smoothing=smoothing)
        assert np.isnan(loss).all()

    def test_a_target_that_is_hidden_costs_infinity(self):
        where = np.arange(5) != 1
        assert softact.cross_entropy(self.Z[0], 1, where=where) == np.inf
        assert softact.cross_entropy_grad(self.Z[0], 1, where=where)[1] == -1

    def test_rows_that_are_ignored_stay_so(self):
        y = np.where(np.arange(6) == 3, -7, self.Y)
        for smoothing in (0.0, 0.2):
            loss, grad = softact.cross_entropy_with_grad(
                self.Z, y, where=self.WHERE, ignore_index=-7, label_smoothing=smoothing
            )
            assert loss[3] == 0
            assert not grad[3].any()
            assert loss[2] > 0

    def test_its_shape_is_that_of_the_logits(self):
        with pytest.raises(ValueError, match=r"^where must broadcast to the shape \(6, 5\) of z"):
            softact.cross_entropy(self.Z, self.Y, where=np.ones(4, bool))

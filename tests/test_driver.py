"""Any shape, axis and length gives what one row at a time gives: softact/_driver.py."""

import itertools
import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import softact
from softact._driver import BLOCK, PANEL, _indices

SHAPES = [
    (BLOCK + 3,),
    (BLOCK // 8 + 1, 9),
    (3, BLOCK + 1),
    (2, 3, BLOCK // 2),
    (BLOCK // 4 + 1, 2, 3),
    (2, BLOCK // 6 + 1, 5, 2),
]


def logits(shape):
    return np.random.default_rng(0).normal(size=shape) * 5


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", SHAPES)
def test_elementwise_pieces_meet(shape, dtype):
    x = logits(shape).astype(dtype)
    got = softact.sigmoid(x)
    samples = [0, BLOCK - 1, BLOCK, x.size - 1]
    assert_array_equal(got.flat[samples], [softact.sigmoid(v) for v in x.flat[samples]])
    assert ((got > 0) & (got <= 1)).all()


LAYOUTS = {
    "columns": np.asfortranarray,
    "every second row": lambda x: np.repeat(x, 2, axis=0)[::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_elementwise_in_any_order_of_memory(layout):
    x = logits((BLOCK // 8 + 1, 9))
    laid = LAYOUTS[layout](x)
    assert_array_equal(softact.sigmoid(laid), softact.sigmoid(x))
    y = softact.sigmoid(-x)
    assert_array_equal(softact.sigmoid_cross_entropy(laid, y), softact.sigmoid_cross_entropy(x, y))


def test_numbers_of_no_classes():
    assert_array_equal(softact.entropy(np.empty((2, 0))), [0, 0])
    assert_array_equal(softact.kl_divergence(np.empty((2, 0)), np.empty((2, 0))), [0, 0])


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_do_not_meet(shape):
    z = logits(shape)
    for axis in range(z.ndim):
        p = softact.softmax(z, axis)
        rows, want = (np.moveaxis(a, axis, -1).reshape(-1, shape[axis]) for a in (z, p))
        # Rows that are columns in memory are added up side by side, first entries first; a row
        # alone is added up in pairs, or in the processor's order. Either is right to the last bits.
        rtol = 0 if axis == z.ndim - 1 else 2e-15
        for i in {0, len(rows) // 2, len(rows) - 1}:
            np.testing.assert_allclose(softact.softmax(rows[i]), want[i], rtol=rtol, atol=0)
        np.testing.assert_allclose(p.sum(axis), 1, rtol=1e-12)


@pytest.mark.parametrize("shape", [(50, 300), (100, 300), (BLOCK + 40, 24)])
def test_columns_give_the_same_bits_in_any_company(shape):
    z = logits(shape)
    third = np.s_[..., shape[1] // 3 : 2 * shape[1] // 3]
    alone = np.ascontiguousarray(z[third])
    for function in (softact.softmax, softact.log_softmax, softact.logsumexp):
        assert_array_equal(function(z, 0)[third], function(alone, 0))


@pytest.mark.parametrize("function", [softact.softmax, softact.log_softmax])
@pytest.mark.parametrize("shape", [(50, 300), (10, 5000)])
def test_columns_of_float32_are_rounded_once(function, shape):
    z = logits(shape).astype(np.float32)
    got = function(z, 0)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got.astype(float), function(z.astype(float), 0), rtol=6e-8)


def test_many_columns_are_many_rows():
    inf, nan = np.inf, np.nan
    special = [[inf, 0, 1], [inf, inf, 0], [-inf] * 3, [nan, inf, 0], [0, 1, -inf], [1e4, 0, 9e3]]
    z = np.array(special * 300)
    y = np.arange(len(z)) // len(special) % 3
    for function in (softact.softmax, softact.log_softmax, softact.logsumexp):
        want = function(z)
        np.testing.assert_allclose(function(np.ascontiguousarray(z.T), 0).T, want, rtol=1e-15)
    for got, want in zip(
        softact.cross_entropy_with_grad(np.ascontiguousarray(z.T), y, 0),
        softact.cross_entropy_with_grad(z, y),
        strict=True,
    ):
        np.testing.assert_allclose(got.T, want, rtol=1e-15)


@pytest.mark.parametrize("axis", [(), 0, 1, 2, (0, 1), (0, 2), (1, 2), (2, 0), None])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_axes(axis, dtype):
    z = logits((4, 5, 6)).astype(dtype)
    axes = tuple(range(3)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    kept = [a for a in range(3) if a not in axes]
    rows = z.transpose(kept + sorted(axes)).reshape([z.shape[a] for a in kept] + [-1])
    assert_array_equal(softact.logsumexp(z, axis), softact.logsumexp(rows))
    shape = tuple(1 if a in axes else n for a, n in enumerate(z.shape))
    assert softact.logsumexp(z, axis, keepdims=True).shape == shape
    for function in (softact.softmax, softact.log_softmax):
        got = function(z, axis).transpose(kept + sorted(axes)).reshape(rows.shape)
        assert_array_equal(got, function(rows))
        assert function(z, axis).dtype == dtype


def test_columns_of_long_doubles_are_computed_in_float64():
    got = softact.softmax(logits((50, 300)).astype(np.longdouble), 0)
    assert_array_equal(got, got.astype(np.float64))


def test_columns_of_two_axes():
    z = logits((5, 6, 1000))
    rows = np.ascontiguousarray(z.transpose(2, 0, 1)).reshape(1000, 30)
    want = softact.softmax(rows).reshape(1000, 5, 6).transpose(1, 2, 0)
    np.testing.assert_allclose(softact.softmax(z, (0, 1)), want, rtol=2e-15)


@pytest.mark.parametrize(
    ("batch", "row"),
    [
        ((), 5),
        ((), 2 * BLOCK),
        ((7,), BLOCK),
        ((3, 4), BLOCK // 2),
        ((3, 2), BLOCK // 2),
        ((10, 10, 10), BLOCK // 500),
        ((20, 5), BLOCK // 50),
        ((5, 20), BLOCK // 50),
        ((1, BLOCK + 1), 1),
        ((BLOCK, 1), 1),
        ((0,), 4),
    ],
)
def test_indices_cover_a_batch_once_in_few_pieces(batch, row):
    count = np.zeros((*batch, 1))
    indices = list(_indices(batch, row))
    for index in indices:
        count[index] += 1
        assert count[index].size * row <= max(BLOCK, row)
    assert (count == 1).all()
    assert len(indices) <= 2 * count.size * row / BLOCK + 1


@pytest.mark.parametrize("row", [100, BLOCK // PANEL, BLOCK])
def test_columns_are_taken_a_panel_at_a_time(row):
    panel = max(PANEL, BLOCK // row)
    count = np.zeros((50 * panel + 1, 1))
    indices = list(_indices((len(count),), row, by_columns=True))
    for index in indices:
        count[index] += 1
        assert len(count[index]) <= panel
    assert (count == 1).all()
    assert len(indices) == 51


def test_rows_give_the_same_bits_alone_and_in_company():
    z = logits((50, 17))
    together = softact.softmax(z)
    for row, p in zip(z, together, strict=True):
        assert_array_equal(softact.softmax(row), p)


def test_the_settings_of_numpy_are_left_as_they_were():
    before = np.getbufsize(), np.geterr()
    softact.softmax(logits((BLOCK // 500, 1000)))
    assert (np.getbufsize(), np.geterr()) == before


@pytest.mark.parametrize("function", [softact.softmax, softact.log_softmax, softact.sigmoid])
@pytest.mark.parametrize("offset", [0, 1e4])
def test_a_long_row_needs_two_mebibytes_beside_its_result(function, offset):
    x = logits((1, 10_000_000)) + offset
    before = softact.set_num_threads(1)  # each thread has its own
    tracemalloc.start()
    result = function(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    softact.set_num_threads(before)
    assert peak <= result.nbytes + 2 * 2**20


def test_products_without_the_matrix_scale_with_the_number_of_classes():
    z = logits(10_000_000)
    tracemalloc.start()
    softact.softmax_vjp(z, z)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 5 * z.nbytes


def test_no_matrix_that_cannot_be_held():
    with pytest.raises(MemoryError, match=r"1000000 × 1000000 float64 need 7,451 GiB; softmax_jvp"):
        softact.softmax_jacobian(np.zeros(1_000_000))
    with pytest.raises(
        MemoryError, match=r"^12 matrices of 1000000 × 1000000 float64 need 89,407 G"
    ):
        softact.softmax_jacobian(np.broadcast_to(0.0, (3, 4, 1_000_000)))


def test_shapes_of_matrices():
    for shape, axis in itertools.product([(2, 3, 4), (4, 2, 3)], [0, 1, 2]):
        z = logits(shape)
        rows = np.moveaxis(z, axis, -1)
        for function in (softact.softmax_jacobian, softact.log_softmax_jacobian):
            got = function(z, axis)
            assert got.shape == (*rows.shape, rows.shape[-1])
            assert_array_equal(got[1, 0], function(rows[1, 0]))

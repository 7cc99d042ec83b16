"""Numbers from elsewhere: they are read, or the error says what to do."""

import tracemalloc
from decimal import Decimal
from fractions import Fraction

import dask.array
import ml_dtypes
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

import softact

Z = [[0.5, -1.0, 2.0], [3.0, 0.0, 0.25]]


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_tensors_are_read_as_they_are(dtype):
    tensor = torch.tensor(Z, dtype=dtype)
    got = softact.softmax(tensor)
    assert isinstance(got, np.ndarray)
    assert_array_equal(got, softact.softmax(tensor.numpy()))
    labels = torch.tensor([2, 0])
    assert_array_equal(
        softact.cross_entropy(tensor, labels), softact.cross_entropy(tensor.numpy(), [2, 0])
    )


@pytest.mark.parametrize(
    ("tensor", "mended"),
    [
        (torch.tensor(Z, requires_grad=True), lambda t: t.detach().cpu()),
        (torch.tensor(Z, dtype=torch.bfloat16), lambda t: t.detach().cpu().float()),
    ],
)
def test_other_tensors_are_refused_with_what_to_do(tensor, mended):
    for function in (softact.softmax, softact.sigmoid, softact.logsumexp):
        with pytest.raises(TypeError, match=r"^NumPy cannot read [zx]: .*\.detach\(\)\.cpu\(\)"):
            function(tensor)
    assert_allclose(softact.softmax(mended(tensor)), softact.softmax(Z), rtol=1e-6)


@pytest.mark.parametrize(
    "numbers",
    [
        np.array(Z, ml_dtypes.bfloat16),
        [[Fraction(1, 2), Fraction(1, 3)]],
        [Decimal("0.5"), Decimal(1)],
        [10**30, 0],
    ],
)
def test_formats_that_numpy_does_not_know(numbers):
    with pytest.raises(TypeError, match=r"^z must hold floats, .*: convert it, .* dtype=float\)$"):
        softact.softmax(numbers)
    z = np.array(numbers, dtype=float)
    assert_allclose(softact.softmax(z).sum(axis=-1), 1)


def test_lists_and_buffers():
    want = softact.softmax(np.array(Z))
    for numbers in (Z, tuple(map(tuple, Z)), memoryview(np.array(Z))):
        assert_array_equal(softact.softmax(numbers), want)


@pytest.fixture
def blocks():
    """An array in blocks, and what it is."""
    z = 5 * np.random.default_rng(0).normal(size=(60, 1000)) + 2000
    return dask.array.from_array(z, chunks=(7, 300)), z


def test_dask_maps_softact_over_blocks_of_whole_rows(blocks):
    z, whole = blocks
    p = z.rechunk({1: -1}).map_blocks(softact.softmax, dtype=z.dtype)
    assert_array_equal(p.compute(scheduler="threads"), softact.softmax(whole))


def test_dask_merges_logsumexp_of_parts_by_logsumexp(blocks):
    z, whole = blocks
    parts = z.map_blocks(
        lambda block: softact.logsumexp(block, 1, keepdims=True),
        chunks=(z.chunks[0], (1,) * z.numblocks[1]),
        dtype=z.dtype,
    )
    total = parts.rechunk({1: -1}).map_blocks(softact.logsumexp, drop_axis=1, dtype=z.dtype)
    assert_allclose(total.compute(scheduler="threads"), softact.logsumexp(whole), rtol=1e-15)


@pytest.mark.slow
def test_an_array_larger_than_the_memory_given():
    """Blocks are made, reduced and forgotten: 800 MB in all, an eighth of it at any time."""
    n = 2_000_000
    z = dask.array.arange(50 * n, chunks=n, dtype=np.float64).reshape(50, n) % 1000
    parts = z.map_blocks(
        lambda block: softact.logsumexp(block, 1, keepdims=True), chunks=(1, 1), dtype=z.dtype
    )
    total = parts.map_blocks(softact.logsumexp, drop_axis=1, dtype=z.dtype)
    tracemalloc.start()
    got = total.compute(scheduler="single-threaded")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= z.nbytes / 8
    want = np.log(n // 1000) + softact.logsumexp(np.arange(1000.0))
    assert_allclose(got, np.full(50, want), rtol=1e-13)

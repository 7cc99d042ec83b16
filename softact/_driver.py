"""One way to compute: float64 blocks that fit the cache, rounded once on the way back.

Every public function hands a *kernel* to a driver. A kernel is the formula, written on float64
blocks; it knows nothing of dtypes, axes, strides, memory or threads, and raises no warnings.

- `map_entries` cuts arrays of one shape into pieces of one shape: ``kernel(*pieces, *outs)``.
- `map_rows` cuts a batch into blocks of rows: ``kernel(*blocks, *outs)``, each ``(rows, n)``.

The pieces do not depend on the number of threads that share them, so that no bit does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextvars import Context
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, cast, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softact._arrays import (
    Axis,
    as_rows,
    mask_array,
    real_array,
    reduced_axes,
    result_array,
    visible,
)
from softact._threads import in_parallel

Block: TypeAlias = NDArray[np.float64]
Kernel: TypeAlias = Callable[..., None]
Real = TypeVar("Real", np.float16, np.float32, np.float64, np.longdouble)

BLOCK = 1 << 17  # elements, 1 MiB of float64: smaller pays for calls, larger leaves the cache
PANEL = 1 << 9  # rows that are columns in memory: so many at least are read side by side
FEW, MANY = 8, 1 << 12  # but not if they are fewer, or have fewer elements
STRETCH = 512  # in rows as long NumPy need not copy what it stretches along them, if told so
FLOAT = np.dtype(np.float64)
AS_IT_IS = FLOAT, np.dtype(np.intp)  # what a kernel takes unconverted


def _settings(buffer: int) -> Context:
    """Make a context in which NumPy warns of nothing, which is entered faster than an errstate."""
    context = Context()
    context.run(np.seterr, all="ignore")
    context.run(np.setbufsize, buffer)
    return context


_SHORT, _LONG = _settings(np.getbufsize()), _settings(STRETCH)


class Elementwise(Protocol):
    """A function of one real array that keeps its shape and dtype; integers become float64."""

    __name__: str

    @overload
    def __call__(self, x: float, out: None = None) -> np.float64: ...
    @overload
    def __call__(self, x: Real, out: None = None) -> Real: ...
    @overload
    def __call__(self, x: NDArray[Real], out: None = None) -> NDArray[Real]: ...
    @overload
    def __call__(self, x: ArrayLike, out: NDArray[Real]) -> NDArray[Real]: ...
    @overload
    def __call__(self, x: ArrayLike, out: None = None) -> Any: ...


class Rowwise(Protocol):
    """A function from rows to rows; those along `axis`, or over several axes, or over all."""

    __name__: str

    @overload
    def __call__(
        self, z: NDArray[Real], axis: Axis = -1, *, out: None = None, where: ArrayLike | None = None
    ) -> NDArray[Real]: ...
    @overload
    def __call__(
        self, z: ArrayLike, axis: Axis = -1, *, out: NDArray[Real], where: ArrayLike | None = None
    ) -> NDArray[Real]: ...
    @overload
    def __call__(
        self, z: ArrayLike, axis: Axis = -1, *, out: None = None, where: ArrayLike | None = None
    ) -> Any: ...


def elementwise(function: Callable[..., Any]) -> Elementwise:
    """Tell a type checker what comes out for what goes in; the function stays what it is."""
    return cast(Elementwise, function)


def rowwise(function: Callable[..., Any]) -> Rowwise:
    """Tell it the same of a function of rows."""
    return cast(Rowwise, function)


def entries_to_entries(kernel: Kernel, x: ArrayLike, out: NDArray[Any] | None) -> Any:
    """Run the kernel of a function of one array."""
    array = real_array(x, "x")
    result, in_place = result_array(array, out)
    map_entries(kernel, [array], [result], in_place)
    return result if out is not None else result[()]


def rows_to_rows(
    kernel: Kernel,
    z: ArrayLike,
    axis: Axis,
    out: NDArray[Any] | None,
    where: ArrayLike | None,
    masked: float,
) -> Any:
    """Run the kernel of a function of rows; what `where` hides comes back as `masked`."""
    array = real_array(z, "z")
    result, in_place = result_array(array, out)
    axes = reduced_axes(axis, array.ndim)
    batch, (rows, results) = as_rows(axes, visible(array, where), result)
    map_rows(kernel, batch, [rows], [results], in_place)
    if where is not None:
        result[~mask_array(where, array.shape)] = masked
    return result if out is not None else result[()]


def rows_to_numbers(
    kernel: Kernel, axis: Axis, *arrays: NDArray[Any], of_nothing: float = 0.0
) -> Any:
    """Run the kernel of a function that makes one number of a row of each array."""
    batch, rows = as_rows(reduced_axes(axis, arrays[0].ndim), *arrays)
    result = np.full(batch, of_nothing, arrays[0].dtype)
    map_rows(kernel, batch, rows, [result])
    return result[()]


def map_entries(
    kernel: Kernel,
    inputs: Sequence[NDArray[Any]],
    outs: Sequence[NDArray[Any]],
    in_place: bool = False,
) -> None:
    """Run ``kernel(*pieces, *out_pieces)`` over arrays of one shape."""
    arrays, count = [*inputs, *outs], len(inputs)
    if 0 < arrays[0].size <= BLOCK:
        _SHORT.copy().run(_convert_and_run, kernel, arrays, None, count, in_place)
        return
    if all(array.flags.c_contiguous for array in arrays):
        arrays = [array.reshape(-1) for array in arrays]
    elif all(array.flags.f_contiguous for array in arrays):
        arrays = [array.reshape(-1, order="F") for array in arrays]
    map_rows(kernel, arrays[0].shape, arrays[:count], arrays[count:], in_place)


def map_rows(
    kernel: Kernel,
    batch: tuple[int, ...],
    inputs: Sequence[NDArray[Any]],
    outs: Sequence[NDArray[Any]],
    in_place: bool = False,
) -> None:
    """Run ``kernel(*blocks, *out_blocks)`` over arrays whose first axes are `batch`.

    What follows those axes in an array is flattened to its row: ``(rows, n)``, or ``(rows,)`` where
    nothing follows. Inputs that are not floats (class indices) stay what they are.
    """
    arrays, count = [*inputs, *outs], len(inputs)
    depths = [array.ndim - len(batch) for array in arrays]
    sizes = [array.size for array in arrays]
    if not all(sizes):
        return
    if max(sizes) <= BLOCK:
        _SHORT.copy().run(_convert_and_run, kernel, arrays, depths, count, in_place)
        return
    longest = max(sizes) // math.prod(batch)
    settings = _SHORT if longest < STRETCH else _LONG

    def run(index: tuple[Any, ...]) -> None:
        pieces = [array[index] for array in arrays]
        settings.copy().run(_convert_and_run, kernel, pieces, depths, count, in_place)

    in_parallel(run, list(_indices(batch, longest, any(map(_by_columns, arrays)))))


def _convert_and_run(
    kernel: Kernel,
    pieces: Sequence[NDArray[Any]],
    depths: Sequence[int] | None,
    inputs: int,
    in_place: bool,
) -> None:
    """Run the kernel on pieces of arrays, the first so many of which are inputs.

    The last so many axes of a piece are its row; entries, which have none, may keep their shape.
    """
    blocks, rounded = [], []
    for number, piece in enumerate(pieces):
        block, in_order = piece, piece.flags.c_contiguous
        columns = not in_order and depths is not None and depths[number] and _by_columns(piece)
        is_input = number < inputs
        if piece.dtype not in AS_IT_IS or not (in_order or columns) or (in_place and is_input):
            order: Literal["K", "C"] = "K" if columns else "C"
            dtype = FLOAT if piece.dtype.kind == "f" else piece.dtype
            if is_input:
                block = piece.astype(dtype, order)
            else:
                block = np.empty_like(piece, dtype, order)
                rounded.append((piece, block))
        if depths is None:
            block = block if block.ndim else block[None]  # what a kernel makes of it is an array
        elif not columns:
            block = _as_block(block, depths[number])
        blocks.append(block)
    kernel(*blocks)
    for piece, block in rounded:
        piece[...] = block


def _indices(
    batch: tuple[int, ...], row: int, by_columns: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Index a batch so that each piece holds about BLOCK elements, and a whole row at least."""
    whole = row * math.prod(batch)
    if whole <= BLOCK or not batch:
        yield (...,)
    elif len(batch) == 1 or whole // batch[0] <= BLOCK:
        step = max(PANEL if by_columns else 1, BLOCK * batch[0] // whole)
        for start in range(0, batch[0], step):
            yield (slice(start, start + step), ...)
    else:
        for i in range(batch[0]):
            for index in _indices(batch[1:], row):
                yield (i, *index)


def _by_columns(piece: NDArray[Any]) -> bool:
    """Whether the rows are columns in memory, and enough for a kernel to work along memory.

    To copy blocks whose rows are rows would take longer, unless they are small.
    """
    return (
        piece.ndim == 2
        and not piece.flags.c_contiguous
        and piece.strides[0] == piece.itemsize < piece.strides[1]
        and len(piece) >= FEW
        and piece.size >= MANY
    )


def _as_block(block: NDArray[Any], depth: int) -> NDArray[Any]:
    """View a contiguous array as rows, given how many of its last axes are the row."""
    if block.ndim == 1 + depth <= 2:
        return block
    if block.ndim == depth == 1:
        return block[None]
    return block.reshape(-1, math.prod(block.shape[-depth:])) if depth else block.reshape(-1)


def along(task: Callable[..., Any], *blocks: Block, size: int = BLOCK) -> list[Any]:
    """Run the task on blocks side by side: on pieces of so many columns, where rows are longer."""
    n = blocks[0].shape[1]
    if n <= size:
        return [task(*blocks)]

    def run(start: int) -> Any:
        return task(*[block[:, start : start + size] for block in blocks])

    starts = range(0, n, size)
    return in_parallel(run, starts) if n > BLOCK else [*map(run, starts)]

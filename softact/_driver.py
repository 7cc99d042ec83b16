"""One way to compute: float64 blocks that fit the cache, rounded once on the way back.

Every public function hands a *kernel* to a driver. A kernel is the formula, written on float64
blocks; it knows nothing of dtypes, axes, strides or memory, and raises no warnings.

- `map_blocks` cuts arrays of one shape into flat pieces: ``kernel(*pieces, *outs)``.
- `map_rows` cuts a batch into blocks of rows: ``kernel(*blocks, *outs)``, each ``(rows, n)``.

Where one array goes in and one like it comes out, the kernel is the body of the public function,
under the decorator `elementwise` or `rowwise`.
"""

import functools
import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softact._arrays import Axis, as_rows, mask_array, real_array, reduced_axes, result_array

Block: TypeAlias = NDArray[np.float64]
Kernel: TypeAlias = Callable[..., None]
Real = TypeVar("Real", np.float16, np.float32, np.float64, np.longdouble)

BLOCK = 1 << 17  # elements, 1 MiB of float64: smaller pays for calls, larger leaves the cache
PANEL = 1 << 12  # rows that are columns in memory: so many are read side by side
FEW = 8  # but no fewer
STRETCH = 512  # in rows as long NumPy need not copy what it stretches along them, if told so
AS_IT_IS = np.dtype(np.float64), np.dtype(np.intp)  # what a kernel takes unconverted


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


def elementwise(kernel: Kernel) -> Elementwise:
    """Make the public function whose formula is `kernel`, under its name and docstring."""

    @functools.wraps(kernel)
    def function(x: ArrayLike, out: NDArray[Any] | None = None) -> Any:
        array = real_array(x, "x")
        result, in_place = result_array(array, out)
        map_blocks(kernel, [array], [result], in_place)
        return result if out is not None else result[()]

    _show_signature(function)
    return function


class Rowwise(Protocol):
    """A function from rows to rows; those along `axis`, or over several axes, or over all."""

    __name__: str

    @overload
    def __call__(
        self,
        z: NDArray[Real],
        axis: Axis = -1,
        *,
        out: None = None,
        where: ArrayLike | None = None,
    ) -> NDArray[Real]: ...
    @overload
    def __call__(
        self, z: ArrayLike, axis: Axis = -1, *, out: NDArray[Real], where: ArrayLike | None = None
    ) -> NDArray[Real]: ...
    @overload
    def __call__(
        self, z: ArrayLike, axis: Axis = -1, *, out: None = None, where: ArrayLike | None = None
    ) -> Any: ...


def rowwise(masked: float) -> Callable[[Kernel], Rowwise]:
    """Make the public function whose formula is the kernel.

    What `where` hides counts as −∞ and comes back as `masked`.
    """

    def make(kernel: Kernel) -> Rowwise:
        @functools.wraps(kernel)
        def function(
            z: ArrayLike,
            axis: Axis = -1,
            *,
            out: NDArray[Any] | None = None,
            where: ArrayLike | None = None,
        ) -> Any:
            array = real_array(z, "z")
            result, in_place = result_array(array, out)
            axes = reduced_axes(axis, array.ndim)
            if where is not None:
                hidden = ~mask_array(where, array.shape)
                array = np.where(hidden, array.dtype.type(-np.inf), array)
            batch, (rows, results) = as_rows(axes, array, result)
            map_rows(kernel, batch, [rows], [results], in_place)
            if where is not None:
                result[hidden] = masked
            return result if out is not None else result[()]

        _show_signature(function)
        return function

    return make


def _show_signature(function: Any) -> None:
    """Let help() show the signature of the function itself, and not of the kernel it wraps."""
    function.__signature__ = inspect.signature(function, follow_wrapped=False)


@np.errstate(all="ignore")
def map_blocks(
    kernel: Kernel,
    inputs: Sequence[NDArray[Any]],
    outs: Sequence[NDArray[Any]],
    in_place: bool = False,
) -> None:
    """Run ``kernel(*pieces, *out_pieces)`` over arrays of one shape."""
    operands = [*inputs, *outs]
    if not in_place and all(map(_is_small, operands)):
        kernel(*[array.reshape(-1) for array in operands])  # what follows takes longer than that
        return
    if operands[0].size == 0:
        return
    pieces = np.nditer(  # type: ignore[call-overload]  # the stubs want lists of literals
        operands,
        flags=["external_loop", "buffered"],
        op_flags=[["readonly"]] * len(inputs) + [["writeonly"]] * len(outs),
        op_dtypes=[np.float64] * len(operands),
        casting="same_kind",
        buffersize=BLOCK,
    )
    with pieces:
        for blocks in pieces:
            read, write = blocks[: len(inputs)], blocks[len(inputs) :]
            kernel(*([block.copy() for block in read] if in_place else read), *write)


@np.errstate(all="ignore")
def map_rows(
    kernel: Kernel,
    batch: tuple[int, ...],
    inputs: Sequence[NDArray[Any]],
    outs: Sequence[NDArray[Any]],
    in_place: bool = False,
) -> None:
    """Run ``kernel(*blocks, *out_blocks)`` over arrays whose first axes are `batch`.

    What follows those axes in an array is flattened to its row: ``(rows, n)``, or ``(rows,)`` where
    nothing follows. Integer inputs (class indices) stay integers.
    """
    arrays = [*inputs, *outs]
    depth = len(batch)
    if not in_place and all(map(_is_small, arrays)):
        kernel(*[_as_rows(array, array.shape[depth:]) for array in arrays])
        return
    if not all(array.size for array in arrays):
        return
    if arrays[0].size >= STRETCH * math.prod(batch):
        np.setbufsize(STRETCH)  # until errstate ends
    rows = [array.shape[depth:] for array in arrays]
    for pieces in _pieces(batch, arrays):
        blocks = [_block(piece, row) for piece, row in zip(pieces, rows, strict=True)]
        if in_place:
            blocks[: len(inputs)] = [block.copy() for block in blocks[: len(inputs)]]
        kernel(*blocks)
        for piece, block in zip(pieces[len(inputs) :], blocks[len(inputs) :], strict=True):
            if not _is_block(piece):
                piece[...] = block.reshape(piece.shape)


def _pieces(batch: tuple[int, ...], arrays: list[NDArray[Any]]) -> Iterator[list[NDArray[Any]]]:
    """Cut arrays along their batch until the largest has about BLOCK elements, or is one row."""
    if max(array.size for array in arrays) <= BLOCK:
        yield arrays
        return
    row = max(math.prod(array.shape[len(batch) :]) for array in arrays)
    for index in _indices(batch, row, any(map(_by_columns, arrays))):
        yield [array[index] for array in arrays]


def _indices(
    batch: tuple[int, ...], row: int, by_columns: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Index a batch so that each piece holds about BLOCK elements, and a whole row at least."""
    whole = row * math.prod(batch)
    if whole <= BLOCK or not batch:
        yield (...,)
    elif len(batch) == 1 or whole // batch[0] <= BLOCK:
        step = PANEL if by_columns else max(1, BLOCK * batch[0] // whole)
        for start in range(0, batch[0], step):
            yield (slice(start, start + step), ...)
    else:
        for i in range(batch[0]):
            for index in _indices(batch[1:], row):
                yield (i, *index)


def _is_block(piece: NDArray[Any]) -> bool:
    """Whether a kernel can read and write the piece where it stands."""
    return _in_order(piece) or _by_columns(piece)


def _is_small(array: NDArray[Any]) -> bool:
    """Whether the array can go to a kernel whole and as it is."""
    return 0 < array.size <= BLOCK and _in_order(array)


def _in_order(piece: NDArray[Any]) -> bool:
    return piece.flags.c_contiguous and piece.dtype in AS_IT_IS


def _by_columns(piece: NDArray[Any]) -> bool:
    """Whether the rows are columns in memory, and enough for a kernel to work along memory.

    To copy blocks whose rows are rows would take longer, unless they are small.
    """
    return (
        piece.ndim == 2
        and piece.strides[0] == piece.itemsize < piece.strides[1]
        and len(piece) >= FEW
        and piece.size >= PANEL
        and piece.dtype == np.float64
    )


def _block(piece: NDArray[Any], row: tuple[int, ...]) -> NDArray[Any]:
    """Return the piece as rows: itself, or a copy in float64 (integers stay what they are)."""
    if _by_columns(piece):
        return piece
    dtype = np.float64 if piece.dtype.kind == "f" else piece.dtype
    return _as_rows(np.ascontiguousarray(piece, dtype), row)


def _as_rows(array: NDArray[Any], row: tuple[int, ...]) -> NDArray[Any]:
    """View a contiguous array as rows, given what of its shape is the row."""
    if array.ndim - len(row) == 1 and array.ndim <= 2:
        return array
    return array.reshape(-1, math.prod(row)) if row else array.reshape(-1)

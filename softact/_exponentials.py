"""The exponentials of a row of logits, up to a factor of the row, and how they split.

Two habits keep every digit. Exponentials are *not* shifted while the row's sum is in range: the
difference z − max z would cost |z − max z| units of rounding, and e^z costs none. And where 1 − p
is wanted, *the sum of the others* is formed instead.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from softact._arrays import outside
from softact._driver import BLOCK, Block, along

SHORT_ROW = 64  # below it, a call per row would cost more than the sum
PART = 8  # as many, and less than twice as many, are added up one after the other
PIECE = BLOCK // 8  # of a long row, so that the differences fit the cache beside it
LEAST_SUM = 0.5  # below it, entries that matter could be subnormal and short of digits


def row_sum(e: Block) -> Block:
    """Sum each row: in pairs if it is long, and without a call per row if it is short."""
    if not e.flags.c_contiguous:
        return _column_sum(e)
    short = e.shape[1] < SHORT_ROW
    total: Block = np.einsum("ij->i", e) if short else np.add.reduce(e, axis=1)
    return total


def _column_sum(e: Block) -> Block:
    """Sum rows that are columns in memory, side by side; in parts, so that rounding stays small."""
    n = e.shape[1]
    total: Block
    if n < 2 * PART:
        total = np.add.reduce(e, axis=1)
        return total
    parts = n // PART
    whole = parts * PART
    total = row_sum(np.add.reduce(e[:, :whole].reshape(len(e), parts, PART), axis=2))
    return total + _column_sum(e[:, whole:])


def exp_sum(z: Block, e: Block | None = None) -> Block:
    """Sum e^z along each row, and write it into `e` if there is one."""
    blocks = [z] if e is None else [z, e]
    sums = along(lambda *blocks: row_sum(np.exp(*blocks)), *blocks)
    return sums[0] if len(sums) == 1 else row_sum(np.transpose(sums))


def divide(e: Block, total: Block) -> None:
    """Divide each row of `e`."""
    column = total[:, None]
    along(lambda e: np.divide(e, column, out=e), e)


def exponentials(z: Block, e: Block) -> tuple[Block, Block | None]:
    """Write e^(z − c) into `e`; return the sum of each row, and each c unless all are 0."""
    total = exp_sum(z, e)
    wild = outside(total, LEAST_SUM)
    if not wild.size:
        return total, None
    shift = np.zeros(len(z))
    total[wild], shift[wild] = _shift(z, e, wild)
    return total, shift


def _shift(z: Block, e: Block, wild: NDArray[np.intp]) -> tuple[Block, Block]:
    """Shift these rows of `e`; return their sums and their maxima."""
    if wild.size == len(z):  # a row may be too long to be copied
        return _shifted(z, e)
    rows = np.empty((wild.size, z.shape[1]))
    result = _shifted(z[wild], rows)
    e[wild] = rows
    return result


def _shifted(z: Block, e: Block) -> tuple[Block, Block]:
    """Write e^(z − max z) = e^d (1 + r), where r is what rounding took from d = z − max z."""
    top = z.max(axis=1)

    def shift(z: Block, e: Block) -> None:
        d, r = difference(z, top[:, None])
        np.exp(d, out=e)
        e += e * r

    along(shift, z, e, size=PIECE)
    total = row_sum(e)
    infinite = np.isinf(top)
    if infinite.any():
        e[infinite] = limit(z[infinite])
        total[infinite] = np.count_nonzero(z[infinite] == np.inf, axis=1)
    return total, top


def difference(a: Block, b: Block) -> tuple[Block, Block]:
    """Return d = a − b rounded, and the r that makes d + r exact (TwoSum); 0 if d is infinite."""
    d = a - b
    back = d - a
    r = (a - (d - back)) - (b + back)
    r[np.isinf(d)] = 0
    return d, r


def limit(z: Block) -> Block:
    """Give all weight to the one +inf of a row; among several it is undetermined, nan."""
    hot = np.isposinf(z)
    weight = np.where(np.count_nonzero(hot, axis=1) == 1, 1.0, np.nan)
    return np.where(hot, weight[:, None], 0.0)


def flat_index(column: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """Index one entry of each row of a block with `n` columns, read row by row."""
    return np.arange(0, n * len(column), n) + column


def _entries(block: Block, at: NDArray[np.intp]) -> tuple[Block, Any]:
    """Return an array and an index that read and write these entries where they stand."""
    if block.flags.c_contiguous:
        return block.reshape(-1), at
    return block, np.divmod(at, block.shape[1])


def take(block: Block, at: NDArray[np.intp]) -> Block:
    """Read the entries at a flat index."""
    entries, index = _entries(block, at)
    result: Block = entries[index]
    return result


def put(block: Block, at: NDArray[np.intp], values: Block | float) -> None:
    """Write the entries at a flat index."""
    entries, index = _entries(block, at)
    entries[index] = values


class Split(NamedTuple):
    """Each row of exponentials, split into one entry and the others."""

    at: NDArray[np.intp]  # flat index of the entry of each row
    e: Block  # the entry
    others: Block  # the sum of the others
    total: Block  # the sum of all

    def probabilities(self, e: Block) -> tuple[Block, Block]:
        """Turn `e`, split at its largest entries, into p; return it, and 1 − p as others' sums.

        For all but the top, total − e is safe as it stands: e is at most half the total.
        """
        put(e, self.at, self.e)
        others = self.total[:, None] - e
        put(others, self.at, self.others)
        divide(e, self.total)
        divide(others, self.total)
        return e, others


def split(z: Block, e: Block, column: NDArray[np.intp]) -> Split:
    """Write the exponentials into `e`, the one at `column` replaced by 0, and split them there."""
    at = flat_index(column, z.shape[1])
    along(lambda z, e: np.exp(z, out=e), z, e)
    one, others = _split_off(e, at)
    total = others + one
    wild = outside(total, LEAST_SUM)
    if wild.size:
        put(e, at, one)
        total[wild], _ = _shift(z, e, wild)
        one, others = _split_off(e, at)
    return Split(at, one, others, total)


def _split_off(e: Block, at: NDArray[np.intp]) -> tuple[Block, Block]:
    """Replace one entry of each row by 0; return it, and the sum of the others."""
    entries, index = _entries(e, at)
    one = entries[index]
    entries[index] = 0
    return one, row_sum(e)


def log_sum(z: Block, e: Block) -> tuple[Block, Block]:
    """Return max z and log Σ e^(z − max z) of each row, nan where max z is infinite.

    `e` is room to work in. The others of the top are added up; of rows that are columns in memory,
    where finding the top would copy them, only if the top has more than half: else total − e is
    as good.
    """
    if e.flags.c_contiguous:
        parts = split(z, e, z.argmax(axis=1))
        return take(z, parts.at), np.log1p(parts.others / parts.e)
    total, shift = exponentials(z, e)
    top = z.max(axis=1)
    e_top = np.exp(top if shift is None else top - shift)
    others = total - e_top
    close = np.flatnonzero(others < e_top)
    if close.size:
        rows = np.ascontiguousarray(e[close])
        put(rows, flat_index(rows.argmax(axis=1), rows.shape[1]), 0)
        others[close] = row_sum(rows)
    return top, np.log1p(others / e_top)

"""The exponentials of a row of logits, up to a factor of the row, and how they split.

Two habits keep every digit. Exponentials are *not* shifted while the row's sum is in range: the
difference z − max z would cost |z − max z| units of rounding, and e^z costs none. And where 1 − p
is wanted, *the sum of the others* is formed instead.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from softact._driver import BLOCK, Block

SHORT_ROW = 64  # below it, a call per row would cost more than the sum
PART = 32  # as many, and less than twice as many, are added up one after the other
PIECE = BLOCK // 4  # of a long row, so that the differences fit the cache beside it
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


def exponentials(z: Block, e: Block) -> tuple[Block, Block]:
    """Write e^(z − c) into `e`, with a c for each row; return the sums of the rows, and the c."""
    np.exp(z, out=e)
    total, shift = row_sum(e), np.zeros(len(z))
    if total[total.argmin()] >= LEAST_SUM and total[total.argmax()] < np.inf:
        return total, shift
    wild = ~((total >= LEAST_SUM) & (total < np.inf))
    if wild.all():
        return _shifted(z, e)
    shifted = np.empty((np.count_nonzero(wild), z.shape[1]))
    total[wild], shift[wild] = _shifted(z[wild], shifted)
    e[wild] = shifted
    return total, shift


def _shifted(z: Block, e: Block) -> tuple[Block, Block]:
    """Write e^(z − max z) = e^d (1 + r), where r is what rounding took from d = z − max z."""
    top = z.max(axis=1)
    for start in range(0, z.shape[1], PIECE):
        part = np.s_[:, start : start + PIECE]
        d, r = difference(z[part], top[:, None])
        np.exp(d, out=e[part])
        e[part] += e[part] * r
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
    """Index one entry of each row of a block with `n` columns, for `take` and `put`."""
    return np.arange(0, n * len(column), n) + column


def entries(block: Block, column: NDArray[np.intp]) -> tuple[Block, Any]:
    """Return an array and an index that read and write one entry of each row of a block."""
    if block.flags.c_contiguous:  # one index is faster than two
        return block.reshape(-1), flat_index(column, block.shape[1])
    return block, (np.arange(len(block)), column)


class Split(NamedTuple):
    """Each row of exponentials, split into its top and the others."""

    top: NDArray[np.intp]  # flat index of the largest logit of each row
    z: Block  # that logit
    e: Block  # its exponential
    others: Block  # the sum of the other exponentials
    total: Block  # the sum of all

    def log_sum(self) -> Block:
        """Return log Σ e^(z − max z) = log(1 + others / e); 0 where the max is infinite."""
        result = np.log1p(self.others / self.e)
        result[np.isinf(self.z)] = 0
        return result

    def gap(self) -> Block:
        """Return the top's own z − max z: 0, or nan if ±inf leaves it undetermined."""
        return 0 * self.e / self.total

    def probabilities(self, e: Block) -> tuple[Block, Block]:
        """Turn `e` into p; return it, and 1 − p as the sum of the others.

        For all but the top, total − e is safe as it stands: e is at most half the total.
        """
        e.put(self.top, self.e)
        others = self.total[:, None] - e
        others.put(self.top, self.others)
        e /= self.total[:, None]
        others /= self.total[:, None]
        return e, others


def split(z: Block, e: Block) -> Split:
    """Write the exponentials into `e`, the top one of each row replaced by 0, and split them."""
    total, _ = exponentials(z, e)
    top = flat_index(z.argmax(axis=1), z.shape[1])
    e_top = e.take(top)
    e.put(top, 0)
    return Split(top, z.take(top), e_top, row_sum(e), total)


def log_sum(z: Block, e: Block) -> tuple[Block, Block]:
    """Return max z and log Σ e^(z − max z) of each row, nan where max z is infinite.

    `e` is room to work in. The others of the top are added up; of rows that are columns in memory,
    where finding the top would copy them, only if the top has more than half: else total − e is
    as good.
    """
    if e.flags.c_contiguous:
        parts = split(z, e)
        return parts.z, np.log1p(parts.others / parts.e)
    total, shift = exponentials(z, e)
    top = z.max(axis=1)
    e_top = np.exp(top - shift)
    others = total - e_top
    close = np.flatnonzero(others < e_top)
    if close.size:
        rows = np.ascontiguousarray(e[close])
        rows.put(flat_index(rows.argmax(axis=1), rows.shape[1]), 0)
        others[close] = row_sum(rows)
    return top, np.log1p(others / e_top)

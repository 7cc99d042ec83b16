"""Mutants of softact that no test can tell from it: module -> reason -> the changed lines."""

EQUIVALENT: dict[str, dict[str, list[str]]] = {
    "_arrays": {
        "the general way gives the same views": [
            "if axes == (len(shape) + 1,):",
        ],
        "the general way gives the same axes": [
            "if isinstance(axis, int) and -ndim == axis < ndim:",
            "if isinstance(axis, int) and -ndim < axis < ndim:",
            "if isinstance(axis, int) and +ndim <= axis < ndim:",
            "if isinstance(axis, int) and ndim <= axis < ndim:",
        ],
        "speed only: whatever is in range passes the closer look too": [
            "if not flat.size or (smallest(flat) == 0 and largest(flat) <= upper):",
            "if not flat.size or (smallest(flat) > 0 and largest(flat) <= upper):",
            "if not flat.size or (smallest(flat) >= 1 and largest(flat) <= upper):",
            "if not flat.size or (smallest(flat) >= 0 and largest(flat) < upper):",
            "if not flat.size or (smallest(flat) >= 0 and largest(flat) == upper):",
        ],
        "nothing is larger than inf": [
            'wanted = "non-negative" if upper >= math.inf else f"between 0 and {upper:g}"',
        ],
        "all arrays have one shape": [
            "shape = arrays[ -1].shape",
        ],
        "there is only one": [
            "return reduced_axes(axis, ndim)[ -1]",
            'return f" at index {place[ -1] if len(place) == 1 else place}" if place else ""',
        ],
        "an empty place was sent away before": [
            'return f" at index {place[0] if len(place) <= 1 else place}" if place else ""',
        ],
    },
    "_sigmoid_cross_entropy": {
        "speed only: what needs no mending is mended too": [
            "if not largest(x) == 709:",
            "if not largest(x) < 709:",
            "if not largest(x) <= 708:",
        ],
        "weights and labels are not negative": [
            "out[lost] = np.where(against <= 0, 0.0, against * np.inf)",
        ],
        "both ways are good there": [
            "high = np.flatnonzero(x >= 709)",
            "high = np.flatnonzero(x > 708)",
        ],
        "only infinite logits are lost": [
            "against = np.where(x[lost] >= 0, negative[lost], positive[lost])",
            "against = np.where(x[lost] > -1, negative[lost], positive[lost])",
            "against = np.where(x[lost] > 1, negative[lost], positive[lost])",
        ],
        "there are two inputs or three": [
            "map_entries(plain if len(self.inputs) <= 2 else weighted, self.inputs, results)",
        ],
        "what stands against an infinite logit is positive there, or nan": [
            "out[lost] = np.where(against == 0, 0.0, against + np.inf)",
        ],
    },
    "_cross_entropy": {
        "probabilities are not negative": [
            "gaps[q <= 0] = 0",
        ],
        "both ways are good there": [
            "if not largest(ratio) <= HUGE:",
            "far = np.flatnonzero(~(ratio <= HUGE))",
        ],
        "1e300 + 1 is the same float": [
            "HUGE = 1e+300",
        ],
        "weights are not negative": [
            "lost = w[y] <= 0",
        ],
        "the top exponential is positive or nan": [
            "put(gaps, parts.at, 0 / parts.e / parts.total)",
            "put(gaps, parts.at, 0 * parts.e * parts.total)",
        ],
    },
    "_driver": {
        "speed only": [
            "BLOCK = 1 << 16",
            "FEW, MANY = 7, 1 << 12",
            "in_place: bool = True,",
            "if whole < BLOCK or not batch:",
            "elif len(batch) == 1 or whole // batch[0] < BLOCK:",
            "and len(piece) < FEW",
            "and piece.size < MANY",
            "and piece.size == MANY",
            "and piece.size != MANY",
            "and piece.size > PANEL",
            "and piece.size <= MANY",
            "return in_order and 0 > array.size <= BLOCK",
            "return in_order and 0 < array.size == BLOCK",
            "return in_order and 0 < array.size < BLOCK",
            "return in_order and 1 < array.size <= BLOCK",
        ],
        "no size is negative": [
            "return in_order and 0 != array.size <= BLOCK",
        ],
        "what comes here is float or integer": [
            'dtype = np.float64 if piece.dtype.kind <= "f" else piece.dtype',
        ],
        "a batch without axes was sent away before": [
            "elif len(batch) <= 1 or whole // batch[0] <= BLOCK:",
        ],
        "a row longer than BLOCK is taken alone either way": [
            "elif len(batch) < 1 or whole // batch[0] <= BLOCK:",
            "elif len(batch) == 0 or whole // batch[0] <= BLOCK:",
        ],
        "the first axis divides the whole": [
            "elif len(batch) == 1 or whole / batch[0] <= BLOCK:",
        ],
        "either way is right, and columns may be summed in another order": [
            "and piece.strides[0] != piece.itemsize < piece.strides[1]",
            "and piece.strides[0] == piece.itemsize > piece.strides[1]",
            "and piece.strides[0] == piece.itemsize >= piece.strides[1]",
            "and piece.strides[0] >= piece.itemsize < piece.strides[1]",
            "and piece.strides[0] == piece.itemsize == piece.strides[1]",
            "and piece.strides[0] == piece.itemsize != piece.strides[1]",
            "and piece.strides[0] == piece.itemsize <= piece.strides[1]",
            "and piece.strides[0] > piece.itemsize < piece.strides[1]",
            "and piece.strides[0] < piece.itemsize < piece.strides[1]",
            "and piece.strides[0] <= piece.itemsize < piece.strides[1]",
            "and piece.strides[0] == piece.itemsize < piece.strides[ 0]",
            "and piece.strides[ -1] == piece.itemsize < piece.strides[1]",
            "and piece.strides[ 1] == piece.itemsize < piece.strides[1]",
        ],
        "NumPy takes any negative length for the unknown one": [
            "return array.reshape(-1, math.prod(row)) if row else array.reshape(- 2)",
            "_quiet().run(kernel, *[array.reshape(- 2) for array in arrays])",
            "return array.reshape(- 2, math.prod(row)) if row else array.reshape(-1)",
        ],
        "reshape gives the same view": [
            "if array.ndim + len(row) == 1 and array.ndim <= 2:",
            "if array.ndim - len(row) == 1 and array.ndim == 2:",
            "if array.ndim - len(row) == 1 and array.ndim < 2:",
            "if array.ndim - len(row) == 1 and array.ndim <= 1:",
        ],
    },
    "_entropy": {
        "p is not negative": [
            "terms[p <= 0] = q[p == 0]",
            "terms[p == 0] = q[p <= 0]",
        ],
        "no ratio is larger than inf": [
            "far = ~((ratio > 1e-300) & (ratio != np.inf))",
        ],
        "both ways are good there": [
            "far = ~((ratio >= 1e-300) & (ratio < np.inf))",
        ],
        "the next float is the same": [
            "SMALLEST = np.nextafter(0.0, 2.0)",
        ],
        "the last odd k is 3": [
            "for k in range(19, 2, -2):",
        ],
        "the series is good there too": [
            "near = np.abs(t) <= 0.25",
        ],
    },
    "_exponentials": {
        "no more rows are wild than there are": [
            "if wild.size >= len(z):",
        ],
        "without any inf there is no weight to give": [
            "weight = np.where(np.count_nonzero(hot, axis=1) <= 1, 1.0, np.nan)",
        ],
        "either way few are added up one after the other": [
            "if n < 2 + PART:",
            "if n < 1 * PART:",
            "if n < 3 * PART:",
            "if n <= 2 * PART:",
            "PART = 7",
            "PART = 9",
        ],
        "speed only": [
            "PIECE = BLOCK // 7",
            "PIECE = BLOCK // 9",
            "if smallest(total) == LEAST_SUM and largest(total) < np.inf:",
            "SHORT_ROW = 63",
            "SHORT_ROW = 65",
            "short = e.shape[1] <= SHORT_ROW",
            "close = np.flatnonzero(others <= e_top)",
            "if smallest(total) >= LEAST_SUM and largest(total) > np.inf:",
            "if smallest(total) > LEAST_SUM and largest(total) < np.inf:",
            "close = np.flatnonzero(others != e_top)",
        ],
        "nan fails the first comparison, and nothing else is larger than inf": [
            "if smallest(total) >= LEAST_SUM and largest(total) != np.inf:",
            "return np.flatnonzero(~((total >= LEAST_SUM) & (total != np.inf)))",
        ],
        "both ways are good there": [
            "return np.flatnonzero(~((total > LEAST_SUM) & (total < np.inf)))",
            "if not e.flags.c_contiguous:",
        ],
        "both ways of adding up are good": [
            "short = e.shape[1] == SHORT_ROW",
        ],
        "nothing is larger than inf": [
            "total[infinite] = np.count_nonzero(z[infinite] >= np.inf, axis=1)",
        ],
        "NumPy takes any negative length for the unknown one": [
            "return block.reshape(- 2), at",
        ],
    },
    "_numdiff": {
        "x and a positive step never add up to less than x": [
            "if not step > 0 or (point + step <= point).any():",
        ],
        "a step of 0 does not move x": [
            "if not step >= 0 or (point + step == point).any():",
        ],
        "any step serves whose square vanishes; a power of 2 saves a rounding": [
            "TINY = 3.0**-600",
            "TINY = 2.0**- 601",
            "TINY = 2.0**- 599",
        ],
        "the method is one of two": [
            'return method >= "complex"',
        ],
    },
    "_softmax": {
        "NumPy takes any negative length for the unknown one": [
            "matrix = out.reshape(*z.shape, - 2)",
        ],
        "speed only": [
            "odd = np.flatnonzero(~((out >= 1) & (out > np.inf)))",
            "odd = np.flatnonzero(~((out == 1) & (out < np.inf)))",
            "odd = np.flatnonzero(~((out >= 2) & (out < np.inf)))",
            "odd = np.flatnonzero(~((out > 1) & (out < np.inf)))",
            "if smallest(out) > 1 and largest(out) < np.inf:",
            "if not largest(top) > np.inf:",
        ],
        "nothing is larger than inf": [
            "infinite = top >= np.inf",
        ],
        "nan fails the first comparison, and nothing else is larger than inf": [
            "if smallest(out) >= 1 and largest(out) != np.inf:",
            "odd = np.flatnonzero(~((out >= 1) & (out != np.inf)))",
        ],
    },
    "_sigmoid": {
        "speed only: what needs no mending is mended too": [
            "if not largest(x) == 709:",
            "if not largest(x) < 709:",
            "if not largest(x) <= 708:",
            "if not smallest(small) == 1e-300:",
            "if not smallest(small) > 1e-300:",
            "if not smallest(small) >= 1.0:",
        ],
        "both ways give 1 there": [
            "out[x >= 709] = 1",
            "out[x > 708] = 1",
        ],
        "both ways are good there": [
            "low = np.flatnonzero(small <= 1e-300)",
        ],
    },
}

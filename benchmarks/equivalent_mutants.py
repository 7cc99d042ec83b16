"""Mutants of softact that no test can tell from it: module -> reason -> the changed lines."""

EQUIVALENT: dict[str, dict[str, list[str]]] = {
    "_arrays": {
        "the general way gives the same views": [
            "if axes == (len(shape) + 1,):",
        ],
        "nothing is larger than inf": [
            'wanted = "non-negative" if upper >= math.inf else f"between 0 and {upper:g}"',
        ],
        "an empty place was sent away before": [
            'return f" at index {place[0] if len(place) <= 1 else place}" if place else ""',
        ],
    },
    "_driver": {
        "speed only": [
            "if array.ndim + len(row) == 1 and array.ndim <= 2:",
            "step = PANEL if by_columns else max(1, BLOCK / batch[0] // whole)",
            "elif len(batch) == 1 or whole + batch[0] <= BLOCK:",
        ],
    },
    "_sigmoid": {
        "speed only: what needs no mending is mended too": [
            "if not x[x.argmax()] == 709:  # e^x may overflow; nan is not <= either",
            "if not x[x.argmax()] < 709:  # e^x may overflow; nan is not <= either",
            "if not x[x.argmax()] <= 708:  # e^x may overflow; nan is not <= either",
            "if not small.min() == 1e-300:  # odd / small may overflow",
            "if not small.min() > 1e-300:  # odd / small may overflow",
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

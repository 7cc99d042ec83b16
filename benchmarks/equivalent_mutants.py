"""How many mutants of each function no test can tell from it, and why: module -> place -> both."""

EQUIVALENT: dict[str, dict[str, tuple[int, list[str]]]] = {
    "_arrays": {
        "as_rows": (2, ["the general way gives the same views", "all arrays have one shape"]),
        "reduced_axes": (4, ["the general way gives the same axes"]),
        "nonnegative_array": (
            6,
            [
                "speed only: whatever is in range passes the closer look too",
                "nothing is larger than inf",
            ],
        ),
        "outside": (3, ["speed only", "both ways are good there"]),
        "single_axis": (1, ["there is only one"]),
        "at": (2, ["there is only one", "an empty place was sent away before"]),
    },
    "_sigmoid_cross_entropy": {
        "_grad": (
            5,
            ["speed only: what needs no mending is mended too", "both ways are good there"],
        ),
        "_loss": (
            5,
            [
                "weights and labels are not negative",
                "only infinite logits are lost",
                "what stands against an infinite logit is positive there, or nan",
            ],
        ),
        "_problem": (1, ["what is hidden counts for nothing, whatever its target"]),
        "solve": (1, ["there are two inputs or three"]),
        "sigmoid_cross_entropy": (1, ["there is only one result"]),
        "sigmoid_cross_entropy_grad": (1, ["there is only one result"]),
        "sigmoid_cross_entropy_curvature": (1, ["there is only one result"]),
    },
    "_cross_entropy": {
        "_soft": (2, ["probabilities are not negative", "the top exponential is positive or nan"]),
        "_hard": (1, ["no ratio is negative"]),
        "_share": (1, ["of a single class p is 1, whatever its share"]),
        "_class_indices": (1, ["speed only"]),
        "the module": (2, ["1e300 + 1 and 1e300 − 1 are the same float"]),
        "_problem": (1, ["weights are not negative"]),
    },
    "_driver": {
        "the module": (13, ["speed only"]),
        "map_entries": (
            12,
            [
                "speed only",
                "all arrays have one shape",
                "NumPy takes any negative length for the unknown one",
            ],
        ),
        "map_rows": (8, ["speed only"]),
        "rows_to_numbers": (2, ["all arrays have one shape and dtype"]),
        "_convert_and_run": (2, ["columns may be copied", "no kernel takes booleans"]),
        "_indices": (
            6,
            ["speed only", "a row longer than BLOCK is taken alone either way"],
        ),
        "_by_columns": (
            23,
            ["speed only", "either way is right, and columns may be summed in another order"],
        ),
        "_as_block": (
            11,
            ["NumPy takes any negative length for the unknown one", "reshape gives the same view"],
        ),
        "along": (9, ["speed only", "all blocks have one length"]),
    },
    "_entropy": {
        "_kl_divergence": (3, ["p is not negative", "the series is good there too"]),
        "_log_ratio": (2, ["no ratio is larger than inf", "both ways are good there"]),
        "the module": (1, ["the next float is the same"]),
        "_less_log1p": (1, ["the last odd k is 3"]),
    },
    "_exponentials": {
        "_shift": (1, ["no more rows are wild than there are"]),
        "limit": (1, ["without any inf there is no weight to give"]),
        "_column_sum": (4, ["either way few are added up one after the other"]),
        "the module": (6, ["either way few are added up one after the other", "speed only"]),
        "exp_sum": (4, ["speed only", "there is only one"]),
        "row_sum": (2, ["both ways of adding up are good there"]),
        "log_sum": (3, ["speed only", "both ways are good"]),
        "_shifted": (1, ["nothing is larger than inf"]),
        "_entries": (1, ["NumPy takes any negative length for the unknown one"]),
    },
    "_numdiff": {
        "numerical_derivative": (
            2,
            ["x and a positive step never add up to less than x", "a step of 0 does not move x"],
        ),
        "the module": (3, ["any step serves whose square vanishes; a power of 2 saves a rounding"]),
    },
    "_softmax": {
        "softmax_jacobian_kernel": (1, ["NumPy takes any negative length for the unknown one"]),
        "_log_softmax_jacobian": (1, ["NumPy takes any negative length for the unknown one"]),
        "_logsumexp": (1, ["speed only: what needs no mending is mended too"]),
        "_log_softmax": (2, ["speed only", "nothing is larger than inf"]),
        "the module": (2, ["only a type checker sees the decorator"]),
    },
    "_sigmoid": {
        "_sigmoid": (
            5,
            ["speed only: what needs no mending is mended too", "both ways give 1 there"],
        ),
        "_logit": (
            4,
            ["speed only: what needs no mending is mended too", "both ways are good there"],
        ),
        "the module": (5, ["only a type checker sees the decorator"]),
    },
    "_threads": {
        "in_parallel": (1, ["1 and 0 start no thread"]),
        "the module": (1, ["no place is negative"]),
    },
}

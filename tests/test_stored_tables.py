"""The tables of measurements in the reference are whole, and show no promise broken."""

import re
from pathlib import Path

from benchmarks import accuracy, exhaustive

DATA = Path(__file__).parents[1] / "chapters" / "data"


def lines(name):
    """Return what follows the line that says when and on what the table was made."""
    made, *rows = (DATA / name).read_text("utf-8").splitlines()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC, .*NumPy", made)
    return rows


def test_accuracy_is_measured_on_every_set_of_inputs_and_within_its_bounds():
    head, *rows = lines("accuracy.txt")
    assert head == accuracy.HEAD
    found = re.findall(r"^(\w+) +(.*?) +f8 +(\S+) +\S+ +\S+ +(\S+)$", "\n".join(rows), re.MULTILINE)
    assert len(found) == len(rows)
    sets = [name for name, z in accuracy.SETS.items() if z.shape[1] <= 1000]
    assert [(function, inputs) for function, inputs, *_ in found] == [
        *((name, region) for name in accuracy.ELEMENTWISE for region in accuracy.REGIONS),
        *((name, inputs) for name in accuracy.ROWS for inputs in sets),
    ]
    bounds = {name: row.bound for name, row in (accuracy.ELEMENTWISE | accuracy.ROWS).items()}
    for function, inputs, error, bound in found:
        assert float(bound) == bounds[function]
        assert float(error) <= float(bound), (function, inputs)


def test_every_float32_number_was_tried():
    rows = lines("exhaustive.txt")
    assert [row.split()[0] for row in rows] == exhaustive.FUNCTIONS
    for row in rows:
        assert " 100.0% of 2^32: 4,278,190,080 finite, " in row
        largest = re.search(r"rounded; (0\.\d+) at |rounded; (0\.5) or less", row)
        assert float(largest[1] or largest[2]) <= 0.501

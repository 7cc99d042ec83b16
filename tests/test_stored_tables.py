"""The tables of measurements in the reference are whole, and show no promise broken."""

import csv
import hashlib
import re
from pathlib import Path

import pytest

from benchmarks import accuracy, bench, exhaustive
from benchmarks.machine import store

DATA = Path(__file__).parents[1] / "chapters" / "data"


def rows_of(name, columns):
    """Return what follows the line that says when and on what the table was made."""
    made, *lines = (DATA / name).read_text("utf-8").splitlines()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC, .*NumPy", made)
    head, *rows = csv.reader(lines)
    assert head == list(columns)
    assert {len(row) for row in rows} == {len(head)}
    return rows


def test_what_is_stored_is_unchanged():
    for line in (DATA / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest, name


def test_accuracy_is_measured_on_every_set_of_inputs_and_within_its_bounds():
    rows = rows_of("accuracy.csv", accuracy.COLUMNS)
    assert {row[2] for row in rows} == {"f8"}
    sets = [name for name, z in accuracy.SETS.items() if z.shape[1] <= 1000]
    assert [(function, inputs) for function, inputs, *_ in rows] == [
        *((name, region) for name in accuracy.ELEMENTWISE for region in accuracy.REGIONS),
        *((name, inputs) for name in accuracy.ROWS for inputs in sets),
    ]
    bounds = {name: row.bound for name, row in (accuracy.ELEMENTWISE | accuracy.ROWS).items()}
    for function, inputs, _, error, *_, bound in rows:
        assert float(bound) == bounds[function]
        assert float(error) <= float(bound), (function, inputs)


def test_every_float32_number_was_tried():
    rows = rows_of("exhaustive.csv", exhaustive.COLUMNS)
    assert [row[0] for row in rows] == list(exhaustive.FUNCTIONS)
    for _, share, finite, _, largest, _ in rows:
        assert (share, finite) == ("100.0%", "4,278,190,080")
        assert float(largest.removesuffix(" or less")) <= 0.501


@pytest.mark.parametrize("processor", ["avx2", "avx512"])
def test_speed_is_measured_for_every_function_and_shape(processor):
    rows = rows_of(f"speed_{processor}.csv", bench.COLUMNS)
    last = [(name, shape) for name, shape, axis, dtype, *_ in rows if (axis, dtype) == ("-1", "f8")]
    shapes = [f"{rows}x{columns}" for rows, columns in bench.SHAPES]
    assert last == [(name, shape) for name in bench.CONTESTS for shape in shapes]


def test_what_is_stored_can_be_read_again(tmp_path):
    rows = [["function", "finite"], ["sigmoid", "4,278,190,080"]]
    store(tmp_path / "table.csv", "made today, on this", rows)
    made, *lines = (tmp_path / "table.csv").read_text("utf-8").splitlines()
    assert made == "made today, on this"
    assert list(csv.reader(lines)) == rows

"""What counts as moved when the chapters are run under other releases."""

from __future__ import annotations

import json

import pytest

from tools.moved import main, moved

BEFORE = {"one": {"claims": {"a": {"numpy": 1.0}, "b": {}}, "failures": ["line 9: known"]}}
SHIFTED = {"one": BEFORE["one"] | {"claims": {"a": {"numpy": 2.0}, "b": {}}}}
FAILING = {"one": {"claims": {"a": {"numpy": 1.0}}, "failures": ["line 9: known", "line 12: b"]}}


def test_nothing_moves_when_nothing_changes() -> None:
    assert list(moved(BEFORE, BEFORE)) == []


def test_a_gap_that_changes_within_its_tolerance_is_told() -> None:
    told = list(moved(BEFORE, SHIFTED))
    assert told == ["chapters/one.md, a: {'numpy': 1.0} became {'numpy': 2.0}"]


def test_a_claim_that_fails_or_vanishes_is_told() -> None:
    assert list(moved(BEFORE, FAILING)) == [
        "chapters/one.md, line 12: b",
        "chapters/one.md, b: not confirmed any more",
    ]


@pytest.mark.parametrize(("after", "status"), [(BEFORE, 0), (SHIFTED, 1), (FAILING, 1)])
def test_the_command_fails_if_anything_moved(tmp_path, capsys, after, status: int) -> None:
    files = [tmp_path / "before.json", tmp_path / "after.json"]
    for file, showing in zip(files, (BEFORE, after), strict=True):
        file.write_text(json.dumps(showing), "utf-8")
    assert main([str(file) for file in files]) == status
    assert (capsys.readouterr().out == "Nothing moved.\n") == (status == 0)

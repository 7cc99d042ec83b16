"""What counts as moved when the chapters are run under other releases."""

from __future__ import annotations

from benchmarks.try_newest import moved

BEFORE = {"one": {"claims": {"a": {"numpy": 1.0}, "b": {}}, "failures": ["line 9: known"]}}


def test_nothing_moves_when_nothing_changes() -> None:
    assert moved(BEFORE, BEFORE) == ([], [])


def test_a_gap_that_changes_within_its_tolerance_is_told() -> None:
    after = {"one": BEFORE["one"] | {"claims": {"a": {"numpy": 2.0}, "b": {}}}}
    assert moved(BEFORE, after) == (
        [],
        ["chapters/one.md, a: {'numpy': 1.0} became {'numpy': 2.0}"],
    )


def test_a_claim_that_fails_or_vanishes_is_a_failure() -> None:
    after = {"one": {"claims": {"a": {"numpy": 1.0}}, "failures": ["line 9: known", "line 12: b"]}}
    assert moved(BEFORE, after) == (
        ["chapters/one.md, line 12: b", "chapters/one.md, b: not confirmed any more"],
        [],
    )

"""The checks of all chapters as tests: a new NumPy, SymPy or torch is tried without building."""

from __future__ import annotations

from pathlib import Path

import pytest

import softact
from evidence import Disagreement
from evidence.run import rerun

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def no_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")


@pytest.mark.parametrize("chapter", rerun.chapters())
def test_the_claims_of_the_chapter_stand(chapter: str) -> None:
    failures = rerun.rerun(chapter).failures
    assert not failures, "\n".join(f"chapters/{chapter}.md, {failure}" for failure in failures)


@pytest.mark.parametrize(
    ("function", "chapter"),
    [
        ("sigmoid_prime", "sigmoid"),
        ("softmax_jacobian", "softmax_jacobian"),
        ("logsumexp", "logsumexp"),
        ("cross_entropy_grad", "cross_entropy"),
    ],
)
def test_a_function_off_by_a_millionth_is_noticed(
    function: str, chapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = getattr(softact, function)
    monkeypatch.setattr(softact, function, lambda *a, **k: right(*a, **k) * (1 + 1e-6))
    errors = [failure.error for failure in rerun.rerun(chapter).failures]
    assert any(isinstance(error, Disagreement) for error in errors), errors

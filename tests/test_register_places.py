"""No sentence of the notes is left over: each is judged by a row, or said to claim nothing.

The notes are not part of this project. They are looked for in shared/sources, in the folders that
the project lies in, or where NOTES says; elsewhere the test is skipped.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.sphinx.claims import Claims, read_claims
from evidence.sphinx.places import left_over, mistaken, read_place

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = [Path(os.environ.get("NOTES", "")), *(up / "shared/sources" for up in ROOT.parents)]


@pytest.fixture(scope="module")
def notes() -> dict[str, str]:
    """Give the texts of the notes, which are numbered in the order of their files."""
    found = next((files for each in FOLDERS if (files := sorted(each.glob("00?_*.txt")))), [])
    if not found:
        pytest.skip("the notes are not here (shared/sources, or the folder that NOTES names)")
    return {f"S{k}": path.read_text("utf-8") for k, path in enumerate(found)}


@pytest.fixture(scope="module")
def claims() -> Claims:
    return read_claims((ROOT / "chapters/data/claims.yml").read_text("utf-8"))


def gaps(claims: Claims, notes: dict[str, str]) -> list[str]:
    """Say what is left over, and which places are not there."""
    found = []
    for note, text in notes.items():
        named = [each for each in (*claims.rows, *claims.no_claim) if each.note == note]
        places = [read_place(place) for each in named for place in each.at]
        found += [f"{note}, {place}: left over" for place in left_over(text, places)]
        found += [f"{note}, {place}" for place in mistaken(text, places)]
    return found


def test_every_sentence_is_judged_or_said_to_claim_nothing(
    claims: Claims, notes: dict[str, str]
) -> None:
    assert list(notes) == list(claims.notes)
    assert gaps(claims, notes) == []


def test_a_place_that_is_taken_away_is_missed(claims: Claims, notes: dict[str, str]) -> None:
    alone = next(row for row in claims.rows if row.id == "S0.19")
    rows = [replace(row, at=()) if row == alone else row for row in claims.rows]
    assert gaps(replace(claims, rows=rows), notes) == ["S0, 66.3: left over"]

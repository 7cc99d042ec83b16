"""The reference lists every function, and every entry of the bibliography can be found."""

from __future__ import annotations

import re
from pathlib import Path

from pybtex.database import parse_file

import softact

CHAPTERS = Path(__file__).parents[1] / "chapters"
IDENTIFIERS = {
    "doi": r"10\.\d{4,9}/\S+",
    "eprint": r"\d{4}\.\d{5}",
    "isbn": r"[\d-]{13,17}",
    "url": r"https?://\S+",
}


def test_the_reference_lists_every_public_function_once() -> None:
    page = (CHAPTERS / "api.md").read_text("utf-8")
    assert sorted(re.findall(r"^\.\. autofunction:: (\w+)$", page, re.MULTILINE)) == softact.__all__


def test_every_entry_of_the_bibliography_can_be_found() -> None:
    entries = parse_file(str(CHAPTERS / "references.bib")).entries
    assert entries
    for key, entry in entries.items():
        given = [name for name in IDENTIFIERS if name in entry.fields]
        assert given, f"{key} has no identifier"
        for name in given:
            assert re.fullmatch(IDENTIFIERS[name], entry.fields[name]), f"{key}: {name}"


def test_the_bibliography_lists_no_work_twice() -> None:
    entries = parse_file(str(CHAPTERS / "references.bib")).entries
    assert list(entries) == sorted(entries), "in the order of the keys"
    titles = [entry.fields["title"].casefold() for entry in entries.values()]
    assert len(set(titles)) == len(titles)

"""The numbers in what a visitor reads first: each is an input of an example, or computed here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.page.formula import formulas
from evidence.page.numerals import stated
from softact._driver import BLOCK

ROOT = Path(__file__).parents[1]
NAMES = ["Python", "PyTorch", "NumPy", "IEEE", "MIT", "Java"]
# What a file may state: inputs and marks of examples, and numbers that are held elsewhere.
MEANT = {
    "README.md": ["3", "2"],  # the logits of the cover; gigabytes
    "softact/README.md": ["64", f"{BLOCK:,}"],  # bits of an integer; from here on threads share
    "evidence/README.md": ["0.25", "3", "5", "2", "9", "25 %"],  # marks; sizes of points
    "CONTRIBUTING.md": ["50", "120", "2,000", "2³²"],  # digits; the measure of a page; float32
}


def prose(text: str) -> str:
    """Return a text without code and without the first column of lists."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`]*`|^ {4}.*$|^\d+\. ", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", MEANT)
def test_every_number_is_accounted_for(name):
    found = stated(prose((ROOT / name).read_text("utf-8")), NAMES)
    assert not set(found) - set(MEANT[name]), found


@pytest.mark.parametrize("name", ["README.md", "softact/README.md", "CONTRIBUTING.md"])
def test_no_formula_is_typed(name):
    assert not formulas((ROOT / name).read_text("utf-8"))

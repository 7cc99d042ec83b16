"""A book in which a check is taken away must not be built, and must say which claim lost it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.test_build import CHAPTER, ROOT, TOC, book, edit, house, refused_twice

__all__ = ["house"]  # pytest finds the fixture by its name

CLAIMS = """\
notes: {S0: A note}
claims:
  - id: S0.1
    claim: "The sigmoid of 0 is 1."
    verdict: ERR
    truth: "It is {said}`0.5 <at_zero>`."
    chapter: one
"""
CHECK = """
```{code-cell}
from evidence import holds

zero = holds(
    "one.at-zero", "σ(0) = ½", test=lambda p: p == 0.5, version=sigmoid(0.0), settles=["S0.1"]
)
```

```{code-cell}
zero.refuse("the note's 1", 1.0)
```

The row is {ref}`S0.1`, and its check {ref}`one.at-zero`.
"""
PAGE = CHAPTER[: CHAPTER.index("# A chapter")] + (
    "# The claims\n\n```{claims-register}\n```\n\n"
    "```{code-cell}\nfrom evidence import said\n\nsaid(at_zero=0.5)\n```\n"
)


@pytest.fixture
def book_of_claims(house: Path) -> Path:
    (house / "chapters/data").mkdir()
    shutil.copy(ROOT / "chapters/references.bib", house / "chapters")
    (house / "chapters/data/claims.yml").write_text(CLAIMS, "utf-8")
    (house / "chapters/one.md").write_text(CHAPTER + CHECK, "utf-8")
    (house / "chapters/claims.md").write_text(PAGE, "utf-8")
    (house / "_toc.yml").write_text(f"{TOC}  - file: chapters/claims\n", "utf-8")
    return house


def test_the_register_leads_to_the_check(book_of_claims: Path) -> None:
    code, said = book(book_of_claims)
    assert code == 0, said
    page = (book_of_claims / "_build/html/chapters/claims.html").read_text("utf-8")
    assert 'id="S0.1"' in page
    assert 'href="one.html#claim-one.at-zero"' in page
    assert "the note’s 1" in page
    chapter = (book_of_claims / "_build/html/chapters/one.html").read_text("utf-8")
    assert 'id="claim-one.at-zero"' in chapter
    assert 'href="claims.html#S0.1"' in chapter


def test_a_check_that_is_taken_away_is_missed(book_of_claims: Path) -> None:
    edit(book_of_claims / "chapters/one.md", ', settles=["S0.1"]', "")
    refused_twice(
        book_of_claims,
        r"claims\.yml:3: WARNING: S0\.1: no check in chapters/one\.md settles it",
    )


def test_a_wrong_version_that_nobody_refuses_is_missed(book_of_claims: Path) -> None:
    edit(book_of_claims / "chapters/one.md", 'zero.refuse("the note\'s 1", 1.0)', "zero")
    code, said = book(book_of_claims)
    assert code != 0
    assert re.search(r"claims\.yml:3: WARNING: S0\.1 is ERR: .* has not refused", said), said


def test_a_draft_reads_the_register_again_only_for_new_records(book_of_claims: Path) -> None:
    page = book_of_claims / "_build/html/chapters/claims.html"
    code, said = book(book_of_claims)
    assert code == 0, said

    edit(book_of_claims / "chapters/one.md", "The row is {ref}", "Its row is {ref}")
    code, said = book(book_of_claims, "draft")
    assert code == 0, said
    assert re.findall(r"reading sources.*% *\] (\S+)", said) == ["chapters/one"]

    edit(book_of_claims / "chapters/one.md", "the note's 1", "the note's one")
    code, said = book(book_of_claims, "draft")
    assert code == 0, said
    assert "the note’s one" in page.read_text("utf-8")

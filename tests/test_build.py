"""A book that is wrong in one way must not be built: not at first, and not when tried again."""

from __future__ import annotations

import re

import pytest

from tests import faults
from tests.house import House


def test_a_right_book_is_built_among_files_of_other_tools(house: House) -> None:
    """pytest leaves a README.md in its cache, which a strict build over all files trips over."""
    built = house.after("right")
    assert built.code == 0, built.said
    assert "executing chapters/one " in built.said
    assert (built.site / "chapters/one.html").exists()


def test_a_right_book_is_executed_once(house: House) -> None:
    built = house.after("public")
    assert built.code == 0, built.said
    assert "executing" not in built.said


def test_the_house_leaves_the_environment_that_it_borrows_alone(house: House) -> None:
    """Its pins differ from those that the environment was made from; `dev.py` would update it."""
    assert "another pin" in (house.folder / "requirements.txt").read_text("utf-8")
    assert "environment" not in house.after("right").said


@pytest.mark.parametrize("attempt", ["wrong", "tried_again"])
@pytest.mark.parametrize("wrong", [*faults.CHAPTERS, *faults.ELSEWHERE])
def test_a_fault_is_refused_every_time(house: House, wrong: str, attempt: str) -> None:
    built = house.after(attempt)
    assert re.search(faults.message(wrong), built.said), built.said
    assert built.code != 0
    assert "The book is built" not in built.said


@pytest.mark.parametrize("attempt", ["wrong", "tried_again"])
def test_what_is_right_is_not_blamed(house: House, attempt: str) -> None:
    blamed = set(re.findall(r"^chapters/([\w-]+)\.md:", house.after(attempt).said, re.M))
    assert blamed == {*map(faults.stem, faults.CHAPTERS), "one", "two", "forgotten"}


def test_an_unreadable_setting_is_refused(house: House) -> None:
    built = house.after("unreadable")
    assert built.code != 0
    assert "_toc.yml" in built.said

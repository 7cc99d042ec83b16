"""A book in which a check is taken away must not be built: `tests/faults.py` has these faults.

Here is what the register shows, and when a draft reads it again.
"""

from __future__ import annotations

import re

from tests.house import House


def test_the_register_leads_to_the_check(house: House) -> None:
    built = house.after("right")
    assert built.code == 0, built.said
    page = built.page("chapters/claims")
    assert 'id="S0.1"' in page
    assert 'href="one.html#claim-one.at-zero"' in page
    assert "the note’s 1" in page
    chapter = built.page("chapters/one")
    assert 'id="claim-one.at-zero"' in chapter
    assert 'href="claims.html#S0.1"' in chapter


def test_a_draft_reads_the_register_again_only_for_new_records(house: House) -> None:
    built = house.after("reworded")
    assert built.code == 0, built.said
    assert re.findall(r"reading sources.*% *\] (\S+)", built.said) == ["chapters/one"]
    assert "the note’s 1" in built.page("chapters/claims")

    built = house.after("recorded")
    assert built.code == 0, built.said
    assert "the note’s one" in built.page("chapters/claims")

"""No claim of the notes may stand without its check: each rule of the register bites."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence.sphinx.claims import Claims, NoClaim, Row, Verdict, join, read_claims

ROOT = Path(__file__).parents[3]
CLAIMS_IN = {"S0": 34, "S1": 42, "S2": 52, "S3": 19, "S4": 15}

NOTES = {"S0": "A note"}
VERDICTS = {
    "OK": Verdict("right"),
    "OK*": Verdict("right, with a condition", ("truth",)),
    "ERR": Verdict("wrong", ("truth", "refusal")),
    "MISL": Verdict("misleading", ("truth", "refusal")),
    "FIG": Verdict("a figure"),
    "UNV": Verdict("cannot be verified", ("reason",)),
    "NOTE": Verdict("claims nothing", ("reason",)),
}
RIGHT = Row("S0.1", "One is one.", "OK", 10, chapter="one")
WRONG = Row("S0.2", "One is two.", "ERR", 20, truth="One is one.", chapter="one")
AGAIN = Row("S0.3", "One is two, again.", "ERR", 30, truth="It is one.", same_as=("S0.2",))
OPINION = Row("S0.4", "One is lovely.", "UNV", 40, reason="A matter of taste.")
ROWS = [RIGHT, WRONG, AGAIN, OPINION]

CHECK = {"kind": "claim", "id": "one.is-one", "evidence": "exact", "settles": ["S0.1", "S0.2"]}
REFUSAL = {"kind": "refusal", "id": "one.is-one", "settles": ["S0.1", "S0.2"], "wrong": "two"}


def joined(
    rows: list[Row] = ROWS, to_come: tuple[str, ...] = (), **pages: Any
) -> tuple[dict[str, str], list[str]]:
    """Give the state of each row and what is missing, with the place where it is."""
    entries, problems = join(Claims(NOTES, VERDICTS, rows, to_come), pages)
    return {e.row.id: e.state for e in entries}, [f"{p.where}: {p.text}" for p in problems]


def test_a_page_that_settles_everything_is_accepted() -> None:
    states, problems = joined(one=[CHECK, REFUSAL])
    assert problems == []
    assert list(states.values()) == ["settled", "settled", "settled", "unchecked"]


def test_a_row_without_a_check_is_named() -> None:
    check = CHECK | {"settles": ["S0.2"]}
    states, problems = joined(one=[check, REFUSAL | {"settles": ["S0.2"]}])
    assert problems == ["10: S0.1: no check in chapters/one.md settles it"]
    assert states["S0.1"] == "open"


def test_a_row_that_is_the_same_as_an_open_one_is_open() -> None:
    states, problems = joined(one=[CHECK | {"settles": ["S0.1"]}])
    assert states["S0.3"] == "open"
    assert problems == ["20: S0.2: no check in chapters/one.md settles it"]


def test_a_row_that_is_the_same_as_two_needs_both() -> None:
    both = replace(AGAIN, same_as=("S0.1", "S0.2"))
    states, _ = joined([RIGHT, WRONG, both], one=[CHECK | {"settles": ["S0.1"]}])
    assert (states["S0.1"], states["S0.3"]) == ("settled", "open")
    states, problems = joined([RIGHT, WRONG, both], one=[CHECK, REFUSAL])
    assert (states["S0.3"], problems) == ("settled", [])


def test_a_check_in_another_chapter_does_not_settle_a_row() -> None:
    _, problems = joined(one=[], two=[CHECK, REFUSAL])
    assert problems == [
        f"{line}: {name}: no check in chapters/one.md settles it; "
        "one.is-one (chapters/two.md) does elsewhere"
        for line, name in [(10, "S0.1"), (20, "S0.2")]
    ]


def test_a_check_of_an_unknown_claim_is_named() -> None:
    check = CHECK | {"settles": ["S0.1", "S0.2", "S0.99"]}
    _, problems = joined(one=[check, REFUSAL])
    assert problems == [
        "one: one.is-one (chapters/one.md) settles S0.99, which claims.yml does not have"
    ]


@pytest.mark.parametrize("verdict", ["ERR", "MISL"])
def test_a_wrong_claim_needs_its_wrong_version_refused(verdict: str) -> None:
    rows = [RIGHT, replace(WRONG, verdict=verdict)]
    expected = f"20: S0.2 is {verdict}: one.is-one (chapters/one.md) has not refused"
    for refusals in [[], [REFUSAL | {"id": "another"}], [REFUSAL | {"settles": ["S0.1"]}]]:
        _, problems = joined(rows, one=[CHECK, *refusals])
        assert len(problems) == 1
        assert problems[0].startswith(expected)
    assert joined(rows, one=[CHECK, REFUSAL])[1] == []


def test_a_row_that_rests_on_samples_must_say_so() -> None:
    record = CHECK | {"settles": ["S0.1"], "evidence": "sampled"}
    _, problems = joined([RIGHT], one=[record])
    assert problems == [
        f"10: S0.1 rests on sampled points alone ({record['id']} (chapters/one.md)): "
        "prove it, or say why not in the field `sampled`"
    ]
    says_so = replace(RIGHT, sampled="No proof is known.")
    assert joined([says_so], one=[record])[1] == []
    proved = CHECK | {"id": "one.proved"}
    assert joined([RIGHT], one=[record, proved | {"settles": ["S0.1"]}])[1] == []
    assert joined([says_so], one=[proved | {"settles": ["S0.1"]}])[1] == [
        "10: S0.1: its field `sampled` is out of date, there is better evidence"
    ]


def test_what_is_proved_is_named_first() -> None:
    kinds = ["measured", "sampled", "proved", "computed", "exact"]
    records = [CHECK | {"id": f"one.{kind}", "evidence": kind} for kind in kinds]
    [entry], _ = join(Claims(NOTES, VERDICTS, [RIGHT]), {"one": records})
    found = [check.record["evidence"] for check in entry.checks]
    assert found == ["proved", "exact", "computed", "measured", "sampled"]


def test_an_opinion_that_is_checked_is_no_opinion() -> None:
    check = CHECK | {"settles": ["S0.1", "S0.2", "S0.4"]}
    _, problems = joined(one=[check, REFUSAL])
    assert problems == [
        "40: S0.4 carries no check by its verdict, but one.is-one (chapters/one.md) settles it"
    ]


def test_a_chapter_to_come_leaves_its_rows_waiting() -> None:
    states, problems = joined(to_come=("one",))
    assert problems == []
    assert [states[row.id] for row in ROWS] == ["to come"] * 3 + ["unchecked"]


def test_a_chapter_that_failed_is_not_blamed_twice() -> None:
    states, problems = joined(one=None)
    assert problems == []
    assert states["S0.1"] == "failed"


MALFORMED = {
    "stands here more than once": [RIGHT, RIGHT],
    "comes from the unknown note S9": [replace(RIGHT, id="S9.1")],
    "has the unknown verdict YES": [replace(RIGHT, verdict="YES")],
    "is ERR and lacks its `truth`": [replace(WRONG, truth="")],
    "is OK* and lacks its `truth`": [replace(RIGHT, verdict="OK*")],
    "is UNV without a `reason`": [replace(OPINION, reason="")],
    "gives a `reason`, but can be checked": [replace(RIGHT, reason="Tedious.")],
    "has a chapter and `same_as`": [WRONG, replace(AGAIN, chapter="one")],
    "belongs to the unknown chapter onne": [replace(RIGHT, chapter="onne")],
    "belongs to no chapter": [replace(RIGHT, chapter="")],
    "is the same as a row that settles none": [WRONG, AGAIN, replace(AGAIN, same_as=("S0.3",))],
    "has another verdict than": [RIGHT, replace(AGAIN, same_as=("S0.1",))],
}


@pytest.mark.parametrize("message", MALFORMED)
def test_a_malformed_row_is_refused(message: str) -> None:
    _, problems = joined(MALFORMED[message], to_come=("one",))
    assert any(message in problem for problem in problems), problems


HERE, THERE = replace(OPINION, at=("31",)), replace(AGAIN, at=("33.2", "8-21"))
SILENT = NoClaim("S0", "a heading", ("1", "33.1"), 5)
OTHER = replace(SILENT, reason="a link", at=("2",))


def of_places(rows: list[Row], *no_claim: NoClaim) -> list[str]:
    """List what is wrong with places, in a register whose other rows are right."""
    others = [replace(row, at=("90",) if no_claim else ()) for row in (RIGHT, WRONG)]
    _, problems = join(Claims(NOTES, VERDICTS, [*others, *rows], ("one",), no_claim), {})
    return [f"{p.where}: {p.text}" for p in problems]


def test_a_place_may_be_judged_by_several_rows_and_says_nothing_for_one_reason() -> None:
    again = replace(HERE, id="S0.5")
    assert of_places([HERE, THERE, again], SILENT, OTHER) == []
    assert of_places([HERE, THERE, again]) == []
    assert of_places([HERE, AGAIN]) == []


MISPLACED: dict[str, tuple[list[Row], list[NoClaim]]] = {
    "30: S0.3 does not say `at` which": ([HERE, AGAIN], [SILENT]),
    "40: S0.4 stands nowhere: 'x' is no": ([replace(HERE, at=("x",))], []),
    "40: S0.4 has 31 twice": ([replace(HERE, at=("31", "31"))], []),
    "30: S0.3 has 9 twice": ([replace(THERE, at=("8-21", "9"))], []),
    "5: no_claim of S0, 'a heading', stands nowhere: '3.'": ([], [replace(SILENT, at=("3.",))]),
    "5: no_claim of S0, 'a heading', has 31, which a row": ([HERE], [replace(SILENT, at=("31",))]),
    "5: no_claim of S0, 'a heading', has 33.2, which": ([THERE], [replace(SILENT, at=("33.2",))]),
    "5: no_claim of S0, 'a link', has 1, as another": ([], [SILENT, replace(OTHER, at=("1",))]),
    "5: no_claim of S9, 'a heading', is of an unknown": ([], [replace(SILENT, note="S9")]),
}


@pytest.mark.parametrize("message", MISPLACED)
def test_a_misplaced_row_is_refused(message: str) -> None:
    rows, no_claim = MISPLACED[message]
    [problem] = of_places(rows, *no_claim)
    assert problem.startswith(message)


PLACED = """\
notes: {S0: A note}
verdicts: {OK: {means: right}}
no_claim:
  S0:
    "a heading": ["1", "33.1"]
    "a link": ["2"]
claims:
  - id: S0.1
    claim: "One is one."
    at: ["3", "8-21"]
    verdict: OK
"""


def test_places_are_read_with_their_reasons() -> None:
    claims = read_claims(PLACED)
    assert [(row.at, row.line) for row in claims.rows] == [(("3", "8-21"), 8)]
    assert claims.no_claim == [replace(SILENT, line=3), replace(OTHER, line=3)]


def test_an_unknown_field_is_refused() -> None:
    text = "notes: {S0: A note}\nclaims:\n  - id: S0.1\n    clam: One is one.\n"
    with pytest.raises(ValueError, match=r"claims\.yml:3: .*clam"):
        read_claims(text)


@pytest.fixture(scope="module")
def claims() -> Claims:
    return read_claims((ROOT / "chapters/data/claims.yml").read_text("utf-8"))


def test_every_claim_of_the_notes_has_its_row(claims: Claims) -> None:
    numbered = [f"{note}.{k}" for note, count in CLAIMS_IN.items() for k in range(1, count + 1)]
    assert len(numbered) == 162
    assert [row.id for row in claims.rows] == numbered


def test_the_rows_are_well_formed(claims: Claims) -> None:
    chapters = {row.chapter for row in claims.rows if row.chapter}
    _, problems = join(replace(claims, to_come=chapters), {})
    assert problems == []


def test_a_row_knows_its_line(claims: Claims) -> None:
    lines = (ROOT / "chapters/data/claims.yml").read_text("utf-8").splitlines()
    for row in claims.rows:
        assert re.fullmatch(rf"  - id: {re.escape(row.id)}", lines[row.line - 1])


def test_every_number_in_a_correction_is_verified(claims: Claims) -> None:
    """A number of the claim itself is only quoted; any other one stands in the role said."""
    for row in claims.rows:
        stated = re.sub(r"\{said\}`[^`]*`", "", row.truth)
        numbers = re.findall(r"\d*\.\d+", stated)
        assert [n for n in numbers if n.lstrip("0") not in row.claim] == [], row.id

"""The claims of the notes, joined with what the chapters have shown of them.

Nothing here knows Sphinx. `join` is a function of the rows of ``claims.yml`` and of the records
that the executed chapters have left; it says how each row is settled, and what is missing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from evidence.sphinx.places import Place, read_place

Record = Mapping[str, Any]

# What a check rests on, from a proof for every n down to: true at the points that were tried.
STRENGTH = ("proved", "enclosed", "exact", "computed", "measured", "sampled")


@dataclass(frozen=True)
class Verdict:
    """What a verdict says of a claim, and what a row with it needs: truth, refusal or reason."""

    means: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One claim, as claims.yml has it; the file's head explains the fields."""

    id: str
    claim: str
    verdict: str
    line: int
    at: tuple[str, ...] = ()
    truth: str = ""
    chapter: str = ""
    same_as: tuple[str, ...] = ()
    reason: str = ""
    sampled: str = ""

    @property
    def note(self) -> str:
        """The note that makes the claim."""
        return self.id.partition(".")[0]


@dataclass(frozen=True)
class NoClaim:
    """Places of a note at which nothing is claimed, and why."""

    note: str
    reason: str
    at: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Claims:
    """The file: the titles of the notes, the verdicts, the rows, the chapters to be written.

    A register that says where nothing is claimed says of every row where its claim stands.
    """

    notes: Mapping[str, str]
    verdicts: Mapping[str, Verdict]
    rows: Sequence[Row]
    to_come: Collection[str] = ()
    no_claim: Sequence[NoClaim] = ()

    def verdict(self, row: Row) -> Verdict:
        """Return the verdict on a row; an unknown one asks for nothing, and is reported."""
        return self.verdicts.get(row.verdict, Verdict(""))


@dataclass(frozen=True)
class Check:
    """What a page has shown, with the wrong versions that it refused."""

    chapter: str
    record: Record
    refusals: tuple[Record, ...]


@dataclass(frozen=True)
class Entry:
    """A row, the chapters that are to settle it, and the checks that do."""

    row: Row
    chapters: tuple[str, ...]
    checks: tuple[Check, ...]
    state: str  # settled | open | to come | failed | unchecked

    @property
    def refusals(self) -> list[Record]:
        """The wrong versions of this claim that were refused."""
        ids = {self.row.id, *self.row.same_as}
        return [r for check in self.checks for r in check.refusals if ids & set(r["settles"])]


@dataclass(frozen=True)
class Problem:
    """What is missing, and the line of claims.yml or the chapter that it is missing from."""

    where: int | str
    text: str


def read_claims(text: str) -> Claims:
    """Read claims.yml, remembering the line of each row."""
    data = yaml.safe_load(text)
    starts = re.finditer(r"^ *- id: *(\S+)", text, re.MULTILINE)
    lines = [text.count("\n", 0, start.start(1)) + 1 for start in starts]
    rows = []
    for fields, line in zip(data["claims"], lines, strict=True):
        try:
            lists = {name: tuple(fields.pop(name, ())) for name in ("same_as", "at")}
            rows.append(Row(**fields, **lists, line=line))
        except TypeError as error:
            raise ValueError(f"claims.yml:{line}: {error}") from error
    verdicts = {
        name: Verdict(fields["means"], tuple(fields.get("needs", ())))
        for name, fields in data["verdicts"].items()
    }
    begins = text.count("\n", 0, text.find("\nno_claim:") + 1) + 1
    no_claim = [
        NoClaim(note, reason, tuple(at), begins)
        for note, reasons in data.get("no_claim", {}).items()
        for reason, at in reasons.items()
    ]
    return Claims(data["notes"], verdicts, rows, data.get("to_come", ()), no_claim)


def join(
    claims: Claims, pages: Mapping[str, Sequence[Record] | None]
) -> tuple[list[Entry], list[Problem]]:
    """Say how each row is settled, and list what is missing.

    ``pages`` has the records of every chapter in the table of contents; None stands for a chapter
    that failed, of which nothing is known.
    """
    checks = {name: _checks(name, records) for name, records in pages.items() if records}
    everything = [check for each in checks.values() for check in each]
    by_id = {row.id: row for row in claims.rows}
    entries = [_entry(row, claims.verdict(row), by_id, everything, pages) for row in claims.rows]
    problems = [
        *_problems_of_form(claims, pages),
        *_problems_of_places(claims),
        *(
            problem
            for entry in entries
            for problem in _problems_of(entry, claims.verdict(entry.row), everything)
        ),
        *_unknown_ids(by_id, everything),
    ]
    return entries, problems


def _checks(chapter: str, records: Sequence[Record]) -> list[Check]:
    refusals = [r for r in records if r["kind"] == "refusal"]
    return [
        Check(chapter, r, tuple(refusal for refusal in refusals if refusal["id"] == r["id"]))
        for r in records
        if r["kind"] == "claim" and r["settles"]
    ]


def _entry(
    row: Row,
    verdict: Verdict,
    by_id: Mapping[str, Row],
    everything: Iterable[Check],
    pages: Mapping[str, object],
) -> Entry:
    settling = [by_id[same] for same in row.same_as if same in by_id] or [row]
    chapters = tuple(dict.fromkeys(each.chapter for each in settling if each.chapter))
    ids = {row.id, *(each.id for each in settling)}
    found = (c for c in everything if c.chapter in chapters and ids & set(c.record["settles"]))
    checks = tuple(sorted(found, key=lambda check: STRENGTH.index(check.record["evidence"])))
    settled = {name for check in checks for name in check.record["settles"]}
    if "reason" in verdict.needs:  # which says why nothing is checked
        state = "unchecked"
    elif any(chapter not in pages for chapter in chapters):
        state = "to come"
    elif any(pages[chapter] is None for chapter in chapters):
        state = "failed"
    else:
        state = "settled" if {each.id for each in settling} <= settled else "open"
    return Entry(row, chapters, checks, state)


def _problems_of(entry: Entry, verdict: Verdict, everything: Iterable[Check]) -> list[Problem]:
    row = entry.row
    mentions = [check for check in everything if row.id in check.record["settles"]]
    found = []
    if entry.state == "unchecked" and mentions:
        found.append(f"{row.id} carries no check by its verdict, but {_named(mentions)} settles it")
    if entry.state == "open" and not row.same_as:
        elsewhere = f"; {_named(mentions)} does elsewhere" if mentions else ""
        found.append(f"{row.id}: no check in chapters/{row.chapter}.md settles it{elsewhere}")
    if entry.state == "settled" and "refusal" in verdict.needs and not entry.refusals:
        found.append(
            f"{row.id} is {row.verdict}: {_named(entry.checks)} has not refused its wrong version"
        )
    if entry.state == "settled":
        sampled = all(check.record["evidence"] == "sampled" for check in entry.checks)
        if sampled and not (row.sampled or row.same_as):
            found.append(
                f"{row.id} rests on sampled points alone ({_named(entry.checks)}): "
                "prove it, or say why not in the field `sampled`"
            )
        if row.sampled and not sampled:
            found.append(f"{row.id}: its field `sampled` is out of date, there is better evidence")
    return [Problem(row.line, text) for text in found]


def _unknown_ids(by_id: Mapping[str, Row], everything: Iterable[Check]) -> list[Problem]:
    return [
        Problem(check.chapter, f"{_named([check])} settles {name}, which claims.yml does not have")
        for check in everything
        for name in check.record["settles"]
        if name not in by_id
    ]


def _named(checks: Iterable[Check]) -> str:
    return ", ".join(f"{check.record['id']} (chapters/{check.chapter}.md)" for check in checks)


def _problems_of_form(claims: Claims, pages: Collection[str]) -> list[Problem]:
    """List what is wrong with the rows themselves."""
    by_id = {row.id: row for row in claims.rows}
    times = Counter(row.id for row in claims.rows)
    found = []
    for row in claims.rows:
        needs = claims.verdict(row).needs
        targets = [by_id.get(same) for same in row.same_as]
        place = {row.chapter} & {*pages, *claims.to_come}
        for is_wrong, what in [
            (times[row.id] > 1, "stands here more than once"),
            (row.note not in claims.notes, f"comes from the unknown note {row.note}"),
            (row.verdict not in claims.verdicts, f"has the unknown verdict {row.verdict}"),
            ("truth" in needs and not row.truth, f"is {row.verdict} and lacks its `truth`"),
            ("reason" in needs and not row.reason, f"is {row.verdict} without a `reason`"),
            (row.reason and "reason" not in needs, "gives a `reason`, but can be checked"),
            (row.chapter and row.same_as, "has a chapter and `same_as`"),
            (row.chapter and not place, f"belongs to the unknown chapter {row.chapter}"),
            (not (row.chapter or row.same_as or row.reason), "belongs to no chapter"),
            (
                any(t is None or t.same_as for t in targets),
                "is the same as a row that settles none",
            ),
            (
                targets and row.verdict not in {t.verdict for t in targets if t},
                "has another verdict than the rows it is the same as",
            ),
        ]:
            if is_wrong:
                found.append(Problem(row.line, f"{row.id} {what}"))
    return found


def _problems_of_places(claims: Claims) -> list[Problem]:
    """List what is wrong with the places that rows judge, and with those that claim nothing."""
    found = []
    judged: dict[str, list[Place]] = defaultdict(list)
    silent: dict[str, list[Place]] = defaultdict(list)
    for row in claims.rows:
        places, problems = _places(row)
        judged[row.note] += places
        if claims.no_claim and not places:
            problems.append("does not say `at` which place of its note it stands")
        found += [Problem(row.line, f"{row.id} {text}") for text in problems]
    for each in claims.no_claim:
        places, problems = _places(each)
        if each.note not in claims.notes:
            problems.append("is of an unknown note")
        problems += [
            f"has {new}, as another reason does" for new in _shared(places, silent[each.note])
        ]
        problems += [f"has {new}, which a row judges" for new in _shared(places, judged[each.note])]
        silent[each.note] += places
        name = f"no_claim of {each.note}, {each.reason!r},"
        found += [Problem(each.line, f"{name} {text}") for text in problems]
    return found


def _places(of: Row | NoClaim) -> tuple[list[Place], list[str]]:
    """Read the places of a row or a reason, with what is wrong with them."""
    places: list[Place] = []
    problems = []
    for text in of.at:
        try:
            place = read_place(text)
        except ValueError as error:
            problems.append(f"stands nowhere: {error}")
        else:
            problems += [f"has {twice} twice" for twice in _shared([place], places)]
            places.append(place)
    return places, problems


def _shared(places: Iterable[Place], others: Sequence[Place]) -> list[Place]:
    return [place for place in places if any(place.meets(other) for other in others)]

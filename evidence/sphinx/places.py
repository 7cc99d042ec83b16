"""Where in a note a claim stands, and what of a note no place names.

A place is a line of the note's file (``31``), a sentence of a line that has several (``33.2``), or
lines from one to another that have one each (``8-21``: a program, a formula).

What a sentence is: a line is cut after each 。！？ and after each . ! ? unless that follows a digit
or a dot, or stands before a Latin letter, a digit or a dot. Formulas, code, links and tags are not
cut; where nothing else follows the last cut, they belong to what precedes it. Points of a list,
rows of a table, lines of a program, formulas, pictures and headings are lines like any other. A
line without a letter, a digit or a picture, or one that opens a block of code, has no sentence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PLACE = re.compile(r"([1-9]\d*)(?:\.([1-9]\d*)|-([1-9]\d*))?")
WHOLE = re.compile(r"\$[^$]+\$|`[^`]+`|!?\[+[^\[\]]*\]+\([^)]*\)|<[^>]+>")
END = re.compile(r"[。！？]|(?<![\d.])[.!?](?![A-Za-z\d.])")
KEPT = "\0"
SAYS = re.compile(rf"[\w{KEPT}]")


class Place(NamedTuple):
    """The lines from first to last, or a sentence of one line; 0 stands for the whole of it."""

    first: int
    last: int
    sentence: int = 0

    def __str__(self) -> str:
        """Write a place as the register does."""
        if self.sentence:
            return f"{self.first}.{self.sentence}"
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"

    def meets(self, other: Place) -> bool:
        """Say whether the two have a sentence in common."""
        return (
            self.first <= other.last
            and other.first <= self.last
            and (self.sentence == other.sentence or not (self.sentence and other.sentence))
        )


def read_place(text: object) -> Place:
    """Read a place as it stands in the register."""
    found = PLACE.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f'{text!r} is no place: write "31", "33.2" or "8-21", in quotes')
    first, sentence, last = (int(number or 0) for number in found.groups())
    if found[3] and last <= first:
        raise ValueError(f"{text!r} is no place: lines run forwards")
    return Place(first, last or first, sentence)


def in_words(note: str, places: Sequence[str]) -> str:
    """Say where in a note something stands."""
    several = len(places) > 1 or "-" in places[0]
    named = ", ".join(places).replace("-", "–")
    return f"note {note}, line{'s' if several else ''} {named}"


def sentences(line: str) -> int:
    """Count the sentences of a line."""
    if line.startswith("```"):
        return 0
    *closed, rest = END.split(WHOLE.sub(KEPT, line))
    count = sum(bool(SAYS.search(part)) for part in closed)
    return count + bool(re.search(r"\w", rest) or (not count and KEPT in rest))


def left_over(text: str, places: Iterable[Place]) -> list[str]:
    """Name the sentences of a note that none of the places names."""
    named = {
        (line, place.sentence) for place in places for line in range(place.first, place.last + 1)
    }
    return [
        str(Place(line, line, sentence if count > 1 else 0))
        for line, count in enumerate(map(sentences, text.splitlines()), 1)
        for sentence in range(1, count + 1)
        if not {(line, 0), (line, sentence)} & named
    ]


def mistaken(text: str, places: Iterable[Place]) -> list[str]:
    """Name the places that are not in a note, with what is wrong with each."""
    counts = dict(enumerate(map(sentences, text.splitlines()), 1))
    found = []
    for place in places:
        ends = [counts.get(line, 0) for line in (place.first, place.last)]
        most = max(counts.get(line, 0) for line in range(place.first, place.last + 1))
        if not all(ends):
            found.append(f"{place}: nothing stands there")
        elif place.sentence > most or (place.sentence and most == 1):
            found.append(f"{place}: the line has {most}")
        elif most > 1 and not place.sentence:
            found.append(f"{place}: a line has {most} sentences, name them")
    return found

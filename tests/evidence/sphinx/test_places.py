"""Places in a note: what a sentence is, what is left over, what is not there."""

from __future__ import annotations

import pytest

from evidence.sphinx.places import Place, in_words, left_over, mistaken, read_place, sentences

COUNTS = {
    "": 0,
    "$$": 0,
    "---": 0,
    "| --- | --- |": 0,
    "```python": 0,
    "## A heading": 1,
    "- a point of a list": 1,
    "| a row | of a table |": 1,
    "![](picture.png)": 1,
    "<https://example.org/a.b>": 1,
    "One. Two! Three?": 3,
    "一。二！三？": 3,
    "**一。**": 1,
    "1. The number of a point is no sentence.": 1,
    "Version 1.2, file.txt, ..., e.g.this.": 1,
    "$f(x).$ One formula, with a dot and more after it": 1,
    "One. $x = 1$. Two": 3,
    "`one. two` is code. See [a link. Still.](http://a.b/c. d) [[1]](http://a.b)": 2,
    "One picture ![](a.png). Next (in brackets) ![](b.png)": 2,
    "一。[1](http://a.b)": 1,
    "end.下": 2,
}
NOTE = "# Title\n\nOne. Two.\n```\nf = 1\ng = 2\n```\nThe end"


@pytest.mark.parametrize("line", COUNTS)
def test_sentences_are_counted(line: str) -> None:
    assert sentences(line) == COUNTS[line]


def test_a_place_is_read_as_it_is_written() -> None:
    for text, place in {
        "31": Place(31, 31),
        "33.2": Place(33, 33, 2),
        "8-21": Place(8, 21),
    }.items():
        assert read_place(text) == place
        assert str(place) == text


@pytest.mark.parametrize(
    "text", ["", "0", "1.0", "01", "3.", "3-3", "8-7", "8-9.1", "line 3", 31, 33.2]
)
def test_anything_else_is_no_place(text: object) -> None:
    with pytest.raises(ValueError, match="is no place"):
        read_place(text)


def test_places_meet_in_a_sentence() -> None:
    meet = {("3", "3"), ("3", "3.2"), ("3.2", "3.2"), ("2-5", "3.1"), ("2-5", "5-6"), ("2-5", "4")}
    apart = {("3", "4"), ("3.1", "3.2"), ("2-5", "6-8"), ("2-5", "6.1")}
    for pair in meet | apart:
        one, other = map(read_place, pair)
        assert one.meets(other) == other.meets(one) == (pair in meet), pair


def test_what_no_place_names_is_left_over() -> None:
    named = ["1", "3.1", "3.2", "5-6", "8"]
    assert left_over(NOTE, map(read_place, named)) == []
    for gone, missed in {"1": ["1"], "3.2": ["3.2"], "5-6": ["5", "6"], "8": ["8"]}.items():
        assert left_over(NOTE, [read_place(each) for each in named if each != gone]) == missed


@pytest.mark.parametrize(
    ("place", "wrong"),
    {
        "2": "nothing stands there",
        "9": "nothing stands there",
        "4-6": "nothing stands there",
        "5-7": "nothing stands there",
        "3.3": "the line has 2",
        "1.1": "the line has 1",
        "3": "a line has 2 sentences, name them",
        "1-5": "a line has 2 sentences, name them",
    }.items(),
)
def test_a_place_that_is_not_there_is_named(place: str, wrong: str) -> None:
    assert mistaken(NOTE, [read_place("8"), read_place(place)]) == [f"{place}: {wrong}"]


def test_places_are_told_in_words() -> None:
    assert in_words("S0", ["31"]) == "note S0, line 31"
    assert in_words("S0", ["8-21", "33.2"]) == "note S0, lines 8–21, 33.2"
    assert in_words("S0", ["8-21"]) == "note S0, lines 8–21"

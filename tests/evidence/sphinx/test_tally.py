"""What a page rests on, and which of its sentences no mark stands by."""

import pytest
from docutils import nodes

from evidence.sphinx.marks import By
from evidence.sphinx.said import Said
from evidence.sphinx.tally import sentences


def page(*parts, title="A page"):
    paragraph = nodes.paragraph(
        "", "", *(nodes.Text(p) if isinstance(p, str) else p for p in parts)
    )
    section = nodes.section("", nodes.title(text=title), paragraph)
    document = nodes.document(None, None)
    document += section
    return document


def number():
    return Said("", "0.25", value="peak")


def confirmed():
    math = nodes.math("a = b", "a = b")
    math["evidence"], math["by"] = "proved", "page.claim"
    return math


def test_a_sentence_without_a_mark_is_listed():
    assert list(sentences(page("Every sigmoid is a parabola, we say."))) == [
        "Every sigmoid is a parabola, we say."
    ]


@pytest.mark.parametrize(
    "mark",
    [
        number,
        confirmed,
        lambda: By("", "", claim="page.claim"),
        lambda: nodes.citation_reference("", "[1]"),
    ],
)
def test_a_mark_stands_for_its_sentence_alone(mark):
    document = page(
        "At its steepest it is as large as ",
        mark(),
        ". Nobody vouches for the second sentence here.",
    )
    assert list(sentences(document)) == ["Nobody vouches for the second sentence here."]


def test_a_mark_after_the_full_stop_belongs_to_the_sentence_before():
    document = page(
        "The first sentence is vouched for. ", By("", "", claim="c"), " The second one is not so."
    )
    assert list(sentences(document)) == ["The second one is not so."]


def test_questions_and_what_leads_on_claim_nothing():
    assert not list(sentences(page("Where is it at its very steepest? It is shown here by this:")))


def test_what_others_say_is_not_vouched_for():
    document = page("“The slope is s all the way.” It is not, as the first line says.")
    assert list(sentences(document)) == ["It is not, as the first line says."]


def test_a_sentence_keeps_its_closing_parenthesis():
    document = page("(An aside has a sentence of its own.) And so has this one here.")
    assert list(sentences(document)) == [
        "(An aside has a sentence of its own.)",
        "And so has this one here.",
    ]


def test_exercises_ask():
    assert not list(sentences(page("Write the slope of the other function.", title="Exercises")))

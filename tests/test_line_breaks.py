"""What must not part at the end of a line: _ext/typesetting.py."""

import pytest
from docutils import nodes

from _ext.typesetting import TIGHT, breakable, tighten


def shown(child):
    """Write what holds together in angle brackets."""
    is_tight = isinstance(child, nodes.Element) and TIGHT in child["classes"]
    return f"<{child.astext()}>" if is_tight else child.astext()


@pytest.mark.parametrize(
    ("before", "after", "want"),
    [
        ("of ", ". For a batch", "of <x.> For a batch"),
        ("(", "), and", "<(x),> and"),
        ("the ", "-th entry", "the <x-th> entry"),
        ("the ", " entry", "the x entry"),
        ("non-", ":", "non-<x:>"),
        ("and ", "\N{NO-BREAK SPACE}cm long", "and <x\N{NO-BREAK SPACE}cm> long"),
        ("", "", "x"),
        ("", "\nand", "x\nand"),
    ],
)
def test_a_formula_keeps_what_touches_it(before, after, want):
    paragraph = nodes.paragraph()
    paragraph += [nodes.Text(before), nodes.math("", "x"), nodes.Text(after)]
    tighten(paragraph[1])
    assert "".join(map(shown, paragraph)) == want


def test_two_formulas_that_touch_the_same_word():
    paragraph = nodes.paragraph()
    paragraph += [nodes.math("", "x"), nodes.Text("/"), nodes.math("", "y"), nodes.Text(".")]
    for formula in list(paragraph.findall(nodes.math)):
        tighten(formula)
    assert paragraph.astext() == "x/y."


def test_a_formula_at_either_end_of_its_paragraph():
    for children in (
        [nodes.math("", "x"), nodes.Text(".")],
        [nodes.Text("("), nodes.math("", "x")],
    ):
        paragraph = nodes.paragraph("", "", *children)
        text = paragraph.astext()
        tighten(next(paragraph.findall(nodes.math)))
        assert paragraph.astext() == text
        assert len(list(paragraph.findall(nodes.inline))) == 1


def test_a_long_formula_still_breaks_between_its_parts():
    part = '<span class="katex-base">'
    assert breakable(f"{part}a</span>{part}b</span>") == f"{part}a</span><wbr>{part}b</span>"

"""When two pieces of TeX are the same formula, and which formulas a text and a claim have."""

import pytest

from evidence.page.draw import RELATIONS
from evidence.page.formula import formulas, normal, printed, states


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\tfrac12 x", r"\frac{1}{2}x"),
        (r"\left( s_{i} + 1 \right).", "(s_i+1)"),
        (r"\partial s_i", r"\partial  s_{i}"),
        (r"a \; = \, b", "a=b"),
    ],
)
def test_the_same(one, other):
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"), [("s_i", "s_j"), (r"\partial s", r"\partials"), ("a^{2b}", "a^2b")]
)
def test_not_the_same(one, other):
    assert normal(one) != normal(other)


def test_states():
    assert all(map(states, ["a = b", r"a \le b", r"a \to b", r"a \in b", "a<b"]))
    assert not any(map(states, ["s_i", r"\left(a\right)", r"\infty", r"\leftrightharpoons"]))


def test_the_formulas_of_a_text():
    text = "For $a$, $b = c$ and \\$5, $b=c$:\n\n$$d\n\\le e$$ (label)\n"
    assert formulas(text) == ["b=c", r"d\le e"]


def test_what_a_claim_prints():
    start, first, last = (
        {"latex": tex, "relation": r} for tex, r in (("a", ""), ("b", "="), ("c", "<="))
    )
    record = {
        "statement": "$f = g$",
        "in_words": "or $h = 1$",
        "start": start,
        "steps": [first, last],
    }
    assert printed(record, RELATIONS) == {"f=g", "h=1", "a=b", r"a\le c", r"b\le c"}

"""The one rule of what a numeral may be without stating a number."""

import pytest

from evidence.page.numerals import is_number, stated, typed


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("at most 0.26 of it", ["0.26"]),
        ("48,000 bytes, 3 of them", ["48,000", "3"]),
        ("the logits (2, 1, 0)", ["2"]),
        ("1.9 × 10⁻²² or 10⁻³ or 2e-9", ["1.9 × 10⁻²²", "10⁻³", "2e-9"]),
        ("2½ or ¼ or 25 % or −7", ["2½", "¼", "25 %", "−7"]),
        ("4–6 steps", ["4", "6"]),
        ("float64, S0.16, x86, 2nd, v3", []),
        ("IEEE 754 and figure 2, rows 3 and 4, class 7, layers 2 to 5", []),
        ("1. Where? They sum to 1, not to 0.", []),
        ("Exactly 4 of them", ["4"]),
        ("In 2017", ["2017"]),
    ],
)
def test_stated(text, numbers):
    assert stated(text) == numbers


def test_a_book_may_name_its_programs():
    assert stated("NumPy 2.4") == ["2.4"]
    assert stated("NumPy 2.4", ["NumPy"]) == []


@pytest.mark.parametrize(
    "tex", [r"\frac{1}{2}", r"\tfrac12", "0.25", "2^{-53}", r"3 \cdot 10^{-5}", "-7"]
)
def test_a_formula_that_is_a_number(tex):
    assert is_number(tex)


@pytest.mark.parametrize("tex", ["0", "1", "n - 1", "s_i", r"\frac{1}{n}", r"\sigma", "x^2"])
def test_a_formula_that_is_none(tex):
    assert not is_number(tex)


def test_what_is_typed_onto_a_figure():
    code = """
ax.set(title="a 2", xlabel=f"b {x:.3f} c")
ax.text(0.5, 0.5, "d")
show(fig, alt="e" + f(4, "g"))
"""
    assert set(typed(code)) == {"a 2", "b ", " c", "d", "e"}

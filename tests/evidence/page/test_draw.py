"""Each kind of evidence has a mark of its own, and a check has one line that stands for it."""

import re
from pathlib import Path

import pytest

from evidence.page.draw import EVIDENCE, MARKS, drawn, line, mark

STYLE = (Path(__file__).parents[3] / "_static" / "book.css").read_text("utf-8")
CHECK = {
    "kind": "check", "statement": "x", "unit": "ulp", "numbers": 7, "calls": 1,
    "reference": "mpmath", "witnesses": [{"name": "softact", "gap": 0.3}],
}  # fmt: skip
CLAIM = {"kind": "claim", "statement": "it is so.", "evidence": "exact"}


def told(*records):
    """The line as text, without its marks."""
    return re.sub("<[^>]*>", "", line(records).partition(" <span>")[2])


def test_kinds_differ_in_letter_name_and_shape():
    assert len({glyph for glyph, _, _ in MARKS.values()}) == len(MARKS)
    assert len({word for _, _, word in MARKS.values()}) == len(MARKS)
    shapes = [re.search(rf"\.sa-{kind} {{ --sa-shape: url\((.*?)\); }}", STYLE) for kind in MARKS]
    assert len({shape[1] for shape in shapes}) == len(MARKS)


@pytest.mark.parametrize("kind", EVIDENCE)
def test_a_screen_reader_is_told_the_name_of_a_mark(kind):
    word = EVIDENCE[kind][2]
    assert f'role="img" aria-label="{word}"' in mark(kind)


def test_a_mark_that_leads_to_a_check_tells_its_statement():
    html = mark("proved", "#claim-a.b", "$x < 1$, always")
    assert html.startswith('<a class="sa-cite" href="#claim-a.b" aria-label="proved: x &lt; 1, al')
    assert '<span class="sa-tip"><span class="math">\\(x &lt; 1\\)</span>, always</span>' in html
    assert 'aria-label="proved">' in mark("proved", "#claim-a.b")
    html = mark("exact", "#claim-a.b", "the largest is", "1/2")
    assert 'the largest is 1/2"' in html
    assert "the largest is <code>1/2</code></span>" in html


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "softact within ½ ulp of mpmath at 7 numbers"),
        ({"numbers": 1}, "softact within ½ ulp of mpmath at 1 number"),
        ({"calls": 4}, "softact within ½ ulp of mpmath at 4 points"),
        ({"domain": "ordinary and tiny numbers"}, "softact within ½ ulp of mpmath at 7 numbers"),
        (
            {"domain": "n = 1 … 9, ties"},
            "softact within ½ ulp of mpmath at 7 numbers, n\xa0=\xa01\xa0…\xa09",
        ),
        ({"unit": "relative"}, "softact within a relative 0.3 of mpmath at 7 numbers"),
    ],
)
def test_a_check_is_told_in_a_line(changed, text):
    assert told(CHECK | changed) == text


@pytest.mark.parametrize(
    ("gap", "unit", "text"),
    [
        (0.0, "ulp", "agrees with"), (0.51, "ulp", "within 1 ulp of"),
        (2.0001, "ulp", "within 3 ulps of"), (1234.5, "ulp", "within 1,235 ulps of"),
        (1.701e-16, "absolute", "within 1.8·10−16 of"), (9.99e-13, "absolute", "within 10−12 of"),
        (1e-16, "relative", "within a relative 10−16 of"), (0.0142, "absolute", "within 0.015 of"),
        (5e-324, "absolute", "within 5·10−324 of"),
    ],
)  # fmt: skip
def test_a_gap_is_rounded_up(gap, unit, text):
    witnesses = [{"name": "softact", "gap": gap}, {"name": "the last line", "gap": 0.0}]
    assert told(CHECK | {"unit": unit, "witnesses": witnesses}).startswith(f"softact {text} mpmath")


def test_several_checks_are_told_together_with_the_largest_gap():
    other = CHECK | {"witnesses": [{"name": "torch", "gap": 2.5}], "reference": "mpmath"}
    assert told(CHECK, other) == "softact and PyTorch within 3 ulps of mpmath at 14 numbers"
    unlike = other | {"unit": "absolute"}
    assert told(CHECK, unlike) == "softact and PyTorch agree with mpmath at 14 numbers"


def test_many_programs_are_counted():
    witnesses = [{"name": name, "gap": 0.0} for name in "abcde"]
    assert told(CHECK | {"witnesses": witnesses}) == "5 programs agree with mpmath at 7 numbers"


def test_of_many_claims_and_refusals_the_first_are_named():
    wrong = [{"kind": "refusal", "wrong": name} for name in "abcd"]
    assert told(*wrong) == "refuses a\xa0· b\xa0· 2 more"
    assert told(*wrong[:3]) == "refuses a\xa0· b\xa0· c"
    assert told(*[CLAIM | {"statement": s} for s in "wxyz"]) == "w; x; 2 more"


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("4.51", "it is so 4.51"),
        ("", "it is so"),
        ("<function>", "it is so"),
        ("x" * 99, "it is so"),
    ],
)
def test_a_claim_is_told_with_a_short_version(version, text):
    assert told(CLAIM | {"version": version}) == text


def test_a_fraction_beneath_a_derivation_has_its_full_size():
    step = {"evidence": "proved", "latex": "y", "reason": "why", "relation": "=", "text": "y"}
    start = {"latex": "x", "text": "x"}
    where = [r"$y = \frac{1}{x}$", "$x > 0$"]
    html, _ = drawn(
        CLAIM | {"id": "a.b", "anchor": "a", "start": start, "steps": [step], "where": where}
    )
    assert r"\(\displaystyle y = \frac{1}{x}\)" in html
    assert r"\(x &gt; 0\)" in html


def test_a_line_shows_each_kind_of_evidence_once():
    marks = re.findall(r'"sa-mark sa-(\w+)"', line([CHECK, CLAIM, CLAIM, CHECK]))
    assert marks == ["computed", "exact"]
    assert re.findall(r'"sa-mark sa-(\w+)"', line([{"kind": "refusal", "wrong": "a"}])) == [
        "refused"
    ]

"""Formulas are KaTeX's, and wrong ones are refused; what must not part; exponents are raised."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.addnodes import desc_name

from _ext.katex import Katex, TexError
from _ext.typesetting import (
    TIGHT,
    breakable,
    display_tex,
    is_short,
    keep_together,
    set_exponents,
    tighten,
)


@pytest.fixture(scope="module")
def katex():
    process = Katex()
    yield process
    process.close()


def test_a_formula_is_html_with_mathml_and_its_tex_beside_it(katex):
    html = katex.render(r"\sigma(x)", display=False)
    assert 'aria-hidden="true"' in html
    assert "<mi>σ</mi>" in html
    assert r'<annotation encoding="application/x-tex">\sigma(x)</annotation>' in html


def test_no_box_is_less_than_nothing_high(katex):
    assert "height:-" not in katex.render(r"p_i = \frac{1}{\sum_m e^{z_m}}", display=False)


@pytest.mark.parametrize(
    "wrong",
    [r"\frac{1", r"\undefined", r"x^2^3", r"\begin{matrix}1", "a 猫 b", r"\label{a}"],
)
def test_wrong_tex_is_refused_again_and_again(katex, wrong):
    for _ in range(2):
        with pytest.raises(TexError, match=r"KaTeX|LaTeX"):
            katex.render(wrong, display=True)


@pytest.mark.parametrize(
    "right",
    [
        r"\displaystyle \left[\begin{matrix}\frac{e^{x}}{a} & - \frac{a}{b}\\1 & x\end{matrix}"
        r"\right]",
        r"\begin{cases} x & \text{for}\: x > 0 \\\frac{\log{\left(x \right)}}{2} & "
        r"\text{otherwise} \end{cases}",
        r"\sum_{\substack{0 \leq k \leq n - 1\\0 \leq i \leq n}} \delta_{i k} {z}_{k}",
        r"\operatorname{softmax}{\left(z \right)} \in \left(0, 1\right)",
        r"\begin{align}a &= b\\ &= c\end{align}",
        "a &= b \\\\\n &= c",
        "a = b\n\nb = c",
    ],
)
def test_what_sympy_and_authors_write_is_accepted(katex, right):
    assert "katex-display" in katex.render(display_tex(right), display=True)


def test_rows_that_hold_fractions_do_not_touch():
    assert r"\\[.55em]" in display_tex(r"\begin{matrix}\frac{1}{2}\\\frac{3}{4}\end{matrix}")
    assert r"\\[.55em]" not in display_tex(r"\begin{matrix}1\\2\end{matrix}\frac{1}{2}")
    assert r"\\[.55em]" not in display_tex(
        r"\begin{matrix}1\\2\end{matrix}\begin{cases}1\end{cases}"
    )


def test_only_lines_outside_every_environment_are_aligned():
    nested = r"\begin{bmatrix}\begin{matrix}1\\2\end{matrix}\\3\end{bmatrix}"
    assert display_tex(nested) == nested
    assert display_tex(nested + r"\\ x").startswith(r"\begin{aligned}")


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


@pytest.mark.parametrize(
    ("before", "want"),
    [
        ([nodes.Text("It is so")], "so@."),
        ([nodes.Text("It is "), nodes.math("", "x"), nodes.Text("")], "x@."),
        ([nodes.Text("for every "), nodes.math("", "n"), nodes.Text("-th")], "n-th@."),
        ([nodes.Text("That is "), nodes.literal("", "softmax")], "softmax@."),
        ([nodes.Text("See "), nodes.reference("", "the page on all of this")], "@."),
    ],
)
def test_a_mark_holds_on_to_what_it_follows_and_to_the_full_stop(before, want):
    document = new_document("")
    document += nodes.paragraph("", "", *before, mark(), nodes.Text(". And on"))
    text = document.astext()
    keep_together(HTML, document, "")
    assert document.astext() == text
    (held,) = document.findall(nodes.inline)
    assert held.astext().replace(MARK, "@") == want


def test_two_marks_stay_on_one_line():
    document = new_document("")
    marks = [mark(), nodes.Text(""), mark()]
    document += nodes.paragraph("", "", nodes.Text("It is so"), *marks, nodes.Text(". And on"))
    keep_together(HTML, document, "")
    (held,) = document.findall(nodes.inline)
    assert held.astext().replace(MARK, "@") == "so@@."


def test_the_mark_of_an_output_stays_a_block():
    document = new_document("")
    document += nodes.container("", nodes.literal_block("", "x = 1"), mark())
    keep_together(HTML, document, "")
    assert not list(document.findall(nodes.inline))


@pytest.mark.parametrize(
    ("text", "kind", "holds"),
    [
        ("45 mm", "sa-given", True),
        ("1.33 to 1.58", "sa-said", True),
        ("(0.665, 0.245, 0.090)", "sa-said", False),
        ("so underlined", "sa-given", False),
        ("1 to 2", "emphasised", False),
    ],
)
def test_a_few_numbers_and_their_unit_stay_on_one_line(text, kind, holds):
    document = new_document("")
    document += nodes.paragraph("", "", nodes.inline("", text, classes=[kind]))
    keep_together(HTML, document, "")
    (numbers,) = document.findall(nodes.inline)
    assert (TIGHT in numbers["classes"]) == holds


@pytest.mark.parametrize(
    ("code", "after"),
    [
        (nodes.literal("", "sigmoid_cross_entropy"), "sigmoid_<wbr>cross_<wbr>entropy"),
        (nodes.literal("", "softact.softmax(z, 0.5)"), "softact<wbr>.softmax(<wbr>z, 0.5)"),
        (nodes.literal("", "softmax_vjp"), "softmax_vjp"),
        (desc_name("", "softmax_vjp"), "softmax_<wbr>vjp"),  # documented: followed by its arguments
    ],
)
def test_a_long_name_breaks_at_its_joints(code, after):
    document = new_document("")
    document += nodes.paragraph("", "", code)
    keep_together(HTML, document, "")
    assert document.astext() == after


def test_a_title_keeps_its_compounds():
    document = new_document("")
    document += nodes.section("", nodes.title("", "Entropy, cross-entropy"))
    keep_together(HTML, document, "")
    (compound,) = document.findall(nodes.inline)
    assert compound["classes"] == [TIGHT]
    assert compound.astext() == "cross-entropy"
    assert document.astext() == "Entropy, cross-entropy"  # the search reads it


def test_a_long_formula_still_breaks_between_its_parts():
    part = '<span class="katex-base">'
    assert breakable(f"{part}a</span>{part}b</span>") == f"{part}a</span><wbr>{part}b</span>"


@pytest.mark.parametrize(
    ("tex", "holds"),
    [
        ("0 < p < 1", True),
        (r"\log(1 + 9/e)", True),
        (r"\log(1 + (n - 1)/e)", True),
        ("e^{a+b+c} = e^a e^b e^c = e^c e^b e^a", False),
    ],
)
def test_a_short_formula_does_not_break(katex, tex, holds):
    assert is_short(katex.render(tex, display=False)) == holds


MARK = '<a><span class="sa-mark"></span></a>'


def mark():
    return nodes.raw("", MARK, format="html")


HTML = SimpleNamespace(builder=SimpleNamespace(format="html"))


def written(inline):
    """Return the paragraph of this, what is raised after a ^."""
    document = new_document("")
    document += nodes.paragraph("", "", inline)
    set_exponents(HTML, document, "")
    raised = list(document.findall(nodes.superscript))
    for node in raised:
        node[0] = nodes.Text(f"^{node.astext()}")
    return document.astext()


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("10⁻⁸", "10^−8"),
        ("1.9 × 10⁻²², and 2⁵", "1.9 × 10^−22, and 2^5"),
        ("x² and y³ are in the face", "x² and y³ are in the face"),
        ("none", "none"),
    ],
)
def test_what_the_face_lacks_is_raised(text, want):
    assert written(nodes.Text(text)) == want
    assert written(nodes.emphasis("", text)) == want


def test_a_number_stays_on_its_line():
    assert written(nodes.Text("2.1e-9 of a made-up size-9")) == "2.1e-\u20609 of a made-up size-9"


@pytest.mark.parametrize("code", [nodes.literal, nodes.literal_block, nodes.doctest_block])
def test_code_stays_as_it_is_written(code):
    assert written(code("2.1e-9, 10⁻⁸", "2.1e-9, 10⁻⁸")) == "2.1e-9, 10⁻⁸"

"""Formulas are rendered by KaTeX while the book is built, and wrong ones are refused."""

import pytest

from _ext.typesetting import Katex, TexError, display_tex


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

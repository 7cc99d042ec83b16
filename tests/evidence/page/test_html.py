import pytest

from evidence.page.html import attribute, inline


def test_text_is_escaped_and_formulas_become_math_elements():
    assert inline("a < b & $x < y$ 'c'") == (
        "a &lt; b &amp; <span class=\"math\">\\(x &lt; y\\)</span> 'c'"
    )


def test_several_formulas_and_dollar_signs_that_mean_dollars():
    assert inline(r"$a$ costs \$5, $b$ too") == (
        r'<span class="math">\(a\)</span> costs $5, <span class="math">\(b\)</span> too'
    )


def test_script_cannot_enter_through_a_formula():
    assert "<script" not in inline("$<script>$ <script>")


@pytest.mark.parametrize("text", ["$x", "a $x$ b $", "5 $"])
def test_a_dollar_sign_without_partner_is_an_error(text):
    with pytest.raises(ValueError, match="without its partner"):
        inline(text)


@pytest.mark.parametrize("text", ["$$", "a $ $ b"])
def test_an_empty_formula_is_an_error(text):
    with pytest.raises(ValueError, match="empty formula"):
        inline(text)


def test_an_attribute_holds_text_alone():
    assert attribute(r'a < b & $x_1$ "c", \$5') == "a &lt; b &amp; x_1 &quot;c&quot;, $5"

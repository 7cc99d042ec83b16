import pytest

from evidence.page.unmarked import unmarked


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("{said}`0.25 <peak>` of it", "0.25 of it"),
        ("{shown}`$J = 0$ <page.row>` or {example}`$x = 2$`", "$J = 0$ or $x = 2$"),
        ("True. {by}`page.claim` And so.", "True. And so."),
        ("{cite:t}`nair2025softmax` and {ref}`S0.16`", "nair2025softmax and S0.16"),
        ("{doc}`the softmax <softmax>`", "the softmax"),
        ("{.example}\nA paragraph.", "A paragraph."),
        ("`code {said}` and $a < b > c$", "`code {said}` and $a < b > c$"),
        ("```{dropdown} Title\ntext\n```", "```{dropdown} Title\ntext\n```"),
    ],
)
def test_a_text_without_its_marks(marked, plain):
    assert unmarked(marked) == plain

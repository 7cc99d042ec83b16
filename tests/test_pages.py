"""What the folds of a page promise is what they hold, and no page brings what it does not use."""

import pytest

from _ext.pages import label
from tests.browser import SITE, need, pages

CHECK = "the check, which may give the answer away"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("@mend.solution\ndef f(x):\n    return agree(x)", "the solution"),
        ("claim = holds('a.b', 'c', test=f, version=4)", CHECK),
        ("claim = agree('a.b', 'c')", CHECK),
        ("ex = Exercise('e', claim=claim)", "how answers are graded"),
        ("fig, ax = curves(x, y)\nshow(fig, alt='a')", "the code of the figure"),
        ("import numpy as np", "the code"),
    ],
)
def test_a_fold_is_named_after_its_code(code, name):
    assert label(code) == name


@pytest.mark.parametrize("foreign", ["thebe", "binder-examples", "sphinx_highlight.js"])
def test_no_page_brings_what_it_does_not_use(foreign):
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    bringing = [page for page in pages() if foreign in (SITE / page).read_text("utf-8")]
    # The search itself reads a setting of the script that marks its words.
    assert bringing == (["search.html"] if foreign == "sphinx_highlight.js" else [])


def test_the_download_is_without_the_theme_s_script_for_icons():
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    assert list(SITE.rglob("fontawesome.js*")) == []

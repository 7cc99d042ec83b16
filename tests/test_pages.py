"""No page brings what it does not use."""

import pytest

from tests.browser import SITE, need, pages


@pytest.mark.parametrize("foreign", ["thebe", "binder-examples", "sphinx_highlight.js"])
def test_no_page_brings_what_it_does_not_use(foreign):
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    bringing = [page for page in pages() if foreign in (SITE / page).read_text("utf-8")]
    # The search itself reads a setting of the script that marks its words.
    assert bringing == (["search.html"] if foreign == "sphinx_highlight.js" else [])


def test_the_download_is_without_the_theme_s_script_for_icons():
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    assert list(SITE.rglob("fontawesome.js*")) == []

"""No page brings what it does not use, nor lacks what it does."""

import re

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


VARIABLE = re.compile(r"var\((--[\w-]+)")


def test_the_sheet_keeps_every_variable_that_a_page_or_a_script_uses():
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    sheet = (SITE / "_static" / "style.css").read_text("utf-8")
    files = [SITE / page for page in pages()] + [*SITE.glob("_static/*.js")]
    used = {name for file in files for name in VARIABLE.findall(file.read_text("utf-8"))}
    assert used
    assert used <= set(re.findall(r"(--[\w-]+):", sheet))

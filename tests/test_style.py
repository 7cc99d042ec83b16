"""The style sheet's colours are those that the figures are drawn in and that are measured."""

import re
from pathlib import Path

import pytest

from evidence.page.palette import DARK, LIGHT

CSS = (Path(__file__).resolve().parent.parent / "_static" / "book.css").read_text("utf-8")
SETTING = re.compile(r"(--sa-(?:\d|ink|muted|grid|paper)): (#\w+);")


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_pages_have_the_colours_of_the_figures(theme, palette):
    [block] = re.findall(rf'html\[data-theme="{theme}"\] {{(.*?)}}', CSS, re.DOTALL)
    assert dict(SETTING.findall(block)) == palette

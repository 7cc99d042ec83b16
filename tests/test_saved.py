"""Saving in JupyterLab changes nothing but what was edited: each page is as jupytext writes it."""

import pytest

from tests.browser import ROOT
from tools.saved import as_saved, notebooks


@pytest.mark.parametrize("page", notebooks(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_is_as_it_is_saved(page):
    assert as_saved(page) == page.read_text("utf-8"), "`python -m tools.saved` mends it"

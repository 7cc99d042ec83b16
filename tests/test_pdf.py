"""A page becomes a PDF with an outline and tags."""

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import SITE, launch, need
from tools.pdf import print_page

pytestmark = pytest.mark.slow


def test_a_page_is_printed(tmp_path):
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    with sync_playwright() as playwright:
        launch(playwright).close()
    pdf = tmp_path / "page.pdf"
    print_page(SITE / "index.html", pdf)
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF")
    for part in (b"/Outlines", b"/StructTreeRoot", b"/MediaBox [0 0 595"):
        assert part in content, part

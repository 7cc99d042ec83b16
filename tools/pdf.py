"""Print the book into one PDF: build it as a single page and let Chromium print that."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from dev import BUILD, Stop, build
from tools.browser import launch

PAGE = BUILD / "singlehtml" / "index.html"
PDF = BUILD / "softact.pdf"

PAGE_NUMBER = """<p style="font: 8pt sans-serif; margin: 0; text-align: center; width: 100%">
<span class="pageNumber"></span></p>"""


def main() -> int:
    """Build, print, and say where the PDF is."""
    if build("--builder", "singlehtml", "-n", "-W", "--keep-going") or not PAGE.exists():
        return 1
    try:
        print_page(PAGE, PDF)
    except Stop as reason:
        print(f"The PDF is not printed: {reason}.", file=sys.stderr)
        return 1
    print(f"The PDF is made: {PDF.as_uri()}")
    return 0


def print_page(page: Path, pdf: Path) -> None:
    """Print a page as a reader would, in A4, with an outline and tags for screen readers."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        opened = browser.new_page(color_scheme="light")
        opened.goto(page.as_uri())
        opened.evaluate("document.fonts.ready")
        opened.pdf(
            path=pdf,
            format="A4",
            outline=True,
            tagged=True,
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=PAGE_NUMBER,
            margin={"top": "18mm", "bottom": "20mm", "left": "20mm", "right": "20mm"},
        )
        browser.close()


if __name__ == "__main__":
    sys.exit(main())

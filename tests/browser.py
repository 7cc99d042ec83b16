"""A real browser and the built book, for the tests of what a reader meets.

The browser is the system's Chromium. Where it or the book is missing the tests are skipped with
the reason, except where CI is set: there they fail.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, Page, Playwright, Route

from tools import browser

ROOT = Path(__file__).resolve().parent.parent
SITE = Path(os.environ.get("BOOK_SITE", ROOT / "_build" / "html"))
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def pages() -> list[str]:
    """The addresses of all pages, relative to the site."""
    found = (page.relative_to(SITE) for page in SITE.rglob("*.html"))
    return sorted(page.as_posix() for page in found if page.parts[0] != "_static")


def missing(what: str) -> NoReturn:
    """Skip with a reason; where CI is set, fail."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


def need(found: object, what: str) -> None:
    """Skip where something is missing."""
    if not found:
        missing(what)


def launch(playwright: Playwright) -> Browser:
    try:
        return browser.launch(playwright)
    except browser.NoChromium as reason:
        missing(str(reason))


def public_address() -> str:
    """The address that the site was built for, if for any."""
    sitemap = SITE / "sitemap.xml"
    told = sitemap.read_text("utf-8") if sitemap.exists() else ""
    found = re.search(r"<loc>(.*/)index\.html</loc>", told)
    return found[1] if found else ""


@dataclass
class Visit:
    """A page that is open, and what it did meanwhile."""

    page: Page
    requested: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def visit(
    chromium: Browser,
    url: str,
    *,
    base: str = SITE.as_uri() + "/",
    width: int = 1280,
    scheme: str = "light",
    scripts: bool = True,
) -> Iterator[Visit]:
    """Open a page of the site with every way out of it closed.

    The page for unknown addresses can only be met at the site's own, which is then imitated.
    """
    home = public_address() if url == "404.html" else ""
    base = home or base
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    page = context.new_page()
    this = Visit(page)

    def at_the_border(route: Route) -> None:
        address = route.request.url
        if address.startswith((base, "data:")):
            path = address.removeprefix(base).partition("?")[0]
            this.requested.append(path)
            route.fulfill(path=SITE / path) if home else route.continue_()
        else:
            this.outside.append(address)
            route.abort()

    page.route("**/*", at_the_border)
    page.on("pageerror", lambda error: this.complaints.append(f"error: {error}"))
    page.on("requestfailed", lambda request: this.complaints.append(f"failed: {request.url}"))
    page.on(
        "response",
        lambda answer: answer.ok or this.complaints.append(f"{answer.status}: {answer.url}"),
    )
    page.on(
        "console",
        lambda message: (
            message.type in ("error", "warning") and this.complaints.append(message.text)
        ),
    )
    try:
        page.goto(base + url)
        yield this
    finally:
        context.close()

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
from playwright.sync_api import Browser, Page, Playwright, Request, Route

from dev import Stop
from tools import browser

ROOT = Path(__file__).resolve().parent.parent
SITE = Path(os.environ.get("BOOK_SITE", ROOT / "_build" / "html"))
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = ROOT / "_build" / "screenshots"

PATIENCE = 120_000  # milliseconds: a computer may be busy

# What may be wider than the page and then scrolls by itself: _static/book.js.
BOXES = (
    ":is(pre, .math-scroll, .sa-formula, .cell_output, .cell_output > .output,"
    " .pst-scrollable-table-container)"
)

# A page is laid out in steps, unless it has no scripts: _static/book.js.
LAID_OUT = (
    "(({laidOut, whole}) => !laidOut || whole !== undefined)(document.documentElement.dataset)"
)

# Clicks on every link of the contents beside the text, and lists those that do not end with their
# heading where a heading belongs, or in sight at the end of the page where it cannot get there.
CONTENTS = """(async () => {
    const drawn = () => new Promise(requestAnimationFrame);
    const page = document.scrollingElement, lost = [];
    const belongs = parseFloat(getComputedStyle(page).scrollPaddingTop) || 0;
    for (const link of document.querySelectorAll(".page-toc a[href^='#']")) {
        const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
        const margin = parseFloat(getComputedStyle(target).scrollMarginTop);
        const miss = () => {
            const {top} = target.getBoundingClientRect();
            const over = top - belongs - margin;
            const ended = page.scrollTop + innerHeight >= page.scrollHeight - 1;
            return ended && over > 0 && top < innerHeight ? 0 : over;
        };
        link.click();
        for (let frames = 0; Math.abs(miss()) > 8 && frames < 60; frames++) await drawn();
        await drawn();
        if (Math.abs(miss()) > 8) lost.push(`${link.hash} by ${Math.round(miss())} px`);
    }
    return lost;
})()"""


def pages() -> list[str]:
    """The addresses of all pages, relative to the site."""
    found = (page.relative_to(SITE) for page in SITE.rglob("*.html"))
    return sorted(page.as_posix() for page in found if page.parts[0] != "_static")


def each(urls: list[str]) -> pytest.MarkDecorator:
    """Run a test for each of these pages, all tests of one page in one process."""
    grouped = [pytest.param(url, marks=pytest.mark.xdist_group(url)) for url in urls]
    return pytest.mark.parametrize("url", grouped, indirect=True, scope="module")


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
    except Stop as reason:
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
    received: list[int] = field(default_factory=list)  # bytes on the wire, of each answer


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
    """Open a page of the site; no way leads out of it, for the browser finds no other host.

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
    page.set_default_timeout(PATIENCE)
    this = Visit(page)

    def note(request: Request) -> None:
        is_ours = request.url.startswith((base, "data:"))
        path = request.url.removeprefix(base).partition("?")[0]
        (this.requested if is_ours else this.outside).append(path)

    def imitate(route: Route) -> None:
        route.fulfill(path=SITE / this.requested[-1])

    page.on("request", note)
    if home:
        page.route(f"{home}**", imitate)
    network = context.new_cdp_session(page)
    network.on(
        "Network.loadingFinished", lambda event: this.received.append(event["encodedDataLength"])
    )
    network.send("Network.enable")
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
        page.wait_for_function(LAID_OUT)
        yield this
    finally:
        context.close()

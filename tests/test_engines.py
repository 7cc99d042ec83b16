"""What a reader meets in Chromium, in Firefox and in WebKit, from disk, on a screen and a phone.

ENGINE_PAGES names the pages, `all` means every one; else it is each page that has a slider, the
register, and the cover. An engine that is missing is skipped, except in CI.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from tests.browser import CONTENTS, SCREENSHOTS, SITE, need, pages
from tests.engines import ENGINES, Window, window
from tests.test_live import ANSWER, CHAPTERS, POSED

SCREEN, PHONE = 1280, 390
PAGES = os.environ.get("ENGINE_PAGES", "").split()


def chosen(page: str) -> bool:
    text = (SITE / page).read_text("utf-8")
    return "data-explorable=" in text or "sa-register" in text or page == "index.html"


if PAGES == ["all"]:
    PAGES = pages()
PAGES = PAGES or [page for page in pages() if chosen(page)] or ["index.html"]
every_page = pytest.mark.parametrize("url", PAGES)


def in_every_engine(width: int) -> pytest.MarkDecorator:
    """Run a test in a window of each engine, all tests of an engine in one process."""
    windows = [
        pytest.param((engine, width), marks=pytest.mark.xdist_group(engine), id=engine)
        for engine in ENGINES
    ]
    return pytest.mark.parametrize("opened", windows, indirect=True, scope="module")


on_a_screen, on_a_phone = in_every_engine(SCREEN), in_every_engine(PHONE)


@pytest.fixture(scope="module")
def opened(request: pytest.FixtureRequest) -> Iterator[Window]:
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with window(*request.param) as found:
        yield found


# Whether text and formulas are drawn, and in their own faces: behind a face that is not there
# two fallbacks would be of different widths.
DRAWN = """(() => {
    const formulas = [...document.querySelectorAll("article .katex-html .katex-base")];
    const probe = document.body.appendChild(document.createElement("span"));
    const width = (...family) => {
        probe.style.cssText = `font: 100px ${family.join()}; position: absolute`;
        return probe.getBoundingClientRect().width;
    };
    probe.textContent = "ill Wiw mm";
    const faces = ["'Source Serif 4'", "'Source Sans 3'", ...formulas.map(() => "KaTeX_Main")];
    const own = faces.every(face => width(face, "monospace") === width(face, "serif"));
    probe.remove();
    return own && formulas.every(f => !f.checkVisibility() || f.getBoundingClientRect().width > 0);
})()"""
STATUS = """(() => {
    const slider = document.querySelectorAll("[data-explorable] input[type=range]")[SLIDER];
    if (FOCUS) slider.focus();
    return slider.closest("[data-explorable]").querySelector("[role=status]").textContent;
})()"""
SLIDERS = "document.querySelectorAll('[data-explorable] input[type=range]').length"
TOYS = """[...document.querySelectorAll("[data-explorable]")]
    .every(toy => toy.querySelector("[role=status]")?.textContent)"""
FOLDS = """[...document.querySelectorAll("article details:not([open])")].filter(fold => {
    if (getComputedStyle(fold).display === "none") return false;
    fold.querySelector("summary").click();
    return !fold.open || fold.lastElementChild.getBoundingClientRect().height === 0;
}).length"""
PRESS_COLOURS = """(() => {
    document.querySelector(".theme-switch-button").click();
    return document.documentElement.dataset.mode;
})()"""
COLOURS = """(() => {
    const {color, backgroundColor} = getComputedStyle(document.body);
    const light = c => c.match(/[\\d.]+/g).slice(0, 3).map(Number).reduce((a, b) => a + b);
    return [color, backgroundColor].map(light);
})()"""


@on_a_screen
@every_page
def test_a_page_on_a_screen(opened: Window, url: str) -> None:
    read(opened, url)
    assert opened.evaluate(CONTENTS) == []
    opened.wait(TOYS)
    for slider in range(opened.evaluate(SLIDERS)):
        status = STATUS.replace("SLIDER", str(slider))
        before = opened.evaluate(status.replace("FOCUS", "true"))
        opened.press("ArrowRight")
        opened.wait(f"{status.replace('FOCUS', 'false')} !== {json.dumps(before)}")
    assert opened.evaluate(FOLDS) == 0
    for mode in ("dark", "light"):
        for _ in range(3):
            if opened.evaluate(PRESS_COLOURS) == mode:
                break
        text, background = opened.evaluate(COLOURS)
        assert (
            (background < 150 < 500 < text) if mode == "dark" else (text < 150 < 700 < background)
        )
        keep(opened, url, mode)
    assert not opened.complaints


@on_a_screen
def test_search_finds_a_word_from_disk(opened: Window) -> None:
    opened.open(f"{SITE.as_uri()}/search.html?q=sigmoid")
    opened.wait("document.querySelectorAll('#search-results li a').length > 0")
    assert not opened.complaints


@on_a_screen
def test_an_exercise_is_answered_in_the_page(opened: Window) -> None:
    name = next((name for name in ("how_to_read", *POSED) if name in POSED), "")
    need(name, "no chapter of the site has exercises")
    opened.open(f"{SITE.as_uri()}/{CHAPTERS[name]}")
    first = POSED[name][0]
    graded = first.solution.replace(f"{first.name}.solution", f"{first.name}.grade")
    for text, verdict in ((first.hole, "refused"), (graded, "accepted")):
        given = json.dumps([first.id, text])
        assert opened.evaluate(f"({ANSWER})({given})")[0] == verdict
    assert not opened.complaints


@on_a_phone
@every_page
def test_a_page_on_a_phone(opened: Window, url: str) -> None:
    read(opened, url)
    width = max(PHONE, opened.narrowest)
    assert opened.evaluate("innerWidth") == width
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    keep(opened, url, "light")
    assert not opened.complaints


def read(opened: Window, url: str) -> None:
    opened.open(f"{SITE.as_uri()}/{url}")
    opened.wait(DRAWN)


def keep(opened: Window, url: str, scheme: str) -> None:
    page, engine = url.removesuffix(".html").replace("/", "-"), type(opened).__name__.lower()
    picture = SCREENSHOTS / f"{page}-{opened.evaluate('innerWidth')}-{scheme}-{engine}.png"
    picture.write_bytes(opened.picture())

"""What a reader meets in Chromium, in Firefox and in WebKit, from disk, on a screen and a phone.

ENGINE_PAGES names the pages, `all` means every one; else it is each page that has a slider, the
register, and the cover. An engine that is missing is skipped, except in CI.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.browser import CONTENTS, SCREENSHOTS, SITE, need, pages
from tests.engines import ENGINES, Window, window

SCREEN, PHONE = 1280, 390
PAGES = os.environ.get("ENGINE_PAGES", "").split()


def chosen(page: str) -> bool:
    text = (SITE / page).read_text("utf-8")
    return "data-explorable=" in text or "sa-register" in text or page == "index.html"


if PAGES == ["all"]:
    PAGES = pages()
PAGES = PAGES or [page for page in pages() if chosen(page)] or ["index.html"]
every_page = pytest.mark.parametrize("url", PAGES)
every_engine = pytest.mark.parametrize(
    "engine",
    [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ENGINES],
    indirect=True,
    scope="module",
)


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest) -> str:
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return request.param


@pytest.fixture(scope="module")
def screen(engine: str) -> Iterator[Window]:
    with window(engine, SCREEN) as opened:
        yield opened


@pytest.fixture(scope="module")
def phone(engine: str) -> Iterator[Window]:
    with window(engine, PHONE) as opened:
        yield opened


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


@every_engine
@every_page
def test_a_page_on_a_screen(screen: Window, engine: str, url: str) -> None:
    visit(screen, url)
    assert screen.evaluate(CONTENTS) == []
    screen.wait(TOYS)
    for slider in range(screen.evaluate(SLIDERS)):
        status = STATUS.replace("SLIDER", str(slider))
        before = screen.evaluate(status.replace("FOCUS", "true"))
        screen.press("ArrowRight")
        screen.wait(f"{status.replace('FOCUS', 'false')} !== {before!r}")
    assert screen.evaluate(FOLDS) == 0
    for mode in ("dark", "light"):
        for _ in range(3):
            if screen.evaluate(PRESS_COLOURS) == mode:
                break
        text, background = screen.evaluate(COLOURS)
        assert (
            (background < 150 < 500 < text) if mode == "dark" else (text < 150 < 700 < background)
        )
        keep(screen, engine, url, SCREEN, mode)
    assert not screen.complaints


@every_engine
@every_page
def test_a_page_on_a_phone(phone: Window, engine: str, url: str) -> None:
    visit(phone, url)
    assert phone.evaluate("innerWidth") == PHONE
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE
    keep(phone, engine, url, PHONE, "light")
    assert not phone.complaints


@every_engine
def test_search_finds_a_word_from_disk(screen: Window) -> None:
    screen.open(f"{SITE.as_uri()}/search.html?q=sigmoid")
    screen.wait("document.querySelectorAll('#search-results li a').length > 0")
    assert not screen.complaints


def visit(opened: Window, url: str) -> None:
    opened.open(f"{SITE.as_uri()}/{url}")
    opened.wait(DRAWN)


def keep(opened: Window, engine: str, url: str, width: int, scheme: str) -> None:
    name = url.removesuffix(".html").replace("/", "-")
    picture = SCREENSHOTS / f"{name}-{width}-{scheme}-{engine.lower()}.png"
    picture.write_bytes(opened.picture())

"""What a reader meets, page by page, in a real browser that can reach nothing but the site.

A page is opened once from disk for all tests that only look at it; `xdist_group` keeps these in
one process. Tests that need it otherwise (dark, from a server, slow) open it for themselves.
"""

import json
import os
import re
from collections import Counter
from html import unescape

import pytest
import yaml
from playwright.sync_api import expect

from tests.accessibility import SCREEN, TELEPHONE, thin, violations
from tests.browser import (
    BOXES,
    CONTENTS,
    LAID_OUT,
    ROOT,
    SCREENSHOTS,
    SITE,
    each,
    pages,
    visit,
)
from tools.server import served

CHAPTERS = [page for page in pages() if page.startswith("chapters/")]
# The chapters first: a page is then at the same place in both lists, by which pytest groups tests.
PAGES = CHAPTERS + [page for page in pages() if page not in CHAPTERS] or ["index.html"]

FIRST_VISIT, LATER_VISIT = 600_000, 250_000  # bytes

STEADY = 0.1  # what the Core Web Vitals call good


every_page, every_chapter = each(PAGES), each(CHAPTERS)


@pytest.fixture
def page(opened):
    """The page, as wide as a screen again and at its beginning."""
    opened.page.set_viewport_size({"width": 1280, "height": 800})
    opened.page.evaluate("scrollTo(0, 0)")
    return opened.page


@pytest.fixture(scope="module")
def server():
    with served(SITE) as address:
        yield address


# The formulas of a page as the file has them, before any script.
WITHOUT_SCRIPTS = """html => {
    const article = new DOMParser().parseFromString(html, "text/html")
        .querySelector("article, .bd-search-container");
    const count = selector => article.querySelectorAll(selector).length;
    const counts = [".math", ".math .katex", ".katex", ".katex-mathml math",
        ":is(.tex-error, .katex-error)"].map(count);
    article.querySelectorAll("pre, code, annotation").forEach(e => e.remove());
    return [counts, article.textContent];
}"""


@every_page
def test_all_math_is_there_without_scripts(page, url):
    source = (SITE / url).read_text("utf-8")
    counts, text = page.evaluate(WITHOUT_SCRIPTS, source)
    formulas, rendered, katex, mathml, errors = counts
    assert rendered >= formulas
    assert mathml == katex
    assert errors == 0
    for raw in (r"\(", r"\[", "$", r"\frac", r"\begin"):
        assert raw not in text


@every_page
def test_a_page_from_disk_asks_nobody_and_has_no_complaint(opened):
    assert opened.outside == []
    assert opened.complaints == []


@every_page
def test_every_link_of_the_contents_ends_at_its_heading(page):
    assert page.evaluate(CONTENTS) == []


def test_the_text_of_a_page_from_disk_stands_in_its_own_face(browser):
    with visit(browser, "index.html") as visited:
        visited.page.wait_for_load_state("networkidle")
        inspector = visited.page.context.new_cdp_session(visited.page)
        inspector.send("DOM.enable")
        inspector.send("CSS.enable")
        root = inspector.send("DOM.getDocument")["root"]["nodeId"]
        for selector, family in [(".bd-article p", "Source Serif"), ("h1", "Source Sans")]:
            found = inspector.send("DOM.querySelector", {"nodeId": root, "selector": selector})
            fonts = inspector.send("CSS.getPlatformFontsForNode", {"nodeId": found["nodeId"]})
            assert all(font["familyName"].startswith(family) for font in fonts["fonts"])


# The shifts that the browser counts against a page, of which it calls up to 0.1 good.
SHIFTS = """() => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({type: "layout-shift", buffered: true});
    return observer.takeRecords().reduce((sum, entry) => sum + entry.value, 0);
}"""


def test_a_shift_is_noticed(browser):
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content("<p id=a></p><div style='background: red; height: 300px'>Words.</div>")
        page.evaluate("new Promise(drawn => requestAnimationFrame(() => setTimeout(drawn)))")
        page.evaluate("document.getElementById('a').style.height = '200px'")
        page.wait_for_function(f"({SHIFTS})() > {STEADY}")


@pytest.fixture(scope="module")
def from_server(browser, server, url):
    """The page as it comes from a server to who has seen none before."""
    with visit(browser, url, base=server) as visited:
        visited.page.wait_for_load_state("networkidle")
        yield visited


@every_page
def test_a_page_from_a_server_is_light_asks_nobody_and_does_not_move(from_server):
    assert from_server.page.evaluate(SHIFTS) < STEADY
    assert everything_received(from_server) <= FIRST_VISIT
    assert from_server.outside == []
    assert from_server.complaints == []


# The page for unknown addresses is met at the public address alone, from which none leads on here.
SERVED = [page for page in PAGES if page != "404.html"]


@each(SERVED)
def test_the_next_page_is_lighter_for_who_has_seen_this_one(from_server, server, url):
    before = everything_received(from_server)
    from_server.page.goto(server + SERVED[(SERVED.index(url) + 1) % len(SERVED)])
    assert everything_received(from_server) - before <= LATER_VISIT


def everything_received(visited) -> int:
    """Bytes on the wire so far; what is asked for on the way down a page counts too."""
    visited.page.keyboard.press("End")
    visited.page.wait_for_load_state("networkidle")
    return sum(visited.received)


@pytest.mark.parametrize("name", ["bibliography", "claims", "softmax"])
def test_a_slow_computer_sees_nothing_move(browser, server, name):
    with browser.new_context() as context:
        page = context.new_page()
        computer = context.new_cdp_session(page)
        computer.send("Emulation.setCPUThrottlingRate", {"rate": 6})
        computer.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.goto(f"{server}chapters/{name}.html", wait_until="networkidle")
        page.wait_for_function(LAID_OUT)
        assert page.evaluate(SHIFTS) < STEADY


NEVER_IDLE = "window.requestIdleCallback = () => {}"


def test_a_link_that_is_clicked_before_all_is_laid_out_ends_at_its_heading(browser):
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.add_init_script(NEVER_IDLE)
        page.goto(f"{SITE.as_uri()}/chapters/softmax.html")
        assert not page.evaluate(LAID_OUT)
        guessed = page.evaluate("document.documentElement.scrollHeight")
        assert page.evaluate(CONTENTS) == []
        assert page.evaluate(LAID_OUT)
        assert page.evaluate("document.documentElement.scrollHeight") != guessed


def test_who_comes_to_a_place_in_a_page_or_back_to_it_finds_all_laid_out(browser):
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.add_init_script(NEVER_IDLE)
        address = f"{SITE.as_uri()}/chapters/softmax.html"
        page.goto(f"{address}#what-to-remember")
        expect(page.locator("#what-to-remember")).to_be_in_viewport()
        assert page.evaluate(LAID_OUT)
        page.goto(address.replace("softmax", "sigmoid"))
        assert not page.evaluate(LAID_OUT)
        page.reload()
        assert page.evaluate(LAID_OUT)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["softmax", "logsumexp"])
def test_a_link_into_a_page_ends_at_its_target(browser, name, width):
    with visit(browser, f"chapters/{name}.html#what-to-remember", width=width) as visited:
        expect(visited.page.locator("#what-to-remember")).to_be_in_viewport()


# The theme and we look at the boxes anew some time after the width of the window has changed.
BOXES_CAN_BE_REACHED = f"""() => [...document.querySelectorAll("article {BOXES}")].every(box =>
    box.scrollWidth <= box.clientWidth || box.tabIndex === 0 || !box.checkVisibility() ||
    !["auto", "scroll"].includes(getComputedStyle(box).overflowX))"""
every_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


def at_each_width(page, scheme, *widths):
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(BOXES_CAN_BE_REACHED)
        yield width


@every_page
@every_scheme
def test_a_page_is_no_wider_than_its_window(page, url, scheme):
    name = url.removesuffix(".html").replace("/", "-")
    for width in at_each_width(page, scheme, 1280, 640, 390, 320):  # 640: 1280 at a zoom of 200 %
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width in (1280, 390):
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}.png")


# The formulas that end outside a box which can neither show nor scroll them.
CUT_OFF = """() => [...document.querySelectorAll("article .katex-html")].filter(formula => {
    const end = formula.getBoundingClientRect().right;
    for (let box = formula; box.tagName !== "ARTICLE"; box = box.parentElement) {
        const flow = getComputedStyle(box).overflowX;
        if (flow === "auto" || flow === "scroll") return false;
        if (flow !== "visible" && end > box.getBoundingClientRect().right + 3) return true;
    }
    return false;
}).map(formula => formula.textContent)"""


@every_chapter
@pytest.mark.parametrize("width", [1280, 390])
def test_no_formula_is_cut_off(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate(CUT_OFF) == []


# A stored table has more columns than a telephone has room for; no other has to be pushed sideways.
PUSHED = """() => [...document.querySelectorAll(".pst-scrollable-table-container")]
    .filter(box => box.scrollWidth > box.clientWidth + 1 && !box.querySelector(".sa-stored"))
    .map(box => box.textContent.slice(0, 40))"""


@every_chapter
def test_a_table_fits_a_telephone(page):
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate(PUSHED) == []


@every_page
def test_every_image_has_words_and_every_id_is_one(page):
    nameless = page.locator(
        "article :is(img:not([alt]), img[alt=''], svg[role=img]:not([aria-label]))"
    )
    assert nameless.count() == 0
    assert page.locator("figure svg:not([role=img], button *, .katex *)").count() == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert [i for i, times in Counter(ids).items() if times > 1] == []


@every_page
def test_what_surrounds_the_text_links_to_no_one_else(page):
    targets = page.evaluate(
        "[...document.querySelectorAll(\"a[href^='http']:not(article section a)\")]"
        ".map(link => link.getAttribute('href'))"
    )
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    given = settings.get("repository", {}).get("url") or os.environ.get("GITHUB_REPOSITORY", "none")
    name = given.removeprefix("https://github.com/")
    assert [target for target in targets if f"/{name}/" not in target] == []


@every_chapter
def test_a_chapter_can_be_taken_along(page, url):
    targets = page.evaluate(
        "[...document.querySelectorAll('.dropdown-download-buttons a')]"
        ".map(link => link.getAttribute('href'))"
    )
    files = [(SITE / url).parent / target for target in targets]
    source = files[-1].read_text("utf-8")
    is_notebook = "\nkernelspec:" in source
    assert [file.suffix for file in files] == [".ipynb"] * is_notebook + [".md"]
    if "```{code-cell}" in source:
        cells = json.loads(files[0].read_text("utf-8"))["cells"]
        assert any(cell.get("outputs") for cell in cells), "the notebook was not executed"


@every_chapter
def test_the_sliders_of_an_explorable_answer_to_keys(page):
    for toy in page.locator("[data-explorable]").all():
        for slider in toy.locator("input[type=range]").all():
            before = toy.locator("[role=status]").inner_text()
            slider.focus()
            page.keyboard.press("ArrowRight")
            assert toy.locator("[role=status]").inner_text() != before


@every_chapter
def test_paper_shows_drawings(page):
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("[data-explorable]:visible").count() == 0
    assert page.locator("article h1:visible").count() == 1
    for drawing in page.locator("figure svg:not([data-explorable] *, button *)").all():
        assert drawing.is_visible()


@pytest.fixture(scope="module")
def thinned(opened):
    """The page in which formulas and code have given way to boxes and plain text: from here on."""
    opened.page.emulate_media(media="screen")
    thin(opened.page)
    return opened.page


@every_page
@every_scheme
def test_a_page_excludes_nobody_at_any_width(thinned, scheme):
    for width in at_each_width(thinned, scheme, SCREEN, TELEPHONE):
        assert violations(thinned, scheme, width) == []


@pytest.mark.parametrize(("scheme", "pale"), [("light", "#aaa"), ("dark", "#555")])
@pytest.mark.parametrize("width", [SCREEN, TELEPHONE])
def test_a_pale_word_is_noticed(browser, scheme, pale, width):
    """One that is seen at this width only, and is pale in this scheme only."""
    with visit(browser, CHAPTERS[0]) as visited:
        paling = f"html[data-theme={scheme}] .pale {{ color: {pale} }}"
        hiding = (
            f"@media {'not ' * (width == SCREEN)} (width < 700px) {{ .pale {{ display: block }} }}"
        )
        visited.page.add_style_tag(content=f".pale {{ display: none }} {paling} {hiding}")
        visited.page.evaluate(
            "document.querySelector('article p').outerHTML = '<p class=pale>A pale word.</p>'"
        )
        thin(visited.page)
        for each in at_each_width(visited.page, scheme, SCREEN, TELEPHONE):
            found = violations(visited.page, scheme, each)
            assert any("color-contrast" in what for what in found) == (each == width)


# The search page takes the focus itself, and a link that was followed leaves it at its end.
FROM_THE_TOP = """() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    document.activeElement.blur();
}"""
# Notes each element that gets the focus, and whether that can be seen, until nothing has it.
FOLLOW_THE_FOCUS = """() => {
    window.stops = [];
    window.isOver = false;
    addEventListener("focusout", event => { isOver ||= event.relatedTarget === null; });
    addEventListener("focusin", ({target}) => {
        if (isOver) return;
        const style = getComputedStyle(target);
        const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
        stops.push([target.outerHTML.slice(0, 150), seen]);
    });
}"""


@every_page
def test_the_keyboard_reaches_everything_and_shows_where_it_is(thinned):
    page = thinned
    page.evaluate(FROM_THE_TOP)
    page.evaluate(FOLLOW_THE_FOCUS)
    for presses in range(600):
        page.keyboard.press("Tab")
        if presses % 20 == 19 and page.evaluate("isOver"):
            break
    stops = page.evaluate("stops")
    assert page.evaluate("isOver"), f"the focus is caught at {stops[-1]}"
    assert [html for html, seen in stops if not seen] == []
    reachable = page.locator("article :is(a[href], button, input, select, summary):visible").count()
    assert len(stops) >= reachable


# Searching and what a page says of itself


def test_search_finds_a_word_from_disk(browser):
    with visit(browser, "search.html?q=sigmoid") as visited:
        visited.page.locator("#search-results li a").first.wait_for(timeout=5000)
        assert visited.complaints == []


def test_search_opens_with_its_key(browser, server):
    with visit(browser, "index.html", base=server) as visited:
        visited.page.keyboard.press("Control+K")
        visited.page.keyboard.type("sigmoid")
        visited.page.keyboard.press("Enter")
        visited.page.locator("#search-results li a").first.wait_for(timeout=5000)


SUMMARY = {
    "title": re.compile(r"<title>(.*?)</title>", re.DOTALL),
    "description": re.compile(r"""<meta content=(["'])(.*?)\1 name="description" ?/?>"""),
}


def test_every_page_has_a_title_and_a_description_of_its_own():
    texts = {page: (SITE / page).read_text("utf-8") for page in PAGES}
    titles = [unescape(SUMMARY["title"].search(text)[1]) for text in texts.values()]
    assert [title for title, times in Counter(titles).items() if times > 1] == []
    written = [text for page, text in texts.items() if page not in ("404.html", "search.html")]
    descriptions = [unescape(SUMMARY["description"].search(text)[2]) for text in written]
    assert [each for each, times in Counter(descriptions).items() if times > 1] == []
    assert [each for each in descriptions if not 50 <= len(each) <= 160] == []

"""What a reader meets, page by page, in a real browser that can reach nothing but the site."""

import json
import os
import re
from collections import Counter
from html import unescape

import pytest
import yaml
from playwright.sync_api import expect, sync_playwright

from tests.browser import AXE, ROOT, SITE, launch, need, pages, visit
from tools.server import served

PAGES = pages() or ["index.html"]
CHAPTERS = [page for page in PAGES if page.startswith("chapters/")]
SCREENSHOTS = ROOT / "_build" / "screenshots"

FIRST_VISIT, LATER_VISIT = 600_000, 250_000  # bytes

STEADY = 0.1  # what the Core Web Vitals call good
every_page = pytest.mark.parametrize("url", PAGES)
every_chapter = pytest.mark.parametrize("url", CHAPTERS)


@pytest.fixture(scope="module")
def browser():
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server():
    with served(SITE) as address:
        yield address


PROSE = """() => {
    const text = document.querySelector("article, .bd-search-container").cloneNode(true);
    text.querySelectorAll("pre, code, annotation").forEach(e => e.remove());
    return text.textContent;
}"""


@every_page
def test_all_math_is_there_without_scripts(browser, url):
    with visit(browser, url, scripts=False) as visited:
        article = visited.page.locator("article, .bd-search-container").first
        formulas = article.locator(".math").count()
        assert article.locator(".math .katex").count() >= formulas
        assert article.locator(".katex-mathml math").count() == article.locator(".katex").count()
        assert article.locator(".tex-error, .katex-error").count() == 0
        text = visited.page.evaluate(PROSE)
        for raw in (r"\(", r"\[", "$", r"\frac", r"\begin"):
            assert raw not in text


@every_page
def test_a_page_from_disk_asks_nobody_and_has_no_complaint(browser, url):
    with visit(browser, url) as visited:
        visited.page.wait_for_load_state("networkidle")
        assert visited.outside == []
        assert visited.complaints == []


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
SHIFTS = """() => new Promise(resolve => {
    new PerformanceObserver(list =>
        resolve(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))
    ).observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(0), 300);
})"""


@every_page
def test_a_page_from_a_server_asks_nobody_and_does_not_move(browser, server, url):
    with visit(browser, url, base=server) as visited:
        visited.page.wait_for_load_state("networkidle")
        assert visited.outside == []
        assert visited.complaints == []
        assert visited.page.evaluate(SHIFTS) < STEADY


@pytest.mark.parametrize("name", ["bibliography", "claims", "softmax"])
def test_a_slow_computer_sees_nothing_move(browser, server, name):
    with browser.new_context() as context:
        page = context.new_page()
        computer = context.new_cdp_session(page)
        computer.send("Emulation.setCPUThrottlingRate", {"rate": 6})
        computer.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.goto(f"{server}chapters/{name}.html", wait_until="networkidle")
        assert page.evaluate(SHIFTS) < STEADY


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("url", ["chapters/softmax.html", "chapters/logsumexp.html"])
def test_a_link_into_a_page_ends_at_its_target(browser, url, width):
    with visit(browser, f"{url}#what-to-remember", width=width) as visited:
        target = visited.page.locator("#what-to-remember")
        visited.page.wait_for_timeout(500)
        expect(target).to_be_in_viewport()


@every_page
def test_a_page_is_light_and_lighter_for_who_has_seen_another(browser, server, url):
    another = "index.html" if url != "index.html" else CHAPTERS[0]
    with browser.new_context() as context:
        assert transferred(context, server + url) <= FIRST_VISIT
    with browser.new_context() as context:
        transferred(context, server + another)
        assert transferred(context, server + url) <= LATER_VISIT


def transferred(context, address: str) -> int:
    """What a page and all that it asks for cost in bytes on the wire; nothing for what is kept."""
    page = context.new_page()
    costs = []
    network = context.new_cdp_session(page)
    network.on("Network.loadingFinished", lambda event: costs.append(event["encodedDataLength"]))
    network.send("Network.enable")
    page.goto(address)
    page.keyboard.press("End")  # what is asked for on the way down counts too
    page.wait_for_load_state("networkidle")
    return sum(costs)


AXE_RUN = """async () => (await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
})).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 200)}`))"""


# As for a reader who has been everywhere on the page: else what is far away is not laid out.
NOTHING_WAITS = "*, ::before, ::after { content-visibility: visible !important }"


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_excludes_nobody_at_any_width(browser, url, scheme):
    name = url.removesuffix(".html").replace("/", "-")
    with visit(browser, url, scheme=scheme) as visited:
        page = visited.page
        page.add_script_tag(path=AXE)
        page.add_style_tag(content=NOTHING_WAITS)
        for width in (1280, 640, 390, 360):  # 640 is 1280 at a zoom of 200 %
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_timeout(400)  # the theme looks again after 300 ms which boxes scroll
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if width in (1280, 390):
                file = SCREENSHOTS / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=file, full_page=True)
            if width in (1280, 360):
                assert page.evaluate(AXE_RUN) == []


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
def test_no_formula_is_cut_off(browser, url, width):
    with visit(browser, url) as visited:
        visited.page.set_viewport_size({"width": width, "height": 800})
        assert visited.page.evaluate(CUT_OFF) == []


@every_page
def test_every_image_has_words_and_every_id_is_one(browser, url):
    with visit(browser, url) as visited:
        page = visited.page
        nameless = page.locator(
            "article :is(img:not([alt]), img[alt=''], svg[role=img]:not([aria-label]))"
        )
        assert nameless.count() == 0
        assert page.locator("figure svg:not([role=img], button *, .katex *)").count() == 0
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert [i for i, times in Counter(ids).items() if times > 1] == []


# Tells, of the element that has the focus, its text and whether the focus can be seen.
FOCUS = """() => {
    const e = document.activeElement, style = getComputedStyle(e);
    const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
    return e === document.body ? null : [e.outerHTML.slice(0, 150), seen];
}"""


@every_page
def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser, url):
    with visit(browser, url) as visited:
        page = visited.page
        page.evaluate("document.activeElement.blur()")  # the search page takes the focus itself
        stops = []
        for _ in range(600):
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            if focus is None:
                break
            stops.append(focus)
        assert focus is None, f"the focus is caught at {stops[-1]}"
        assert [html for html, seen in stops if not seen] == []
        reachable = page.locator(
            "article :is(a[href], button, input, select, summary):visible"
        ).count()
        assert len(stops) >= reachable


@every_page
def test_what_surrounds_the_text_links_to_no_one_else(browser, url):
    with visit(browser, url) as visited:
        links = visited.page.locator("a[href^='http']:not(article section a)").all()
        targets = [link.get_attribute("href") for link in links]
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    given = settings.get("repository", {}).get("url") or os.environ.get("GITHUB_REPOSITORY", "none")
    name = given.removeprefix("https://github.com/")
    assert [target for target in targets if f"/{name}/" not in target] == []


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


@every_chapter
def test_a_chapter_can_be_taken_along(browser, url):
    with visit(browser, url) as visited:
        links = visited.page.locator(".dropdown-download-buttons a")
        targets = [link.get_attribute("href") for link in links.all()]
    files = [(SITE / url).parent / target for target in targets]
    source = files[-1].read_text("utf-8")
    is_notebook = "\nkernelspec:" in source
    assert [file.suffix for file in files] == [".ipynb"] * is_notebook + [".md"]
    if "```{code-cell}" in source:
        cells = json.loads(files[0].read_text("utf-8"))["cells"]
        assert any(cell.get("outputs") for cell in cells), "the notebook was not executed"


@every_chapter
def test_the_sliders_of_an_explorable_answer_to_keys(browser, url):
    with visit(browser, url) as visited:
        for toy in visited.page.locator("[data-explorable]").all():
            for slider in toy.locator("input[type=range]").all():
                before = toy.locator("[role=status]").inner_text()
                slider.focus()
                visited.page.keyboard.press("ArrowRight")
                assert toy.locator("[role=status]").inner_text() != before


@every_chapter
def test_paper_shows_drawings_and_solutions(browser, url):
    with visit(browser, url) as visited:
        visited.page.emulate_media(media="print")
        visited.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert visited.page.locator("[data-explorable]:visible").count() == 0
        assert visited.page.locator("article details:not([open])").count() == 0
        assert visited.page.locator("article h1:visible").count() == 1
        for drawing in visited.page.locator("figure svg:not([data-explorable] *, button *)").all():
            assert drawing.is_visible()

"""The page shows the story, and all that stands behind it opens: by a touch, a link, the switch.

The chapters in MODEL keep to the measure of a page; of the others the figures are recorded by
`python -m tests.story`.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.accessibility import RULES, found_by_axe
from tests.browser import AXE, LAID_OUT, SITE, each, need, pages, visit
from tests.story import measured

MODEL = ("softmax_jacobian", "cross_entropy")
CHAPTERS = [page for page in pages() if page.startswith("chapters/")]
FOLDED = [page for page in CHAPTERS if 'class="sa-fold' in (SITE / page).read_text("utf-8")]

every_folded = each(FOLDED or ["index.html"])


@pytest.mark.parametrize("name", MODEL)
def test_a_model_chapter_keeps_to_the_measure(browser, name):
    url = f"chapters/{name}.html"
    need(url in CHAPTERS, f"there is no chapter {name}")
    with visit(browser, url) as visited:
        found = measured(visited.page)
    assert found["words"] <= 2200
    assert found["code"] <= 120
    assert found["screens"] <= 20
    assert found["prose"] > 1 / 3
    assert found["figures"] >= 1 / 10
    assert found["first"] <= 2
    assert found["imports"] == 0


@every_folded
def test_no_import_stands_above_the_first_figure(opened):
    assert measured(opened.page)["imports"] == 0


def claims_folded_on(page):
    """The claims that stand inside something shut."""
    return page.evaluate(
        "[...document.querySelectorAll('details:not([open]) [id^=claim-]')].map(e => e.id)"
    )


@every_folded
def test_a_link_from_elsewhere_opens_what_it_leads_to(browser, opened, url):
    for claim in claims_folded_on(opened.page)[-1:]:
        with visit(browser, f"{url}#{claim}") as visited:
            expect(visited.page.locator(f"[id='{claim}']")).to_be_in_viewport()


@every_folded
def test_paper_shows_the_story_with_its_evidence(opened):
    page = opened.page
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for kind, shown in {"evidence": True, "set-up": False, "solution": False}.items():
        for line in page.locator(f".sa-fold-{kind} > summary").all():
            assert line.is_visible() is shown
    assert page.locator("details pre:visible").count() == 0


# Opens each place that a link of this page or another may lead to, all folds being shut, and lists
# those that do not come into sight: where they belong, or at the end of the page.
LANDINGS = """async () => {
    const drawn = () => new Promise(requestAnimationFrame), page = document.scrollingElement;
    const belongs = parseFloat(getComputedStyle(page).scrollPaddingTop) || 0, lost = [];
    const links = [...document.querySelectorAll("article a[href^='#']")].map(link => link.hash);
    const places = [...document.querySelectorAll("[id^=claim-], [id^=equation-]")];
    const all = new Set([...links, ...places.map(place => "#" + place.id)]);
    all.delete("");
    for (const hash of all) {
        const target = document.getElementById(decodeURIComponent(hash.slice(1)));
        if (!target) { lost.push(`${hash} is nowhere`); continue; }
        document.querySelectorAll("article details").forEach(fold => { fold.open = false; });
        const link = document.body.appendChild(document.createElement("a"));
        link.href = hash;
        link.click();
        link.remove();
        const miss = () => {
            const {top} = target.getBoundingClientRect();
            const over = top - belongs - parseFloat(getComputedStyle(target).scrollMarginTop);
            const ended = page.scrollTop + innerHeight >= page.scrollHeight - 1;
            return ended && over > 0 && top < innerHeight ? 0 : over;
        };
        for (let frames = 0; Math.abs(miss()) > 8 && frames < 60; frames++) await drawn();
        const seen = target.checkVisibility() && target.getBoundingClientRect().height > 0;
        if (!seen || Math.abs(miss()) > 8) lost.push(`${hash} by ${Math.round(miss())} px`);
    }
    return lost;
}"""


@every_folded
@pytest.mark.parametrize("width", [1280, 390])
def test_every_link_lands_where_it_leads(opened, width):
    opened.page.emulate_media(media="screen")
    opened.page.set_viewport_size({"width": width, "height": 800})
    assert opened.page.evaluate(LANDINGS) == []


OPEN = "[...document.querySelectorAll('.sa-fold')].filter(fold => fold.open).length"


def test_the_switch_opens_everything_and_is_remembered(browser):
    with visit(browser, FOLDED[0]) as visited:
        page = visited.page
        folds = page.locator(".sa-fold").count()
        assert page.evaluate(OPEN) == 0
        everything = page.get_by_role("button", name="Everything")
        expect(everything).to_have_attribute("aria-pressed", "false")
        everything.focus()
        page.keyboard.press("Enter")
        expect(everything).to_have_attribute("aria-pressed", "true")
        assert page.evaluate(OPEN) == folds
        page.reload()
        assert page.evaluate(OPEN) == folds
        expect(page.get_by_role("button", name="Everything")).to_have_attribute(
            "aria-pressed", "true"
        )
        page.get_by_role("button", name="Story").click()
        page.reload()
        assert page.evaluate(OPEN) == 0
        assert visited.complaints == []


def test_what_is_read_stays_where_it_is_when_the_rest_opens(browser):
    with visit(browser, FOLDED[-1]) as visited:
        page = visited.page
        page.evaluate("document.querySelectorAll('article h2')[2].scrollIntoView()")
        where = "document.querySelectorAll('article h2')[2].getBoundingClientRect().top"
        before = page.evaluate(where)
        for name in ("Everything", "Story"):
            # A click of Playwright's own would scroll first.
            page.get_by_role("button", name=name).evaluate("button => button.click()")
            assert abs(page.evaluate(where) - before) < 2


def test_without_scripts_a_fold_opens_by_itself_and_there_is_no_switch(browser):
    with visit(browser, FOLDED[0], scripts=False) as visited:
        expect(visited.page.locator(".sa-switch")).to_be_hidden()
        fold = visited.page.locator(".sa-fold").first
        fold.locator("summary").click()
        expect(fold.locator("pre").first).to_be_visible()


# What follows a mark at once: at which height it begins, and at which the mark ends.
AFTER_MARKS = """[...document.querySelectorAll("article .sa-cite")].flatMap(mark => {
    const text = mark.nextSibling, drawn = mark.querySelector(".sa-mark").getBoundingClientRect();
    const at = text?.nodeType === Node.TEXT_NODE ? text.data.search(/[.,;:!?)]/) : -1;
    if (at < 0 || /[^\u2060]/.test(text.data.slice(0, at)) || !drawn.width) return [];
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return [[range.getBoundingClientRect().top < drawn.bottom, text.data.slice(0, 20)]];
})"""


# What stands before each mark: whether some of it is on the line of the mark, left of it.
BEFORE_MARKS = """[...document.querySelectorAll("article .sa-cite .sa-mark")].flatMap(drawn => {
    const block = drawn.closest("p, li, td, dd, figcaption");
    const {left, top, bottom, width} = drawn.getBoundingClientRect();
    if (!block || !width) return [];
    const range = document.createRange();
    range.setStart(block, 0);
    range.setEndBefore(drawn.parentElement);
    const isBeside = r => r.width > 1 && r.right < left + 2 && r.top < bottom && r.bottom > top;
    return [[[...range.getClientRects()].some(isBeside), range.toString().slice(-20)]];
})"""


@pytest.mark.parametrize(
    ("name", "brackets"), [("softmax_jacobian", 1), ("two_classes", 1), ("why_softmax", 0)]
)
def test_no_line_begins_with_a_mark_or_the_bracket_after_it(browser, name, brackets):
    with visit(browser, f"chapters/{name}.html") as visited:
        for width in (320, 335, 350, 365, 390):
            visited.page.set_viewport_size({"width": width, "height": 800})
            for look, least in ((BEFORE_MARKS, 11), (AFTER_MARKS, brackets)):
                found = visited.page.evaluate(look)
                assert len(found) >= least
                assert [words for holds, words in found if not holds] == []


# Brings the mark whose card stands farthest to its side into sight; returns both their middles.
FARTHEST_CARD = """() => {
    const far = [...document.querySelectorAll("article p .sa-cite")].map(mark => {
        mark.classList.add("sa-shown");
        const [at, card] = [...mark.children].map(part => part.getBoundingClientRect());
        mark.classList.remove("sa-shown");
        return [Math.max(card.left - at.right, at.left - card.right), mark];
    });
    const [gap, mark] = far.sort(([one], [other]) => other - one)[0];
    mark.scrollIntoView({block: "center"});
    mark.classList.add("sa-shown");
    const middles = [...mark.children].map(part => part.getBoundingClientRect())
        .map(({left, right, top, bottom}) => [(left + right) / 2, (top + bottom) / 2]);
    mark.classList.remove("sa-shown");
    mark.id = "farthest";
    return [gap, ...middles];
}"""


def test_the_card_of_a_mark_can_be_reached_and_sent_away(browser):
    with visit(browser, "chapters/why_softmax.html") as visited:
        page = visited.page
        gap, mark, card = page.evaluate(FARTHEST_CARD)
        assert gap > 100
        shown = page.locator("#farthest > .sa-tip")
        expect(shown).to_be_hidden()
        page.mouse.move(*mark)
        expect(shown).to_be_visible()
        page.mouse.move((mark[0] + card[0]) / 2, (mark[1] + card[1]) / 2)  # on neither
        assert page.evaluate("document.querySelector('.sa-cite:hover')") is None
        page.mouse.move(*card)
        page.wait_for_timeout(600)  # as long as it would stay for a pointer that did not come
        expect(shown).to_be_visible()
        page.mouse.move(card[0], card[1] + 300)
        expect(shown).to_be_hidden()
        page.mouse.move(*mark)
        expect(shown).to_be_visible()
        page.keyboard.press("Escape")
        expect(shown).to_be_hidden()
        page.mouse.move(0, 0)
        page.locator("#farthest").focus()
        page.mouse.move(card[0], card[1] + 300)
        page.wait_for_timeout(600)
        expect(shown).to_be_visible()
        page.keyboard.press("Tab")
        expect(shown).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_card_excludes_nobody(browser, scheme):
    with visit(browser, "chapters/why_softmax.html", scheme=scheme) as visited:
        visited.page.locator("article p .sa-cite").first.focus()
        card = ".sa-shown > .sa-tip"
        expect(visited.page.locator(card)).to_be_visible()
        visited.page.add_script_tag(path=AXE)
        rules = RULES[scheme]
        assert found_by_axe(visited.page, rules, samples=f"{card}, {card} *") == []


def test_without_scripts_a_card_is_shown_to_who_points(browser):
    with visit(browser, "chapters/why_softmax.html", scripts=False) as visited:
        mark = visited.page.locator("article p .sa-cite").first
        expect(mark.locator(".sa-tip")).to_be_hidden()
        mark.hover()
        expect(mark.locator(".sa-tip")).to_be_visible()


def test_a_finger_sees_the_card_first_and_then_goes_where_it_leads(browser):
    with browser.new_context(has_touch=True, viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{SITE.as_uri()}/chapters/why_softmax.html")
        page.wait_for_function(LAID_OUT)
        mark = page.locator("article p .sa-cite").first
        sign, card = mark.locator(".sa-mark"), mark.locator(".sa-tip")
        before = page.url
        sign.tap()
        page.wait_for_timeout(600)
        expect(card).to_be_visible()
        assert page.url == before
        sign.tap()
        page.wait_for_url(f"**{mark.get_attribute('href')}")

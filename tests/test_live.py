"""Answers in the page, from disk, with no way to anything else: every exercise of the book.

A chapter is opened once, and its Python started once; `xdist_group` keeps its tests in one process.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from evidence.run.chapter import code_cells
from evidence.run.needed import exercises
from tests.accessibility import TAGS, found_by_axe
from tests.browser import AXE, ROOT, SITE, launch, need, pages, visit

CHAPTERS = {Path(page).stem: page for page in pages() if page.startswith("chapters/")}
POSED = {
    name: posed
    for name in CHAPTERS
    if (path := ROOT / "chapters" / f"{name}.md").exists()
    and (posed := list(exercises(code_cells(path.read_text("utf-8")))))
}
LIGHT, WITH_SYMPY = 6_000_000, 13_000_000  # bytes on the wire, to the first verdict
PATIENCE = 120_000  # milliseconds: a computer may be busy

# Puts a text into the box of an exercise, presses its button, and waits for the verdict.
ANSWER = """async ([id, text]) => {
    const place = document.querySelector(`[data-exercise="${id}"]`);
    const box = place.querySelector("textarea"), status = place.querySelector("[role=status]");
    const button = [...place.querySelectorAll("button")].find(b => b.textContent === "Check");
    box.value = text;
    box.dispatchEvent(new Event("input"));
    button.click();
    while (!status.dataset.verdict || button.disabled) {
        await new Promise(done => setTimeout(done, 10));
    }
    return [status.dataset.verdict, status.textContent, place.querySelector("pre").textContent];
}"""


@pytest.fixture(scope="module")
def browser():
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    need(POSED, "no chapter of the site has exercises")
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


def each(names):
    grouped = [pytest.param(name, marks=pytest.mark.xdist_group(f"live {name}")) for name in names]
    return pytest.mark.parametrize("name", grouped)


def opened(browser, name, **options):
    return visit(browser, CHAPTERS[name], **options)


def answer(page: Page, exercise: str, text: str) -> list[str]:
    return page.evaluate(ANSWER, [exercise, text])


def of_the_packs(requested: list[str]) -> list[str]:
    return [path for path in requested if path.startswith("live/")]


@each(POSED)
def test_every_solution_is_accepted_and_every_wrong_answer_refused(browser, name):
    with opened(browser, name) as visited:
        page = visited.page
        page.wait_for_load_state("networkidle")
        assert of_the_packs(visited.requested) == [], "who only reads loads nothing of it"
        page.set_default_timeout(PATIENCE)
        shown = page.locator("[data-exercise]").evaluate_all(
            "all => all.map(e => e.dataset.exercise)"
        )
        assert shown == [posed.id for posed in POSED[name]]
        for posed in POSED[name]:
            verdict, said, _ = answer(page, posed.id, posed.hole)
            assert (verdict, said.partition(":")[0]) == ("refused", "Not answered yet"), said
            graded = posed.solution.replace(f"{posed.name}.solution", f"{posed.name}.grade")
            verdict, said, _ = answer(page, posed.id, graded)
            assert (verdict, said) == ("accepted", "Right."), (posed.id, said)
            number = answer(page, posed.id, f"print(len({posed.name}.wrong))")[2]
            for k in range(int(number)):
                wrong = f"[*{posed.name}.wrong.values()][{k}]"
                verdict, said, _ = answer(page, posed.id, f"{posed.name}.grade({wrong})")
                assert verdict == "refused", (posed.id, k, said)
                assert said.startswith(("Not yet: ", "This uses ")), (posed.id, k, said)
                assert "stops with" not in said, (posed.id, k, said)
        assert [each for each in visited.outside if not each.startswith("blob:")] == []
        assert visited.complaints == []


def test_a_browser_gets_no_more_than_it_may_and_the_licences():
    """Bytes as a server compresses them, of what a page asks for before its first verdict."""
    need(POSED, "no chapter of the site has exercises")
    told = next(SITE.glob(f"live/*/{next(iter(POSED))}.js"))
    about, _ = json.loads(re.search(r'"chapter", (.*)\);', told.read_text("utf-8"))[1])
    names = {
        tier: [name for pack in packs for name, _ in pack]
        for tier, packs in about["pieces"].items()
    }

    def wire(names):
        return sum(len(gzip.compress((told.parent / name).read_bytes(), 6)) for name in names)

    chapter = max(wire([f"{name}.js"]) for name in POSED)
    light = wire(["worker.js", *names["numpy"]]) + chapter
    assert 1_000_000 < light <= LIGHT
    assert light + wire(names["sympy"]) <= WITH_SYMPY
    licences = next(SITE.glob("live/*/licences.txt")).read_text("utf-8")
    for words in (
        "python-wasm 0.28",
        "NumPy Developers",
        "SymPy Development Team",
        "Python Software",
    ):
        assert words in licences


LISTENS = """
const post = Worker.prototype.postMessage;
window.asked = [];
Worker.prototype.postMessage = function (message) {
    if (message.given) window.asked.push(JSON.parse(message.given));
    return post.call(this, message);
};
"""


def test_while_the_reader_thinks_the_other_exercises_are_got_ready(browser):
    name = max(POSED, key=lambda name: len(POSED[name]))
    first, *others = POSED[name]
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(LISTENS)
        page.goto((SITE / CHAPTERS[name]).as_uri())
        assert answer(page, first.id, first.hole)[0] == "refused"
        last = others[-1]
        page.wait_for_function("id => asked.some(each => each.prepare === id)", arg=last.id)
        ready = {each["prepare"] for each in page.evaluate("asked") if "prepare" in each}
        assert ready == {posed.id for posed in POSED[name]}
        graded = last.solution.replace(f"{last.name}.solution", f"{last.name}.grade")
        assert answer(page, last.id, graded)[0] == "accepted"


SAVES = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"


@pytest.mark.parametrize("saves", [False, True])
def test_sympy_comes_beforehand_unless_data_are_to_be_saved(browser, saves):
    name = "likelihood"  # whose first exercise needs NumPy alone, and another one SymPy
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        requested = []
        page.on("request", lambda request: requested.append(request.url.rpartition("/")[2]))
        page.add_init_script(LISTENS + SAVES * saves)
        page.goto((SITE / CHAPTERS[name]).as_uri())
        answer(page, POSED[name][0].id, POSED[name][0].hole)
        assert "numpy.0.js" in requested
        page.wait_for_function(
            "last => asked.some(each => each.prepare === last)", arg=POSED[name][-1].id
        )
        assert ("sympy.0.js" in requested) == (not saves)


ENDLESS = "while True:\n    pass"
CRASH = """import sys
sys.setrecursionlimit(10**9)
nested = []
for _ in range(10**5):
    nested = [nested]
repr(nested)"""


def test_an_endless_loop_is_stopped_and_python_starts_anew(browser):
    name, posed = next((name, all_[0]) for name, all_ in POSED.items())
    with opened(browser, name) as visited:
        page = visited.page
        page.set_default_timeout(PATIENCE)
        place = page.locator(f'[data-exercise="{posed.id}"]')
        place.get_by_role("textbox").fill(ENDLESS)
        place.get_by_role("button", name="Check").click()
        place.get_by_text("still at it").wait_for()
        assert page.evaluate("1 + 1") == 2  # the page is not frozen
        place.get_by_role("button", name="Stop").click()
        page.wait_for_function("document.querySelector('[data-verdict=error]')")
        assert place.get_by_role("status").inner_text().startswith("Stopped.")
        graded = posed.solution.replace(f"{posed.name}.solution", f"{posed.name}.grade")
        assert answer(page, posed.id, graded)[0] == "accepted"
        verdict, said, _ = answer(page, posed.id, CRASH)
        assert (verdict, said[:13]) == ("error", "Python ended:")
        assert answer(page, posed.id, graded)[0] == "accepted"


def test_an_answer_is_kept_until_it_is_cleared_and_excludes_nobody(browser):
    name, posed = next((name, all_[0]) for name, all_ in POSED.items())
    with opened(browser, name, width=390) as visited:
        page = visited.page
        page.set_default_timeout(PATIENCE)
        place = page.locator(f'[data-exercise="{posed.id}"]')
        box, status = place.get_by_role("textbox"), place.get_by_role("status")
        assert box.input_value() == posed.hole
        assert (
            page.evaluate("e => parseFloat(getComputedStyle(e).fontSize)", box.element_handle())
            >= 16
        )
        box.fill("if True:")
        page.keyboard.press("Enter")
        page.keyboard.type("1 / 0")
        page.reload()
        assert box.input_value() == "if True:\n    1 / 0"
        box.focus()
        page.keyboard.press("Control+Enter")
        page.wait_for_function("document.querySelector('[data-verdict=error]')")
        assert status.inner_text() == "ZeroDivisionError in line 2: division by zero"
        page.add_script_tag(path=AXE)
        rules = {"type": "tag", "values": TAGS}
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
            assert found_by_axe(page, rules, root=".sa-live") == []
        box.focus()
        page.keyboard.press("Tab")  # leads out of the box
        assert page.evaluate("document.activeElement.textContent") == "Check"
        place.get_by_role("button", name="Start over").click()
        assert box.input_value() == posed.hole
        page.reload()
        assert box.input_value() == posed.hole
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_something_of_ones_own(browser):
    name = "softmax_jacobian" if "softmax_jacobian" in POSED else next(iter(POSED))
    with opened(browser, name) as visited:
        page = visited.page
        page.set_default_timeout(PATIENCE)
        page.get_by_text("try something of your own").click()
        place = page.locator("[data-try]")
        box, go = place.get_by_role("textbox"), place.get_by_role("button", name="Run")
        for text, printed in {
            "softmax([0.0, 0.0])": "array([0.5, 0.5])",
            "half = sp.Rational(1, 2)\nprint(half + half)": "1",
            "[name for name in 'J' if name not in globals()]": "[]",
        }.items():
            box.fill(text)
            go.click()
            page.wait_for_function(
                "text => document.querySelector('[data-try] pre').textContent === text", arg=printed
            )


def test_without_webassembly_one_sentence_says_so(browser):
    name = next(iter(POSED))
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script("delete window.WebAssembly")
        page.goto((SITE / CHAPTERS[name]).as_uri())
        assert page.get_by_text("takes a browser with WebAssembly").first.is_visible()
        assert page.locator(".sa-live textarea").count() == 0
        assert page.locator(".sa-is-hole pre").first.is_visible()


def test_without_scripts_an_exercise_stands_as_it_is(browser):
    with opened(browser, next(iter(POSED)), scripts=False) as visited:
        assert visited.page.locator(".sa-is-hole pre").first.is_visible()
        assert visited.page.locator("textarea").count() == 0

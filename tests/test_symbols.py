"""A symbol is explained where its meaning is the table's, and nowhere else."""

import re
import subprocess

import pytest
from playwright.sync_api import expect, sync_playwright

from _ext.assets import NODE, NODE_MODULES
from _ext.katex import Katex
from _ext.symbols import Row, heads, katex, rows_of
from tests.accessibility import RULES, found_by_axe
from tests.browser import AXE, LAID_OUT, SITE, launch, need, visit

# Which letters a formula has, named


@pytest.fixture(scope="module", autouse=True)
def the_process_ends():
    yield
    katex.close()


@pytest.mark.parametrize(
    ("tex", "symbols"),
    [
        ("s^2", "s"),
        ("s_i", "s_ i"),
        (r"\delta_{ij}", "δ_ i j"),
        ("{z}_{k}", "z_ k"),  # as SymPy writes it
        (r"e^{z_{i}}", "e z_ i"),
        (r"s_{i}^{2}", "s_ i"),
        (r"\frac{\partial s_i}{\partial z_j}", "s_ i z_ j"),
        (r"\sum_{k=0}^{n-1} s_k", "k n s_ k"),
        ("J\\,dz", "J d z"),  # KaTeX sets dz as one
        (r"\sigma'(x)", "σ′ x"),
        ("s_i'", "s_′ i"),
        (r"J^{\mathsf T}", "J"),
        (r"\mathbf z + \mathrm{d} + \text{s}", ""),
        (r"(m, \ell) \oplus \ell_1 e^{a}", "m ℓ ℓ_ e a"),
        (r"\bar x + \hat s + \overline{z} + \tilde p_k", "k"),
        (r"\log s + \operatorname{LSE}{\left(z \right)}", "log s LSE z"),
        (r"\max_k z_k", "max_ k z_ k"),
        (r"\mathrm{KL}(p\,\Vert\,q)", "KL p q"),
        (r"(1 - s)_i", "s i"),
        (r"\begin{pmatrix} s & x \\ t & z \end{pmatrix}", "s x t z"),
    ],
)
def test_the_symbols_of_a_formula(tex, symbols):
    assert sorted(katex.symbols(tex)) == sorted(symbols.split())


PLAIN = """process.stdout.write(require(process.argv[1]).renderToString(process.argv[2],
    {displayMode: true, output: "htmlAndMathml"}))"""


@pytest.mark.parametrize("tex", [r"s_i = \frac{e^{z_i}}{Z}", r"\sigma'(W_i) \le \bar x^2 J_i'"])
def test_nothing_but_the_mark_is_new_in_a_formula(tex):
    as_katex_has_it = subprocess.run(
        [NODE, "-e", PLAIN, NODE_MODULES / "katex", tex],
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    assert katex.render(tex, display=True) == as_katex_has_it
    marked = katex.render(tex, display=True, rows={"s_": "s_", "σ′": "slope", "W_": "W"})
    assert marked != as_katex_has_it
    assert re.sub(' data-symbol="[^"]*"', "", marked) == as_katex_has_it


def test_a_symbol_of_the_table_is_marked_and_another_is_not():
    html = katex.render("s_i + s + y", rows={"s_": "entry", "i": "index"})
    assert re.findall('data-symbol="([^"]*)"[^>]*>([^<]*)', html) == [
        ("entry", "s"),
        ("index", "i"),
    ]


def test_a_formula_is_marked_for_each_page_anew():
    process = Katex()
    marks = [process.render("T", rows=rows) for rows in ({"T": "warm"}, {}, {"T": "targets"})]
    process.close()
    assert ["warm" in marks[0], "data-symbol" in marks[1], "targets" in marks[2]] == [
        True,
        False,
        True,
    ]


# What they mean, and where


class Told:
    """As much of an environment as the rows need."""

    def __init__(self, *rows):
        self.symbols = {"notation": rows}


def row(name, *symbols, pages=(), but=True):
    return Row(name, symbols, [], [], frozenset(pages), but)


TABLE = Told(
    row("temperature", "T"),
    row("targets", "T", pages=["digits"], but=False),
    row("length", "n", pages=["attention"]),
    row("entry", "s_"),
)


@pytest.mark.parametrize(
    ("page", "means"),
    [
        ("softmax", {"T": "temperature", "n": "length", "s_": "entry"}),
        ("digits", {"T": "targets", "n": "length", "s_": "entry"}),
        ("attention", {"T": "temperature", "s_": "entry"}),
        ("notation", {}),
        ("chapters/claims", {}),
    ],
)
def test_a_letter_means_what_the_table_says_of_the_page(page, means):
    assert {symbol: each.id for symbol, each in rows_of(TABLE, page).items()} == means


def test_two_meanings_on_one_page_are_a_warning(caplog):
    rows_of(Told(row("one", "T"), row("two", "T", pages=["digits"])), "softmax")
    assert "two rows of the notation explain T" in caplog.text


@pytest.mark.parametrize(
    ("cell", "symbols"),
    [
        (r"z = (z_0, \dots, z_{n-1})", ["z"]),
        ("i, j, k", ["i", "j", "k"]),
        (r"\mathrm{KL}(p\,\Vert\,q)", ["KL"]),
        (r"J_{ij}", ["J_"]),
        (r"\operatorname{LSE}(z) = \log Z", ["LSE"]),
    ],
)
def test_what_a_cell_of_the_first_column_introduces(cell, symbols):
    assert list(heads(cell)) == symbols


# In the page

PAGE = "chapters/softmax_jacobian.html"
TIP = ".sa-symbol"


@pytest.fixture(scope="module")
def browser():
    need((SITE / PAGE).exists(), "the book is not built (`python3 dev.py book`)")
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


def middle_of(page, selector):
    """Bring a symbol to the middle of the window, and return where it is."""
    symbol = page.locator(selector).first
    page.wait_for_load_state("networkidle")  # nothing moves any more
    symbol.evaluate("symbol => symbol.scrollIntoView({block: 'center'})")
    page.evaluate("document.fonts.ready")
    box = symbol.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


DENOMINATOR = "article .math-scroll .mfrac [data-symbol=Z]"  # KaTeX lays boxes over it


def covers(page, x, y):
    """Tell whether the tip lies at a place, or reaches out of the window."""
    box = page.locator(TIP).bounding_box()
    inside = box["x"] <= x <= box["x"] + box["width"] and box["y"] <= y <= box["y"] + box["height"]
    width = page.viewport_size["width"]
    return inside or box["x"] < 0 or box["x"] + box["width"] > width


def test_a_symbol_that_is_pointed_at_tells_what_it_means(browser):
    with visit(browser, PAGE) as visited:
        page = visited.page
        x, y = middle_of(page, DENOMINATOR)
        before = page.evaluate("document.documentElement.scrollHeight")
        page.mouse.move(x, y)
        tip = page.locator(TIP)
        expect(tip).to_contain_text("the normaliser of the softmax")
        assert not covers(page, x, y)
        assert page.evaluate("document.documentElement.scrollHeight") == before
        tip.get_by_role("link").hover()  # one may go to it
        page.wait_for_timeout(600)
        expect(tip).to_be_visible()
        page.keyboard.press("Escape")
        expect(tip).to_have_count(0)
        page.mouse.move(x, y)
        expect(tip).to_be_visible()
        page.mouse.move(5, 5)
        expect(tip).to_have_count(0)
        page.mouse.move(x, y)
        tip.get_by_role("link").click()
        assert page.url.endswith("notation.html#symbol-Z")
        expect(page.locator("[id='symbol-Z']")).to_be_in_viewport()
        assert visited.outside == []
        assert visited.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_excludes_nobody(browser, scheme):
    with visit(browser, PAGE, scheme=scheme) as visited:
        page = visited.page
        page.mouse.move(*middle_of(page, DENOMINATOR))
        expect(page.locator(TIP)).to_be_visible()
        page.add_script_tag(path=AXE)
        found = found_by_axe(page, RULES[scheme], samples=f"{TIP}, {TIP} *")
        page.get_by_role("button", name="Symbols", exact=True).click()
        box = "#page-symbols"
        assert found + found_by_axe(page, RULES[scheme], samples=f"{box}, {box} *") == []


def test_a_finger_need_not_hit_the_letter(browser):
    with browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True) as context:
        page = context.new_page()
        page.goto(f"{SITE.as_uri()}/{PAGE}")
        page.wait_for_function(LAID_OUT)
        x, y = middle_of(page, DENOMINATOR)
        page.touchscreen.tap(x, y + 14)
        expect(page.locator(TIP)).to_contain_text("the normaliser of the softmax")
        assert not covers(page, x, y)
        page.touchscreen.tap(20, y + 200)
        expect(page.locator(TIP)).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390, 360])
def test_keys_open_the_list_of_the_page_and_lose_no_place(browser, width):
    with visit(browser, PAGE, width=width) as visited:
        page = visited.page
        page.evaluate("scrollTo(0, 2000)")
        button = page.get_by_role("button", name="Symbols", exact=True)
        box = button.bounding_box()
        assert box["x"] + box["width"] < width
        button.focus()
        page.keyboard.press("Enter")
        listed = page.get_by_role("group", name="Symbols on this page")
        expect(listed).to_be_focused()
        expect(listed).to_contain_text("the normaliser of the softmax")
        names = listed.locator("[data-row]").evaluate_all(
            "rows => rows.map(row => row.dataset.row)"
        )
        marked = page.locator("article [data-symbol]").evaluate_all(
            "symbols => symbols.map(symbol => symbol.dataset.symbol)"
        )
        assert set(names) == set(marked)
        page.keyboard.press("Tab")
        expect(listed.get_by_role("link").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(listed).to_be_hidden()
        expect(button).to_be_focused()
        assert page.evaluate("scrollY") == 2000


def test_a_formula_is_selected_as_ever_and_needs_no_script(browser):
    with visit(browser, PAGE, scripts=False) as visited:
        expect(visited.page.locator("#page-symbols")).to_be_hidden()
    with visit(browser, PAGE) as visited:
        page = visited.page
        formula = page.locator("article .math-scroll").first
        x, y = middle_of(page, DENOMINATOR)
        text = formula.evaluate(
            "f => { getSelection().selectAllChildren(f); return String(getSelection()); }"
        )
        page.mouse.move(x, y)
        expect(page.locator(TIP)).to_be_visible()
        assert page.evaluate("String(getSelection())") == text


def test_every_row_that_a_page_names_is_there():
    need((SITE / PAGE).exists(), "the book is not built (`python3 dev.py book`)")
    notation = (SITE / "chapters/notation.html").read_text("utf-8")
    for page in (SITE / "chapters").glob("*.html"):
        for name in set(re.findall(r"#(symbol-[^\"]+)\"", page.read_text("utf-8"))):
            assert notation.count(f'id="{name}"') == 1


def test_the_page_of_the_table_needs_no_list(browser):
    with visit(browser, "chapters/notation.html") as visited:
        expect(visited.page.get_by_role("button", name="Symbols")).to_have_count(0)

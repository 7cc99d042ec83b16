"""How much of a page is story: `python -m tests.story` prints a table of all chapters.

Measured in Chromium at 1280 × 800, with everything folded that a reader finds folded. The room in
which readers write their answers is theirs, and does not count.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser import SITE, launch, pages, visit

MEASURE = """() => {
    const article = document.querySelector("article");
    const seen = selector => [...article.querySelectorAll(selector)]
        .filter(element => element.checkVisibility() && element.getBoundingClientRect().height);
    const height = elements => elements.reduce((s, e) => s + e.getBoundingClientRect().height, 0);
    const top = element => element.getBoundingClientRect().top + scrollY;
    const code = seen("pre").filter(pre => pre.closest(".cell_input"));
    const words = element => {
        const copy = element.cloneNode(true);
        copy.querySelectorAll(".sa-tip").forEach(tip => tip.remove());
        copy.querySelectorAll(".katex, svg").forEach(each => each.replaceWith(" x "));
        return copy.textContent.match(/[\\p{L}\\p{N}][\\p{L}\\p{N}’'−.-]*/gu)?.length ?? 0;
    };
    const outside = element => !element.closest("details, figure, .cell, table");
    const prose = seen(":is(p, li, h1, h2, h3, h4, dt, dd, div.math)").filter(outside)
        .filter(element => !element.parentElement.closest("li, dd"));
    const figures = seen("figure, .cell_output > svg, .sa-explorable")
        .filter(element => !element.parentElement.closest("figure"));
    const derivations = seen(".sa-derivation"), folds = seen(".sa-fold");
    const first = figures.length ? top(figures[0]) : 0;
    const answers = seen("[data-exercise], [data-try]");
    const total = article.getBoundingClientRect().height - height(answers);
    const lines = code.map(pre => pre.textContent.split("\\n").filter(line => line.trim()));
    return {
        screens: total / innerHeight,
        words: prose.reduce((sum, element) => sum + words(element), 0),
        code: lines.flat().length,
        prose: height(prose) / total,
        figures: height(figures) / total,
        derivations: height(derivations) / total,
        code_share: height(code) / total,
        folds: height(folds) / total,
        first: derivations.length ? top(derivations[0]) / innerHeight : null,
        imports: code.filter((pre, k) => top(pre) < first
            && lines[k].some(line => /^(import|from) /.test(line))).length,
    };
}"""


def measured(page: Page) -> dict[str, Any]:
    """Measure an open page."""
    return page.evaluate(MEASURE)


def main() -> None:
    """Print the table."""
    heads = ("screens", "words", "code", "prose", "figures", "derivations", "code_share", "folds")
    print("| chapter |", " | ".join(heads), "| first derivation | imports above |")
    print("|---" * (len(heads) + 3) + "|")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for url in (page for page in pages() if page.startswith("chapters/")):
            with visit(browser, url) as visited:
                found = measured(visited.page)
            told = [f"{found['screens']:.0f}", f"{found['words']:,}", str(found["code"])]
            told += [f"{found[head]:.0%}" for head in heads[3:]]
            told.append("" if found["first"] is None else f"{found['first']:.1f}")
            print("|", url[9:-5], "|", " | ".join([*told, str(found["imports"])]), "|")
        browser.close()


if __name__ == "__main__":
    assert SITE.exists(), "the book is not built"
    main()

"""The selection above the register, in a real browser: with keys, and without a script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import SITE, launch, need, visit

PAGE = "chapters/claims.html"
CLAIMS = 162
ROWS = ".sa-register tbody tr"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    need((SITE / PAGE).exists(), "the book is not built (`python3 dev.py book`)")
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


def shown(page: Page) -> list[str]:
    return page.locator(f"{ROWS}:visible").evaluate_all("rows => rows.map(row => row.id)")


def test_the_menus_select_and_say_how_many_rows_are_left(browser: Browser) -> None:
    with visit(browser, PAGE) as visited:
        page = visited.page
        everything = shown(page)
        menus = {name: page.get_by_label(name, exact=True) for name in ("Note", "Verdict")}
        menus["Verdict"].select_option("is-err")
        wrong = shown(page)
        assert page.locator(f"{ROWS}.is-err").count() == len(wrong) < len(everything)
        menus["Note"].select_option("is-s3")
        assert (
            shown(page)
            == [name for name in wrong if name.startswith("S3.")]
            == ["S3.9", "S3.12", "S3.18"]
        )
        words = f"3 of {len(everything)} claims"
        assert page.locator("form.sa-filter output[aria-live]").inner_text() == words
        menus["Note"].focus()
        page.keyboard.press("Home")
        assert shown(page) == wrong


def test_a_link_finds_a_row_that_was_not_selected(browser: Browser) -> None:
    with visit(browser, PAGE) as visited:
        page = visited.page
        page.get_by_label("Verdict", exact=True).select_option("is-err")
        assert page.locator('[id="S0.3"]').is_hidden()
        page.evaluate("location.hash = '#S0.3'")
        page.locator('[id="S0.3"]').wait_for(state="visible")


def test_every_claim_has_a_row_and_every_wrong_one_a_refusal_on_a_page(browser: Browser) -> None:
    with visit(browser, PAGE) as visited:
        page = visited.page
        assert page.locator(ROWS).count() == CLAIMS
        places = page.locator(f"{ROWS} .sa-place").all_inner_texts()
        assert len(places) == CLAIMS
        assert places[0] == "note S0, lines 8, 10, 27.1, 82, 98"
        wrong = page.locator(f"{ROWS}:is(.is-err, .is-misl)")
        settled = wrong.locator("td:last-child")
        for row, by in zip(wrong.all(), settled.all(), strict=True):
            refused = by.locator("p:text-is('Refused:') + ul > li")
            assert refused.count() > 0, row.get_attribute("id")


def test_without_a_script_every_row_is_there_and_no_menu(browser: Browser) -> None:
    with visit(browser, PAGE, scripts=False) as visited:
        assert visited.page.locator("form.sa-filter").is_hidden()
        assert len(shown(visited.page)) == visited.page.locator(ROWS).count() > 0


def test_on_a_phone_no_row_is_wider_than_the_page(browser: Browser) -> None:
    with visit(browser, PAGE, width=390) as visited:
        widths = visited.page.locator(ROWS).evaluate_all("rows => rows.map(row => row.scrollWidth)")
        assert max(widths) <= 390

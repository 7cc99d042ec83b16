"""What tests of several files share while they run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import states
from tests.browser import SITE, Visit, launch, need, visit
from tests.house import House

# As in the kernels of the book: SymPy with python-flint's numbers takes other, slower paths.
os.environ.setdefault("SYMPY_GROUND_TYPES", "python")

# jsonschema would load grammars of addresses, which no notebook has: seconds in every process.
sys.modules.setdefault("rfc3987_syntax", None)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The one small book; tests that ask for it run in one process (see `xdist_group`)."""
    return House(tmp_path_factory.mktemp("houses"), states.STATES)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    need((SITE / "index.html").exists(), "the book is not built (`python3 dev.py book`)")
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def opened(browser: Browser, url: str) -> Iterator[Visit]:
    """A page as it comes from disk, opened once for the tests of a file that `each` groups."""
    with visit(browser, url) as visited:
        visited.page.wait_for_load_state("networkidle")
        yield visited


# What the quick run leaves out: whatever needs a build or a browser, and the engine's proofs.
SLOW_FIXTURES = {"house", "browser", "opened"}
SLOW_FOLDERS = {Path(__file__).parent / "evidence" / part for part in ("algebra", "claims")}


@pytest.hookimpl(tryfirst=True)  # before the marks are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow; all tests of the small book go to one process."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & SLOW_FIXTURES or item.path.parent in SLOW_FOLDERS:
            item.add_marker(pytest.mark.slow)
        if "house" in asked:
            item.add_marker(pytest.mark.xdist_group("house"))

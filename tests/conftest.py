"""What tests of several files share while they run."""

from __future__ import annotations

import pytest

from tests import states
from tests.house import House


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The one small book; tests that ask for it run in one process (see `xdist_group`)."""
    return House(tmp_path_factory.mktemp("houses"), states.STATES)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process run all tests of the small book, so that it is built in one place."""
    for item in items:
        if "house" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("house"))

"""What a page has to reach, and the table that says whether it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tools.audit.lighthouse import Measured

# The least score, by the title of its column: Lighthouse's category, and the device it counts on.
LEAST = {
    "mobile": ("performance", ["mobile"], 90),
    "desktop": ("performance", ["desktop"], 98),
    "a11y": ("accessibility", ["mobile", "desktop"], 100),
    "practices": ("best-practices", ["mobile", "desktop"], 100),
    "SEO": ("seo", ["mobile", "desktop"], 100),
}
COLUMNS = [*LEAST, "invalid"]
PAGE_WIDTH = 30


class Audited(NamedTuple):
    """A page, with what Lighthouse says on each device, if asked, and its invalid HTML."""

    page: str
    measured: dict[str, Measured]
    invalid: Sequence[str]

    def cells(self) -> dict[str, int]:
        """Return what stands in the page's row; of two devices the worse one counts."""
        cells = {"invalid": len(self.invalid)}
        if self.measured:
            for column, (category, devices, _) in LEAST.items():
                cells[column] = min(self.measured[on].scores[category] for on in devices)
        return cells

    def misses(self) -> list[str]:
        """Say what is below its target, and why."""
        said = [f"invalid HTML, {error}" for error in self.invalid]
        for column, (category, devices, least) in LEAST.items():
            for on in devices if self.measured else ():
                score = self.measured[on].scores[category]
                if score < least:
                    why = "; ".join(self.measured[on].faults[category])
                    said.append(f"{column} {score} on {on}, not {least}: {why}")
        return said


def heading() -> str:
    """Return the first line of the table."""
    return "page".ljust(PAGE_WIDTH) + "".join(f"{column:>11}" for column in COLUMNS)


def row(audited: Audited) -> str:
    """Return the line of a page."""
    cells = audited.cells()
    numbers = "".join(f"{cells.get(column, '–'):>11}" for column in COLUMNS)
    return audited.page.ljust(PAGE_WIDTH) + numbers

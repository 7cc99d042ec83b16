"""Compare what the chapters showed under two sets of releases, and list the claims that moved.

    python -m tools.moved BEFORE AFTER

Both files are what `python -m evidence.run.rerun` prints. Fails if anything moved.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Showing = dict[str, dict[str, Any]]


def moved(before: Showing, after: Showing) -> Iterator[str]:
    """Yield what fails now and did not, and the claims that still stand with other gaps."""
    for chapter, then in before.items():
        now = after[chapter]
        for failure in now["failures"]:
            if failure not in then["failures"]:
                yield f"chapters/{chapter}.md, {failure}"
        for claim, gaps in then["claims"].items():
            found = now["claims"].get(claim)
            if found is None:
                yield f"chapters/{chapter}.md, {claim}: not confirmed any more"
            elif found != gaps:
                yield f"chapters/{chapter}.md, {claim}: {gaps} became {found}"


def main(files: list[str]) -> int:
    """Print the list."""
    before, after = (json.loads(Path(file).read_text("utf-8")) for file in files)
    lines = list(moved(before, after))
    print("\n".join(f"- {line}" for line in lines) or "Nothing moved.")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

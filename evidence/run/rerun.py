"""Run the code of chapters without Jupyter, and tell which of their claims still stand.

    python -m evidence.run.rerun [CHAPTER …]

prints as JSON, for each chapter, the claims that its checks confirmed and what failed. A cell that
fails does not keep the following ones from running, so one run names every claim that moved.
"""

import contextlib
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evidence.page.records import Record, recording
from evidence.run.chapter import code_cells, folder, path_of

ALLOWED = "raises-exception"


@dataclass(frozen=True)
class Run:
    """What the cells of a chapter recorded, and what failed, with the line where a cell begins."""

    records: list[Record]
    failures: list[str]

    @property
    def claims(self) -> dict[str, Any]:
        """The claims that were confirmed, each with the gaps of its witnesses."""
        found: dict[str, Any] = {}
        for record in self.records:
            if record["kind"] in ("claim", "check"):
                gaps = {w["name"]: w["gap"] for w in record.get("witnesses", ())}
                found.setdefault(record["id"], {}).update(gaps)
        return found


def chapters() -> list[str]:
    """List the chapters that have code."""
    pages = sorted(folder().glob("*.md"))
    return [page.stem for page in pages if any(code_cells(page.read_text("utf-8")))]


def rerun(chapter: str) -> Run:
    """Run the cells of a chapter one after another, in the folder where it lies."""
    path = path_of(chapter).resolve()
    names: dict[str, Any] = {"__name__": "__main__"}
    failures: list[str] = []
    with contextlib.chdir(path.parent), recording() as records:
        for cell in code_cells(path.read_text("utf-8")):
            try:
                cell.run(path, names)
            except Exception as error:
                # A name that an earlier, failed cell was to define tells nothing new.
                follows = failures and isinstance(error, NameError)
                if ALLOWED not in cell.tags and not follows:
                    failures.append(f"line {cell.line}: {type(error).__name__}: {error}")
    return Run(records, failures)


def main(arguments: Sequence[str]) -> int:
    """Run the chapters that are named, or all, and print what they showed."""
    found = {}
    for chapter in arguments or chapters():
        with contextlib.redirect_stdout(io.StringIO()):
            run = rerun(chapter)
        found[chapter] = {"claims": run.claims, "failures": run.failures}
    json.dump(found, sys.stdout, indent=2)
    return int(any(each["failures"] for each in found.values()))


if __name__ == "__main__":
    os.environ.setdefault("MPLBACKEND", "agg")
    os.environ.setdefault("SYMPY_GROUND_TYPES", "python")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # small arrays; more threads wait for each other
    sys.exit(main(sys.argv[1:]))

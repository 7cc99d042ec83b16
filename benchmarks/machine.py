"""When and on what a table was made, its text for the terminal and its file for the book."""

import csv
import hashlib
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import scipy
import torch

import softact


def made_with() -> str:
    """Say the date, the processor and the versions."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processor()}, "
        f"Python {platform.python_version()}, NumPy {np.__version__}, "
        f"SciPy {scipy.__version__}, torch {torch.__version__}, softact {softact.__version__}"
    )


def aligned(cells: Iterable[str], places: Iterable[str]) -> str:
    """Write a row of text; a place is a side and a width.

    >>> aligned(["sum", "1.5"], ["<6", ">5"])
    'sum       1.5'
    """
    return "  ".join(f"{cell:{place}}" for cell, place in zip(cells, places, strict=True)).rstrip()


def store(file: Path, made: str, rows: Iterable[Sequence[str]]) -> None:
    """Write what the page `api` shows: when and on what, which becomes the caption, then CSV.

    Its digest goes into SHA256SUMS beside it: the page shows no table that was edited by hand.
    """
    with file.open("w", encoding="utf-8", newline="\n") as out:
        print(made, file=out)
        csv.writer(out, lineterminator="\n").writerows(rows)
    sums = file.with_name("SHA256SUMS")
    others = sums.read_text("utf-8").splitlines() if sums.exists() else []
    kept = [line for line in others if not line.endswith(f"  {file.name}")]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    sums.write_text("\n".join(sorted([*kept, f"{digest}  {file.name}"])) + "\n", "utf-8")


def processor() -> str:
    """Name the processor, and the vector instructions that NumPy found."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [row for row in cpuinfo.read_text().splitlines() if row.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    found = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    return f"{model} ({' '.join(found)})"

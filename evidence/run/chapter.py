"""A chapter's code: read from its Markdown, run without Jupyter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = "chapters"
DERIVE = "derive"  # the tag of the cells whose names other chapters may use

_FENCE = re.compile(r"(`{3,}|~{3,})\{code-cell\}")


@dataclass(frozen=True)
class Cell:
    """A code cell of a chapter: its tags, its code, and the line of the file where that begins."""

    tags: frozenset[str]
    code: str
    line: int

    def run(self, path: Path, names: dict[str, Any]) -> None:
        """Execute the cell; a traceback shows the lines of the chapter."""
        above = "\n" * (self.line - 1)
        exec(compile(above + self.code, str(path), "exec"), names)


def folder() -> Path:
    """Return where the chapters lie: a chapter runs beside the others, the cover above them."""
    here = Path.cwd()
    return here / FOLDER if (here / FOLDER).is_dir() else here


def path_of(chapter: str) -> Path:
    """Return the file of a chapter."""
    return folder() / f"{chapter}.md"


def code_cells(text: str) -> Iterator[Cell]:
    """Read the code cells of a chapter written in MyST Markdown."""
    lines = text.splitlines()
    k = 0
    while k < len(lines):
        fence = _FENCE.match(lines[k])
        k += 1
        if fence is None:
            continue
        end = next((j for j in range(k, len(lines)) if lines[j].rstrip() == fence[1]), len(lines))
        start = k + _options_length(lines[k:end])
        yield Cell(_tags(lines[k:start]), "\n".join(lines[start:end]), start + 1)
        k = end + 1


def _options_length(lines: list[str]) -> int:
    """Count the lines of the options above the code: ``:key: value``, or YAML between ``---``."""
    if lines and lines[0].rstrip() == "---":
        return next((j for j in range(1, len(lines)) if lines[j].rstrip() == "---"), 0) + 1
    return next((j for j, line in enumerate(lines) if not line.startswith(":")), len(lines))


def _tags(options: list[str]) -> frozenset[str]:
    text = "\n".join(options)
    match = re.search(r"^:?tags:\s*(\[[^\]]*\]|(?:\n\s*-\s*\S+)+)", text, re.MULTILINE)
    return frozenset(re.findall(r"\w[\w-]*", match[1])) if match else frozenset()

"""What another chapter derived, without running its checks and plots.

``results("softmax_jacobian").J`` runs the cells of that chapter that are tagged ``derive``, once
per process, and displays nothing: a formula that two chapters need is derived in one of them only.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from evidence.page.records import recording

TAG = "derive"

_FENCE = re.compile(r"(`{3,}|~{3,})\{code-cell\}")
_under_way: list[str] = []


class ChapterError(RuntimeError):
    """Another chapter's results cannot be had."""


@dataclass(frozen=True)
class Cell:
    """A code cell of a chapter: its tags, its code, and the line of the file where that begins."""

    tags: frozenset[str]
    code: str
    line: int


def results(chapter: str) -> ModuleType:
    """Return the names that the ``derive`` cells of ``chapter`` define."""
    if chapter in _under_way:
        circle = " needs ".join([*_under_way[_under_way.index(chapter) :], chapter])
        raise ChapterError(f"these chapters wait for each other: {circle}")
    return _run(chapter)


@cache
def _run(chapter: str) -> ModuleType:
    path = chapters_directory() / f"{chapter}.md"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.md"))) or "none"
        raise ChapterError(f"there is no chapter {chapter!r}; there are: {known}")
    cells = [c for c in code_cells(path.read_text(encoding="utf-8")) if TAG in c.tags]
    if not cells:
        raise ChapterError(f"chapter {chapter!r} has no cell tagged {TAG}")
    module = ModuleType(chapter, f"The results of chapters/{chapter}.md.")
    _under_way.append(chapter)
    try:
        with recording():
            for cell in cells:
                _execute(cell, path, module)
    finally:
        _under_way.pop()
    return module


def _execute(cell: Cell, path: Path, module: ModuleType) -> None:
    at_its_line = "\n" * (cell.line - 1) + cell.code
    try:
        exec(compile(at_its_line, str(path), "exec"), vars(module))
    except Exception as error:
        raise ChapterError(
            f"chapters/{path.name}, line {_line(error, path)}: {type(error).__name__}: {error} "
            f"(of a chapter's cells, only those tagged {TAG} are run here)"
        ) from error


def _line(error: Exception, path: Path) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.lineno for frame in frames if frame.filename == str(path)][-1]


def chapters_directory() -> Path:
    """Return where the chapters lie: inside an installed package, beside it in a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "chapters"
    return installed if installed.is_dir() else here.parents[1] / "chapters"


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

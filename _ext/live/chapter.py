"""What the page's Python is told of a chapter: the statements that its exercises need."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from evidence.run.chapter import DERIVE, code_cells
from evidence.run.needed import Statement, derived, exercises

# At hand where a reader tries something, before what the chapter derives.
AT_HAND = ("import numpy as np", "import sympy as sp", "from softact import *")
# What loads SymPy, in the statements of a chapter.
NAMES = "Derivation|array_function|collapse|combine|differentiate|enclose|fold"
WITH_SYMPY = re.compile(
    r"^import sympy|^from (?:sympy|evidence\.algebra)|\bresults\("
    rf"|^from evidence import (?:{NAMES})\b",
    re.MULTILINE,
)
RESULTS = re.compile(r"""\bresults\(["'](\w+)["']\)""")
DATA = re.compile(r"""["'](data/[\w./-]+)["']""")


def told(path: Path) -> dict[str, Any] | None:
    """Return what the page needs of a chapter, or nothing if the chapter asks nothing."""
    cells = list(code_cells(path.read_text("utf-8")))
    posed = list(exercises(cells))
    if not posed:
        return None
    hand = [Statement(1, code, frozenset(), frozenset()) for code in AT_HAND]
    groups = {each.id: each.needs for each in posed} | {"": [*hand, *derived(cells)]}
    statements = list(dict.fromkeys(s for group in groups.values() for s in group))
    number = {s: k for k, s in enumerate(statements)}
    indices = {name: [number[s] for s in group] for name, group in groups.items()}
    at_hand = indices.pop("")
    code = "\n".join(s.code for s in statements)
    return {
        "chapter": path.stem,
        "statements": [[s.line, s.code] for s in statements],
        "exercises": indices,
        "at_hand": at_hand,
        "with_sympy": [e.id for e in posed if any(WITH_SYMPY.search(s.code) for s in e.needs)],
        "files": _files(path.parent, code),
    }


def _files(folder: Path, code: str) -> dict[str, str]:
    """Return the data that the code reads and the results that it takes, byte by byte."""
    found = {name: (folder / name).read_bytes().decode("latin-1") for name in DATA.findall(code)}
    waiting = RESULTS.findall(code)
    while waiting:
        name = f"{waiting.pop()}.md"
        if name not in found:
            text = _results((folder / name).read_text("utf-8"))
            found[name] = text.encode().decode("latin-1")
            waiting += RESULTS.findall(text)
    return found


def _results(text: str) -> str:
    """Blank all of a chapter but the cells that another one may use; lines keep their numbers."""
    lines = [""] * len(text.splitlines())
    for cell in code_cells(text):
        if DERIVE in cell.tags:
            code = cell.code.splitlines()
            end = cell.line + len(code)
            lines[cell.line - 3 : end] = ["```{code-cell}", f":tags: [{DERIVE}]", *code, "```"]
    return "\n".join(lines)

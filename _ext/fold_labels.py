"""A folded cell says what is in it, so that nobody opens the answer of an exercise by accident.

MyST-NB calls everything "code cell content". Here the code itself tells what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

from evidence.sphinx.figures import is_cell

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LABELS = (
    (".solution", "the solution"),
    ("Exercise(", "how answers are graded"),
    ("agree(", "the check, which may give the answer away"),
    ("holds(", "the check, which may give the answer away"),
    ("show(", "the code of the figure"),
)


def label(code: str) -> str:
    """Name what a cell holds.

    >>> label("ex.solution(4)"), label("x = 1")
    ('the solution', 'the code')
    """
    return next((name for mark, name in LABELS if mark in code), "the code")


def label_folds(_app: Sphinx, doctree: nodes.document) -> None:
    for cell in doctree.findall(is_cell):
        if cell.get("hide_mode"):
            name = label(next(cell.findall(nodes.literal_block)).astext())
            cell["prompt_show"], cell["prompt_hide"] = f"Show {name}", f"Hide {name}"


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-read", label_folds)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""Where a line may end: not between a formula and its full stop, nor in a scrap of code.

A browser may end it on either side of a formula, even before the punctuation that touches it. And
output that is no table may wrap, so that its sentences can be read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

TIGHT = "sa-tight"  # the class of what stays on one line, but for the breaks inside a formula
BEFORE, AFTER = re.compile(r"[^\s-]+$"), re.compile(r"^-?[^ \n-]+")  # a no-break space holds on
SCRAP = 20  # letters: longer code may break, for a telephone shows some forty
COLUMNS = re.compile(r"\S {3,}\S")  # what a table has and a sentence has not

END, PART = "</span>", '<span class="katex-base">'


def breakable(formula: str) -> str:
    """Let a rendered formula break before each of its parts, as it may where it stands alone."""
    return formula.replace(END + PART, f"{END}<wbr>{PART}")


def keep_together(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Wrap each inline formula with what touches it; mark short code, and output that may wrap."""
    if app.builder.format != "html":
        return
    for formula in list(doctree.findall(nodes.math)):
        tighten(formula)
    for code in doctree.findall(nodes.literal):
        if len(code.astext()) <= SCRAP:
            code["classes"].append(TIGHT)
    for block in doctree.findall(nodes.literal_block):
        if "output" in block["classes"] and not COLUMNS.search(block.astext()):
            block["classes"].append("sa-wrap")


def tighten(formula: nodes.math) -> None:
    """Move what touches a formula into one element with it."""
    siblings, at = formula.parent, formula.parent.index(formula)
    before, rest_before = split(siblings, at - 1, BEFORE)
    after, rest_after = split(siblings, at + 1, AFTER)
    if before or after:
        siblings[at] = nodes.inline("", before, formula, nodes.Text(after), classes=[TIGHT])
    if before:
        siblings[at - 1] = nodes.Text(rest_before)
    if after:
        siblings[at + 1] = nodes.Text(rest_after)


def split(siblings: nodes.Element, at: int, touching: re.Pattern[str]) -> tuple[str, str]:
    """Return what of a text beside the formula touches it, and the rest."""
    text = siblings[at] if 0 <= at < len(siblings) else None
    found = touching.search(text) if isinstance(text, nodes.Text) else None
    return (found[0], touching.sub("", text)) if found else ("", "")


def setup(app: Sphinx) -> dict[str, Any]:
    """Run before the page is written."""
    app.connect("doctree-resolved", keep_together)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

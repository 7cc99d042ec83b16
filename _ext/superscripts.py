"""Set exponents that are written as characters, 10⁻⁸, as raised digits of the text's own face.

The face has ¹, ² and ³ but no other: the rest would come from whatever face the reader's computer
has, in another size.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
EXPONENT = re.compile(f"([{RAISED}]*[⁰⁴⁵⁶⁷⁸⁹⁻][{RAISED}]*)")
PLAIN = str.maketrans(RAISED, "0123456789−")
AS_WRITTEN = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)


def set_exponents(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Replace the characters, but not in code or formulas."""
    if app.builder.format != "html":
        return
    for text in list(doctree.findall(nodes.Text)):
        if EXPONENT.search(text) and not isinstance(text.parent, AS_WRITTEN):
            at = text.parent.index(text)
            text.parent[at : at + 1] = list(pieces(text))


def pieces(text: str) -> Iterator[nodes.Node]:
    """Cut a text into what stands on the line and what is raised."""
    for place, piece in enumerate(EXPONENT.split(text)):
        raised = place % 2
        yield nodes.superscript(text=piece.translate(PLAIN)) if raised else nodes.Text(piece)


def setup(app: Sphinx) -> dict[str, Any]:
    """Run after what looks at the words."""
    app.connect("doctree-resolved", set_exponents, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

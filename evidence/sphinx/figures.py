"""Every image says in words what it shows, and a figure drawn by a cell takes the page's colours.

`evidence.show` writes the text alternative into the SVG as its <title>. Here it becomes the
accessible name of the figure, and the SVG becomes a part of the page, so that the style sheet
recolours it for dark pages. An image without words and a figure that was announced but not drawn
are warnings: a strict build fails on them.

A cell with `explorable: NAME` in its header draws what print and a page without scripts show;
elsewhere _static/NAME_explorable.js takes the place of the drawing.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util import logging

from evidence.sphinx.story import is_cell

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)

PROLOGUE = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)
TITLE = re.compile(r"<title\b[^>]*>(.*?)</title>\s*", re.DOTALL)
METADATA = re.compile(r"<metadata\b.*?</metadata>\s*", re.DOTALL)


def inline_svg(svg: str) -> tuple[str, str]:
    """Return an SVG file as an element of a page, and its title.

    The title becomes the label, because a browser would show a <title> as a tooltip.

    >>> inline_svg('<?xml version="1.0"?><svg width="1"><title>a &lt; b</title><g/></svg>')
    ('<svg role="img" aria-label="a &lt; b" width="1"><g/></svg>', 'a < b')
    """
    found = TITLE.search(svg)
    title = html.unescape(found[1]).strip() if found else ""
    element = METADATA.sub("", TITLE.sub("", PROLOGUE.sub("", svg), count=1))
    label = html.escape(title)
    return element.replace("<svg", f'<svg role="img" aria-label="{label}"', 1), title


def treat_figures(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Inline what the cells have drawn, then look for missing figures and missing words."""
    for cell in doctree.findall(is_cell):
        images = list(cell.findall(nodes.image))
        if "figure" in cell["cell_metadata"].get("mystnb", {}) and not images:
            logger.warning("undrawn figure: the cell made no image", location=cell, type="figures")
        explorable = cell["cell_metadata"].get("explorable")
        script = Path(app.srcdir) / "_static" / f"{explorable}_explorable.js"
        if explorable and not script.exists():
            logger.warning("unknown explorable: %s", explorable, location=cell, type="figures")
        for image in images:
            if image["uri"].endswith(".svg"):
                treat_svg(app, image, explorable)
    for image in doctree.findall(nodes.image):
        if not image.get("alt"):
            logger.warning("image without alt text", location=placed(image), type="figures")


def placed(node: nodes.Node) -> nodes.Node:
    """Return the innermost node around this one whose line in the source is known."""
    while not node.line and node.parent is not None:
        node = node.parent
    return node


def treat_svg(app: Sphinx, image: nodes.image, explorable: str | None) -> None:
    """Give an image its alt text from its SVG file and, on a web page, put the SVG in its place."""
    svg = (Path(app.srcdir) / image["uri"]).read_text(encoding="utf-8")
    element, title = inline_svg(svg)
    image["alt"] = title or image.get("alt", "")
    if title and app.builder.format == "html":
        if explorable:
            place = f'<div class="sa-explorable" data-explorable="{explorable}"></div>'
            element = f'{place}<div class="sa-fallback">{element}</div>'
        image.replace_self(nodes.raw("", element, format="html", classes=["output"]))


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at every page once its outputs are chosen."""
    app.connect("doctree-resolved", treat_figures)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

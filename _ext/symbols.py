r"""Symbols explained where they stand: the notation's tables are read, and formulas marked.

A table whose columns begin with *symbol*, *meaning* and *where* says what letters mean. A cell
*where* that is empty stands for all pages; one that lists pages for these alone, and there its
rows go before the others; one that begins with *not* for all but these. A symbol that no row has
on a page is not explained there. `s`, `s_i` and `s'` are three symbols.

In the HTML of a formula each glyph of a symbol carries the id of its row; the page ends with the
list of its symbols, a popover for which `_templates/story-switch.html` has the button, and from
which `_static/book.js` takes what it shows beside a symbol that is pointed at.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util import docname_join, logging

from _ext.katex import katex

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

COLUMNS = ["symbol", "meaning", "where"]
QUOTING = {"chapters/claims", "chapters/unmarked"}  # show other pages' formulas, in their letters
MARKED = re.compile(r'data-symbol="([^"]+)"')
HEAD = re.compile(r"[(=].*", re.DOTALL)  # what follows the symbol itself
APART = re.compile(r"(?<!\\),")

Text = list[tuple[str, bool]]  # pieces, and whether each is TeX


@dataclass(frozen=True)
class Row:
    """What some symbols mean, and on which pages."""

    id: str
    symbols: tuple[str, ...]
    shown: Text
    meaning: Text
    pages: frozenset[str] = frozenset()
    are_all_but: bool = True

    def holds_on(self, page: str) -> bool:
        return (page in self.pages) != self.are_all_but


# Reading


def read_tables(app: Sphinx, doctree: nodes.document) -> None:
    """Keep the rows of a page's tables of symbols, and give each an id for links."""
    page = app.env.docname
    rows = [
        row_of(cells, page)
        for table in doctree.findall(nodes.table)
        if headings(table)[: len(COLUMNS)] == COLUMNS
        for cells in table.findall(nodes.row)
        if not isinstance(cells.parent, nodes.thead)
    ]
    if rows:
        app.env.symbols[page] = rows


def headings(table: nodes.table) -> list[str]:
    head = table.next_node(nodes.thead)
    return [entry.astext() for entry in head.findall(nodes.entry)] if head else []


def row_of(row: nodes.row, page: str) -> Row:
    """Read a row."""
    shown, meaning, where, *_ = row.children
    formulas = [formula.astext() for formula in shown.findall(nodes.math)]
    symbols = tuple(symbol for formula in formulas for symbol in heads(formula))
    pages = frozenset(
        docname_join(link.get("refdoc", page), link["reftarget"])
        for link in where.findall(pending_xref)
    )
    are_all_but = where.astext().split()[:1] in ([], ["not"])
    some = [] if are_all_but else [min(pages).rpartition("/")[2]]
    name = re.sub(r"\W", "-", "-".join([*symbols[:1], *some]))
    row["ids"].append(f"symbol-{name}")
    return Row(name, symbols, text(shown), text(meaning), pages, are_all_but)


def heads(formula: str) -> Iterator[str]:
    r"""Name what a formula of the first column introduces.

    >>> list(heads(r"p, q_k")), list(heads(r"z = (z_0, z_1)")), list(heads(r"\sigma(x)"))
    (['p', 'q_'], ['z'], ['σ'])
    """
    for part in APART.split(HEAD.sub("", formula)):
        yield from katex.symbols(part)[:1]


def text(cell: nodes.Element) -> Text:
    """Return the pieces of a cell."""
    if isinstance(cell, nodes.math):
        return [(cell.astext(), True)]
    if isinstance(cell, nodes.Text):
        return [(cell.astext(), False)]
    return [piece for child in cell.children for piece in text(child)]


# Writing


def rows_of(env: BuildEnvironment, page: str) -> dict[str, Row]:
    """Return what each symbol means on a page."""
    if page in QUOTING or page in env.symbols:  # the table explains itself
        return {}
    found: dict[str, Row] = {}
    holding = [row for rows in env.symbols.values() for row in rows if row.holds_on(page)]
    for row in sorted(holding, key=lambda row: not row.are_all_but):
        for symbol in row.symbols:
            other = found.get(symbol, row)
            if other is not row and other.are_all_but == row.are_all_but:
                logger.warning("two rows of the notation explain %s", symbol, location=page)
            found[symbol] = row
    return found


def marks_on(app: Sphinx, page: str) -> dict[str, str]:
    """Return the ids with which formulas of a page are marked, for the site alone."""
    if app.builder.name != "html":
        return {}
    return {symbol: row.id for symbol, row in rows_of(app.env, page).items()}


def list_symbols(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """End the page with the list of the symbols that are marked on it."""
    marked = set(MARKED.findall(context.get("body", "")))
    if not marked or doctree is None:
        return
    (notation,) = {page for page, rows in app.env.symbols.items() for r in rows if r.id in marked}
    uri = app.builder.get_relative_uri(pagename, notation)
    rows = [row for row in app.env.symbols[notation] if row.id in marked]
    items = "".join(
        f'<div data-row="{row.id}"><dt>{drawn(row.shown)}</dt><dd>{drawn(row.meaning)} '
        f'<a href="{uri}#symbol-{row.id}" aria-label="{spoken(row)} in the notation">notation</a>'
        "</dd></div>"
        for row in rows
    )
    context["body"] += (
        '<div class="sa-symbols" id="page-symbols" popover autofocus tabindex="-1" role="group" '
        f'aria-label="Symbols on this page"><dl>{items}</dl></div>'
    )


def spoken(row: Row) -> str:
    return ", ".join(dict.fromkeys(symbol.strip("_") for symbol in row.symbols))


def drawn(pieces: Text) -> str:
    return "".join(katex.render(piece) if tex else html.escape(piece) for piece, tex in pieces)


# Keeping


def begin(_app: Sphinx, env: BuildEnvironment, *_found: set[str]) -> list[str]:
    env.symbols = getattr(env, "symbols", {})
    env.symbols_written = getattr(env, "symbols_written", None)
    return []


def forget(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    env.symbols.pop(docname, None)


def write_again(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write all pages anew when the notation has changed."""
    if env.symbols_written == env.symbols:
        return []
    env.symbols_written = dict(env.symbols)
    return sorted(env.found_docs)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything here."""
    app.connect("env-get-outdated", begin)
    app.connect("env-purge-doc", forget)
    app.connect("doctree-read", read_tables)
    app.connect("env-updated", write_again)
    app.connect("html-page-context", list_symbols)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}

"""The marks of a text: what is declared and no claim, and which claim stands behind a sentence.

Roles: ``{example}`(2, 1, 0)``` (also `definition`, `convention`, `cited`, `argued`),
``{shown}`$a = b$ <page.claim>``` for a formula, and ``{by}`page.claim``` after a sentence in words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from evidence.page.draw import mark, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

KINDS = {
    "definition": "a definition, not a claim",
    "convention": "a convention, not a claim",
    "example": "chosen for an example, not claimed",
    "cited": "taken from the source that is cited",
    "argued": "carried by a human argument, not by the machine",
}
SHOWN = re.compile(r"\$(.+?)\$\s*<([\w.-]+)>", re.DOTALL)  # a formula, and the claim that has it
PERSONS = ("argued", "cited")
STOP = re.compile(r"[.,;:!?]+")


class Declared(nodes.inline):
    """Something that is not claimed; `kind` says what it is instead."""


class Shown(nodes.inline):
    """A formula that the claim named `claim` is to confirm."""


class By(nodes.inline):
    """A mark after a sentence; `claim` names its evidence."""


def records_on(env: BuildEnvironment, docname: str) -> list[Mapping[str, Any]]:
    """Return the claims that a page makes."""
    return [r for r in env.evidence_records.get(docname, ()) if r["kind"] == "claim"]


def claim_named(env: BuildEnvironment, name: str) -> tuple[str, Mapping[str, Any]] | None:
    """Return the page that makes a claim, and what it says of it."""
    found = ((page, r) for page in env.evidence_records for r in records_on(env, page))
    return next(((page, r) for page, r in found if r["id"] == name), None)


class DeclaredRole(SphinxRole):
    """Read ``{example}`$x = 2$```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        kind = self.name.lower()
        node = Declared("", "", classes=["sa-given"], kind=kind, title=KINDS[kind])
        self.set_source_info(node)
        node += self.inliner.parse(self.text, self.lineno, self, node)[0]
        return [node], []


class ShownRole(SphinxRole):
    """Read ``{shown}`$a = b$ <page.claim>```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        found = SHOWN.fullmatch(self.text.strip())
        if found is None:
            message = "shown: write the formula and its claim, '$a = b$ <page.claim>'"
            return [nodes.literal(self.text, self.text)], [self.inliner.reporter.warning(message)]
        node = Shown("", "", nodes.math(found[1], found[1]), claim=found[2])
        self.set_source_info(node)
        return [node], []


class ByRole(SphinxRole):
    """Read ``{by}`page.claim```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        node = By("", "", claim=self.text.strip())
        self.set_source_info(node)
        return [node], []


def draw_marks(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the mark of its kind in the place of each ``{by}``, with a link to the claim."""
    for node in list(doctree.findall(By)):
        page, record = claim_named(app.env, node["claim"]) or ("", None)
        if record is None:
            node.replace_self([])
            continue
        place = "" if page == docname else app.builder.get_relative_uri(docname, page)
        check = f"{place}#{record['anchor']}"
        drawn = mark(record["evidence"], check, record["statement"], value_of(record))
        at = node.parent.index(node)
        before = node.parent[at - 1] if at else None
        if isinstance(before, nodes.Text):  # it touches the word before it
            node.parent[at - 1] = nodes.Text(before.rstrip())
        node.replace_self(nodes.raw("", drawn, format="html"))
    for node in list(doctree.findall(is_vouched_for)):
        kind = next(kind for kind in PERSONS if kind in (node.get("kind"), *node["classes"]))
        after = node.next_node(descend=False, siblings=True)
        if isinstance(after, nodes.Text) and (stop := STOP.match(after)):  # a mark stands behind it
            node += nodes.Text(stop.group())
            after.parent.replace(after, nodes.Text(after[stop.end() :]))
        node += nodes.raw("", f"\N{WORD JOINER}{mark(kind)}", format="html")


def is_vouched_for(node: nodes.Node) -> bool:
    """Tell whether a person stands behind a piece of text: its author, or another's work."""
    if isinstance(node, Declared):
        return node["kind"] in PERSONS
    return isinstance(node, nodes.paragraph) and bool(set(PERSONS) & set(node["classes"]))


def visit_inline(translator: Any, node: nodes.inline) -> None:
    """Open what is declared, or a number of the run; its title says which."""
    title = {"title": node["title"]} if "title" in node else {}
    translator.body.append(translator.starttag(node, "span", "", **title))


def depart_inline(translator: Any, _node: nodes.inline) -> None:
    translator.body.append("</span>")


def nothing(_translator: Any, _node: nodes.Node) -> None:
    """Add nothing around the content."""


TITLED, PLAIN = (visit_inline, depart_inline), (nothing, nothing)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(Declared, html=TITLED, latex=PLAIN, text=PLAIN)
    app.add_node(Shown, html=PLAIN, latex=PLAIN, text=PLAIN)
    app.add_node(By, html=PLAIN, latex=PLAIN, text=PLAIN)
    for kind in KINDS:
        app.add_role(kind, DeclaredRole())
    app.add_role("shown", ShownRole())
    app.add_role("by", ByRole())
    app.connect("doctree-resolved", draw_marks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

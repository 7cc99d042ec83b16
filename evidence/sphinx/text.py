r"""No number and no formula in the text without its evidence.

A number is bound to the run with ``{said}`0.25 <peak>```, a formula by being one that the page's
claims print or prove (`evidence.claims.written`), or by naming the claim that has it,
``{shown}`$J = \dots$ <page.claim>```. What is not claimed is declared for what it is: by a role,
``{example}`(2, 1, 0)``` (also `definition`, `convention`, `cited`, `argued`), by the same word as a
class above a block, ``{.example}``, or by a paragraph that begins with **Definition.** A formula
after *if*, *for*, *where*, *with*, *let* … is a condition. All else that a reader meets, prose,
headings, captions, tables, descriptions, what the code of a figure writes on it, and a number in a
statement that its test does not have (`evidence.run.spoken`), is a warning: a strict build fails.
``{by}`page.claim``` after a sentence in words names its evidence.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

from evidence.claims.said import matches
from evidence.page.draw import RELATIONS
from evidence.page.formula import normal, printed, states
from evidence.page.numerals import NAMES, is_number, stated, typed
from evidence.run.chapter import Cell
from evidence.run.spoken import unbacked
from evidence.sphinx.figures import placed
from evidence.sphinx.marks import KINDS, STOP, By, Declared, Shown, claim_named
from evidence.sphinx.said import Record, Said
from evidence.sphinx.story import is_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

COMPUTED = "sa-computed"  # the class of what a build has made, and no author
CONDITION = re.compile(
    r"(?<!exactly )(?<!only )\b(?:if|for|when|whenever|while|where|wherever|with|let|as|given|under"
    r"|take|set|put|suppose|call|write|unless|until|from|cases?)"
    r"(?:\s+(?:all|every|each|any|some|the|a|logits?|points?|numbers?|us|now|both))*\s*$",
    re.IGNORECASE,
)
GOES_ON = re.compile(r"\s*(?:,|,?\s*and|,?\s*or|but)\s*$")
DECLARING = re.compile(rf"({'|'.join(KINDS)})", re.IGNORECASE)
# What is not the author's words: code, what code printed, what a build makes of a name.
AS_IS = (
    nodes.literal, nodes.literal_block, nodes.raw, nodes.comment, nodes.target, nodes.label,
    nodes.citation_reference, nodes.footnote_reference, nodes.math, nodes.math_block,
    nodes.system_message, nodes.citation, nodes.doctest_block, addnodes.desc_signature,
)  # fmt: skip


def verify(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of every number and formula of a page that nothing stands behind."""
    join_texts(doctree)
    page = Page(app, doctree)
    for node in doctree.findall():
        for problem in page.problems(node):
            place = app.env.docname if isinstance(node, nodes.meta) else placed(node)
            logger.warning("text: %s", problem, location=place, type="text")
    nodes_of_cells = [*doctree.findall(is_cell)]
    cells = [Cell(frozenset(), code_of(node), 0) for node in nodes_of_cells]
    for index, number, text in unbacked(cells, page.names):
        problem = f"{number!r} in {shortened(text)!r} is not in the code that it speaks of"
        logger.warning("text: %s", problem, location=placed(nodes_of_cells[index]), type="text")


class Page:
    """What is known of a page when its text is read."""

    def __init__(self, app: Sphinx, doctree: nodes.document) -> None:
        self.env = app.env
        self.names = [*NAMES, *app.config.evidence_names]
        records = [json.loads(record.rawsource) for record in doctree.findall(Record)]
        self.values = [value for r in records for value in r.get("values", {}).values()]
        self.judged = elsewhere(app.env, doctree)
        for record in records:
            self.judged |= record.get("formulas", {})
        formulas = [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]
        self.declared = {normal(node.astext()) for node in formulas if is_declared(node)}

    def problems(self, node: nodes.Node) -> Iterator[str]:
        """Yield what is wrong with one node, leaving what it holds for later."""
        if isinstance(node, By):
            yield from self.of_mark(node)
        elif isinstance(node, nodes.meta):
            for number in stated(node.get("content", ""), self.names):
                yield f"{number!r} in the page's {node.get('name')}: say it without a number"
        elif is_figure(node):
            for text in typed(code_of(node)):
                for number in stated(text, self.names):
                    yield f"{number!r} in {text!r} is typed onto the figure: compute it"
        elif isinstance(node, (nodes.math, nodes.math_block)):
            yield from self.of_formula(node) if is_prose(node) else ()
        elif isinstance(node, nodes.literal):
            if is_number(node.astext()) and is_prose(node):
                yield f"the number {node.astext()} is bound to nothing, though it looks like code"
        elif isinstance(node, nodes.Text) and is_prose(node):
            yield from self.of_text(node)

    def of_mark(self, node: By) -> Iterator[str]:
        if claim_named(self.env, node["claim"]) is None:
            yield f"no page makes a claim {node['claim']}"
        after = node.next_node(descend=False, siblings=True)
        if isinstance(after, nodes.Text) and STOP.match(after):
            yield f"the mark of {node['claim']} goes behind the {after[0]!r} that follows it"

    def of_text(self, node: nodes.Text) -> Iterator[str]:
        if node.parent.get("refuri") == node.astext():
            return
        is_docstring = any(isinstance(above, addnodes.desc_content) for above in ancestors(node))
        for number in stated(node.astext(), self.names):
            # What a docstring promises is recorded on its page: help() shows no marks.
            if not (is_docstring and any(matches(number, value) for value in self.values)):
                yield f"{number!r} in {shortened(node.astext())!r} is bound to nothing"

    def of_formula(self, node: nodes.math) -> Iterator[str]:
        tex, shown = normal(node.astext()), " ".join(node.astext().split())
        if not states(tex):
            if is_number(node.astext()):
                yield f"the number ${shown}$ is bound to nothing"
            return
        claim = node.parent["claim"] if isinstance(node.parent, Shown) else ""
        said = self.judged.get(
            f"{tex} <{claim}>" if claim else tex, {"problem": "no cell judged it"}
        )
        if "evidence" in said:
            node["evidence"], node["by"] = said["evidence"], said["by"]
        elif claim or not (tex in self.declared or is_condition(node)):
            yield f"${shown}$ is neither confirmed nor declared: {said['problem']}"


def join_texts(doctree: nodes.document) -> None:
    """Make one text of the lines of a paragraph: what stands before a formula may end a line."""
    for block in list(doctree.findall(nodes.TextElement)):
        for at in reversed(range(len(block))):
            if at and isinstance(block[at - 1], nodes.Text) and isinstance(block[at], nodes.Text):
                block[at - 1 : at + 1] = [nodes.Text(block[at - 1] + block[at])]
            elif block[at] == "":
                del block[at]


def elsewhere(env: BuildEnvironment, doctree: nodes.document) -> dict[str, dict[str, str]]:
    """Return what the claims of other pages print of the formulas that name them."""
    found = {}
    for node in doctree.findall(Shown):
        name, tex = node["claim"], normal(node[0].astext())
        page, record = claim_named(env, name) or ("", {})
        if page not in ("", env.docname) and tex in printed(record, RELATIONS):
            found[f"{tex} <{name}>"] = {"evidence": record["evidence"], "by": name}
    return found


def ancestors(node: nodes.Node) -> Iterator[nodes.Element]:
    while node.parent is not None:
        node = node.parent
        yield node


def is_prose(node: nodes.Node) -> bool:
    """Tell whether an author wrote it as text, and did not declare it."""
    as_is = not isinstance(node, (nodes.math, nodes.math_block)) and any(
        isinstance(above, AS_IS) for above in ancestors(node)
    )
    return not (as_is or is_declared(node) or is_output(node) or is_computed(node))


def is_computed(node: nodes.Node) -> bool:
    return any(COMPUTED in above.get("classes", ()) for above in ancestors(node))


def is_declared(node: nodes.Node) -> bool:
    """Tell whether a node, or a block around it, is said to be no claim, or to be verified."""
    if any(isinstance(above, (Declared, Said)) or kind_of(above) for above in ancestors(node)):
        return True
    return follows_declaration(node) if isinstance(node, nodes.math_block) else False


def kind_of(block: nodes.Element) -> str | None:
    """Tell what a block is declared as: by its class, or by how a paragraph begins."""
    named = [kind for kind in KINDS if kind in block.get("classes", ())]
    first = block[0] if isinstance(block, nodes.paragraph) and len(block) else None
    begins = DECLARING.match(first.astext()) if isinstance(first, nodes.strong) else None
    return named[0] if named else begins and begins[0].lower()


def follows_declaration(node: nodes.Node) -> bool:
    """Tell whether a display stands under a declared paragraph, or under another such display."""
    siblings = node.parent
    at = siblings.index(node)
    while at > 0 and isinstance(siblings[at - 1], (nodes.math_block, nodes.target)):
        at -= 1
    return at > 0 and kind_of(siblings[at - 1]) is not None


def is_condition(node: nodes.math) -> bool:
    """Tell whether a formula says when something holds, and so claims nothing itself."""
    siblings, at = node.parent, node.parent.index(node)
    before = siblings[at - 1].astext() if at and isinstance(siblings[at - 1], nodes.Text) else ""
    if CONDITION.search(before):
        return True
    earlier = siblings[at - 2] if at > 1 else None
    goes_on = GOES_ON.fullmatch(before) and isinstance(earlier, nodes.math)
    return bool(goes_on) and is_condition(earlier)


def is_output(node: nodes.Node) -> bool:
    """Tell whether a cell has printed it; the caption of its figure is the author's."""
    for above in ancestors(node):
        if isinstance(above, nodes.caption):
            return False
        if is_cell(above):
            return True
    return False


def is_figure(node: nodes.Node) -> bool:
    return is_cell(node) and "figure" in node["cell_metadata"].get("mystnb", {})


def code_of(cell: nodes.Node) -> str:
    return next(cell.findall(nodes.literal_block)).astext()


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def setup(app: Sphinx) -> dict[str, Any]:
    app.setup_extension("evidence.sphinx.marks")
    app.add_config_value("evidence_names", [], "env")
    app.connect("doctree-read", verify, priority=600)  # once the numbers are verified
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

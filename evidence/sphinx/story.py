"""A page shows the story: what stands behind it takes one line, which opens.

What a code cell is follows from its code and from the records in its outputs; nobody marks it. Its
pictures, the lines of its derivations and what it prints stay in sight, and so does short code that
derives or prints. All else goes into a `Fold`, whose line says what is in it.
"""

from __future__ import annotations

import ast
import itertools
import json
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes

from evidence.page.draw import line, refuses
from evidence.page.html import inline
from evidence.sphinx.marks import PLAIN
from evidence.sphinx.said import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

SHORT = 8  # lines of code that may stand in the story
NAMED = 5  # names in the line of a set-up
SPOILER = "the check, which may give the answer away"
# What an output may be: the first that a cell has says what the cell is for.
KINDS = ("figure", "derivation", "exercise", "evidence", "numbers", "printed")
OF_RECORDS = {"said": "numbers", "exercise": "exercise", "written": "nothing"}
EVENTS = {"solved": "solution", "graded": "hole", "posed": "posed"}


class Fold(nodes.Element):
    """What is folded, under a line that says what it is."""


def fold(kind: str, html: str, content: Iterable[nodes.Node]) -> Fold:
    summary = nodes.raw("", f"<summary>{html}</summary>\n", format="html")
    return Fold("", summary, *content, kind=kind)


class Cell:
    """A code cell of the page: its code, and its outputs with what they record."""

    def __init__(self, node: nodes.Element) -> None:
        self.node = node
        self.outputs: list[tuple[str, nodes.Node, dict[str, Any]]] = []  # each with its kind
        self.source = self.shown = None
        for part in node.children:
            if part["nb_element"] == "cell_code_source":
                self.source = part
            else:
                self.shown = part
                found = [(each, recorded(each)) for each in part.children]
                self.outputs = [(kind_of(*output), *output) for output in found]
        self.code = self.source.astext() if self.source else ""
        self.kind = self.find_kind()

    def find_kind(self) -> str:
        """Tell what the cell is for."""
        kinds = {kind for kind, *_ in self.outputs}
        found = next((kind for kind in KINDS if kind in kinds), "set-up")
        return EVENTS[self.records("exercise")[0]["event"]] if found == "exercise" else found

    @property
    def is_short(self) -> bool:
        return sum(bool(text.strip()) for text in self.code.splitlines()) <= SHORT

    def part(self, *kinds: str) -> list[nodes.Node]:
        """Take the outputs of some kinds, in a box like that of all."""
        found = [node for kind, node, _ in self.outputs if kind in kinds]
        if not found:
            return []
        box = self.shown.copy()
        box += found
        return [box]

    def records(self, *kinds: str) -> list[dict[str, Any]]:
        return [record for kind, _, record in self.outputs if kind in kinds]

    def told(self) -> list[nodes.Node]:
        """Say the cell's part of the story."""
        everything = self.node.children
        evidence = self.records("evidence", "numbers")
        if self.kind == "set-up":
            return [fold("set-up", escape(set_up(self.code)), everything)]
        if self.kind in ("evidence", "numbers"):
            return [fold(self.kind, line(evidence), everything)]
        if self.kind == "solution":
            return [fold("solution", "the solution", everything)]
        if self.kind == "hole":
            return [self.source, answer(self.records("exercise"))]
        if self.kind == "posed":
            return list(self.posed())
        told = self.part("figure", "derivation", "printed")
        if self.is_short and self.kind != "figure":
            told.insert(0, self.source)
        elif self.kind == "printed":
            told.insert(0, fold("code", "the code", [self.source]))
        else:
            told.append(fold("code", f"the code of this {self.kind}", [self.source]))
        if evidence:
            told.append(fold("evidence", line(evidence), self.part("evidence", "numbers")))
        return told

    def posed(self) -> Iterator[nodes.Node]:
        """Offer the hint of an exercise, and how an answer is graded."""
        records = self.records("exercise")
        for text in filter(None, (record.get("hint") for record in records)):
            yield fold("hint", "a hint", [nodes.raw("", f"<p>{inline(text)}</p>", format="html")])
        wrong = [name for record in records for name in record.get("wrong", ())]
        graded = f"<span>how answers are graded: {refuses(wrong)}</span>"
        yield fold("grading", graded, self.node.children)


def answer(records: Sequence[dict[str, Any]]) -> nodes.Node:
    """Leave a place where a page may take an answer; without scripts nothing is there."""
    exercise = escape(records[-1]["id"])
    return nodes.raw("", f'<div data-exercise="{exercise}"></div>', format="html")


def recorded(output: nodes.Node) -> dict[str, Any]:
    """Return the record that an output carries, or nothing."""
    found = next(iter(output.findall(Record)), None)
    return json.loads(found.rawsource) if found is not None else {}


def kind_of(output: nodes.Node, record: dict[str, Any]) -> str:
    """Tell what an output is to the story."""
    if "steps" in record:
        return "derivation"
    if record:
        return OF_RECORDS.get(record["kind"], "evidence")
    if next(iter(output.findall(nodes.image)), None) is not None:
        return "figure"
    return "printed"


def set_up(code: str) -> str:
    r"""Say in a line what a cell prepares.

    >>> set_up("import numpy as np\nfrom a.b import c\n\ndef f(x):\n    return x\n")
    'set-up: imports numpy, a; defines f'
    """
    try:
        tree = ast.parse(code).body
    except SyntaxError:
        return "set-up"
    modules, names = [], []
    for statement in tree:
        if isinstance(statement, ast.Import):
            modules += [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            modules.append(statement.module or "")
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.append(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            stored = (n for n in ast.walk(statement) if isinstance(n, ast.Name))
            names += [n.id for n in stored if isinstance(n.ctx, ast.Store)]
    roots = [module.partition(".")[0] for module in modules]
    parts = [f"{what} {listed(n)}" for what, n in (("imports", roots), ("defines", names)) if n]
    return "set-up: " + "; ".join(parts) if parts else "set-up"


def listed(names: Sequence[str]) -> str:
    """Name the first few."""
    names = list(dict.fromkeys(names))
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def is_cell(node: nodes.Node) -> bool:
    """Tell whether a node holds the source and the outputs of one code cell."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def tell(_app: Sphinx, doctree: nodes.document) -> None:
    """Put every code cell of a page into the story."""
    cells = {node: Cell(node) for node in doctree.findall(is_cell)}
    for node, cell in cells.items():
        node.attributes.pop("hide_mode", None)  # what a tag may say is not asked
        if gives_away(cell, cells):
            told = [fold("solution", SPOILER, node.children)]
        elif cell.kind == "set-up" and cell.is_short and is_to_be_read(cell, cells):
            continue
        else:
            told = cell.told()
        node["classes"] += [f"sa-is-{cell.kind}"]
        if all(isinstance(each, Fold) for each in told):
            node["classes"].append("sa-shut")
        node.children = []
        node += told


def gives_away(cell: Cell, cells: dict[nodes.Node, Cell]) -> bool:
    """Tell whether a check stands between the question of an exercise and the exercise itself."""
    return cell.kind in ("evidence", "derivation") and leads_to_exercise(cell, cells)


def is_to_be_read(cell: Cell, cells: dict[nodes.Node, Cell]) -> bool:
    """Tell whether the prose before a cell announces it by a colon, or asks about its function."""
    siblings, at = cell.node.parent.children, cell.node.parent.index(cell.node)
    if at == 0 or siblings[at - 1] in cells:
        return False
    announced = siblings[at - 1].astext().rstrip().endswith(":")
    return announced or ("def " in cell.code and leads_to_exercise(cell, cells))


def leads_to_exercise(cell: Cell, cells: dict[nodes.Node, Cell]) -> bool:
    """Tell whether only cells stand between this one and the next exercise."""
    siblings, at = cell.node.parent.children, cell.node.parent.index(cell.node)
    run = itertools.takewhile(cells.__contains__, siblings[at + 1 :])
    return any(cells[node].kind == "posed" for node in run)


def visit_fold(translator: HTML5Translator, node: Fold) -> None:
    """Open a fold; its line comes first."""
    translator.body.append(f'<details class="sa-fold sa-fold-{node["kind"]}">\n')


def depart_fold(translator: HTML5Translator, _node: Fold) -> None:
    """Close it."""
    translator.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Fold once a page with its outputs is read, while they still carry their records."""
    app.setup_extension("evidence.sphinx.said")  # which keeps the records, and reads them first
    app.add_node(Fold, html=(visit_fold, depart_fold), latex=PLAIN, text=PLAIN)
    app.connect("doctree-read", tell, priority=800)  # once the text is verified, cell by cell
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

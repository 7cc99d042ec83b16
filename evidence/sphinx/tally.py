"""What a page rests on, counted at its foot, and the sentences that rest on nothing, listed.

A sentence is marked if a number or a formula in it is bound or declared, if a mark after it names
its evidence (``{by}`page.claim```), or if it cites. What is left are sentences in words that nobody
but their author stands behind: the page shows how many there are, and ``unmarked-sentences`` lists
them all, page by page.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from evidence.page.draw import EVIDENCE
from evidence.sphinx.marks import By, Declared, Shown, records_on
from evidence.sphinx.register import formulas
from evidence.sphinx.said import Said
from evidence.sphinx.text import is_prose, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

MARK = "\N{OBJECT REPLACEMENT CHARACTER}"
AFTER = re.compile(rf"([.!?][”’)]?)\s*({MARK}+)")  # a mark after a full stop belongs before it
END = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][”’)]))\s+(?=[“‘(]?[A-Z])")
QUOTED = re.compile("“[^“”]*”")  # what somebody else says, as a rule to be refuted
NAMES = {
    "definition": "definition",
    "convention": "convention",
    "example": "example input",
    "cited": "citation",
    "argued": "human argument",
}
WORDS = 5  # shorter than this is no sentence of substance


def count(app: Sphinx, doctree: nodes.document) -> None:
    """Count what a page rests on, and keep its unmarked sentences for the list."""
    env, docname = app.env, app.env.docname
    kinds = Counter(record["evidence"] for record in records_on(env, docname))
    if not kinds:
        return
    unmarked = list(sentences(doctree))
    env.evidence_unmarked[docname] = unmarked
    declared = Counter(filter(None, map(declared_as, doctree.findall())))
    said = sum(1 for _ in doctree.findall(Said))
    told = [
        (
            "Claims on this page",
            [f"{kinds[k]} {word}" for k, (*_, word) in EVIDENCE.items() if kinds[k]],
        ),
        ("Numbers in the text", [f"{said} taken from the run"] if said else []),
        (
            "Declared",
            [plural(declared[kind], name) for kind, name in NAMES.items() if declared[kind]],
        ),
    ]
    parts = "".join(f"{head}: {', '.join(each)}. " for head, each in told if each)
    foot = nodes.paragraph(classes=["sa-tally"])
    foot += nodes.Text(parts)
    foot += Unmarked("", f"{len(unmarked)} sentences in words carry no mark.")
    next(doctree.findall(nodes.section)).append(foot)


def declared_as(node: nodes.Node) -> str | None:
    """Return what a piece of text is declared as, if it is."""
    if isinstance(node, Declared):
        return node["kind"]
    return kind_of(node) if isinstance(node, nodes.Element) else None


def plural(count: int, name: str) -> str:
    """Write 1 example, 2 examples."""
    return f"{count} {name}" + ("" if count == 1 else "s")


class Unmarked(nodes.inline):
    """The number of unmarked sentences, which leads to their list where the book has one."""


def sentences(doctree: nodes.document) -> Iterator[str]:
    """Yield the sentences of a page that no mark stands by; exercises and quotes claim nothing."""
    for block in doctree.findall(nodes.paragraph):
        if not is_prose(block) or in_exercises(block) or isinstance(block.parent, nodes.entry):
            continue
        for sentence in END.split(AFTER.sub(r"\2\1", flat(block))):
            words = sentence.split()
            if MARK in sentence or len(words) < WORDS or QUOTED.fullmatch(sentence.strip()):
                continue
            if sentence.rstrip("”’)")[-1] not in "?:":
                yield " ".join(words)


def flat(block: nodes.Node) -> str:
    """Write a paragraph as text, with a sign for everything that is a mark."""
    if isinstance(block, nodes.Text):
        return block.astext()
    if isinstance(block, nodes.math) and "evidence" not in block:
        return f"${block.astext()}$"
    is_mark = isinstance(
        block, (Said, By, Declared, Shown, nodes.citation_reference)
    ) or "evidence" in getattr(block, "attributes", {})
    if is_mark or block.get("reftype") in ("ref", "cite", "p", "t"):
        return f"{block.astext()}{MARK}"
    return "".join(map(flat, block.children)) if block.children else block.astext()


def in_exercises(block: nodes.Node) -> bool:
    section = block.parent
    while section is not None and not isinstance(section, nodes.section):
        section = section.parent
    title = section.next_node(nodes.title).astext() if section is not None else ""
    return title.startswith("Exercise")


class UnmarkedSentences(SphinxDirective):
    """List the unmarked sentences of all pages."""

    def run(self) -> list[nodes.Node]:
        self.env.evidence_lists.add(self.env.docname)
        return [UnmarkedList()]


class UnmarkedList(nodes.General, nodes.Element):
    """The place of the list, filled when all pages are read."""


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put in the list, and lead each count to it."""
    for place in list(doctree.findall(UnmarkedList)):
        place.replace_self(listed(app.env))
    lists = sorted(app.env.evidence_lists)
    for count_ in list(doctree.findall(Unmarked)):
        if lists:
            uri = app.builder.get_relative_uri(docname, lists[0])
            target = f"{uri}#unmarked-{nodes.make_id(docname)}"
            link = nodes.reference("", count_.astext(), refuri=target, internal=True)
            count_.replace_self(link)
        else:
            count_.replace_self(nodes.Text(count_.astext()))


def listed(env: BuildEnvironment) -> list[nodes.Node]:
    pages = [name for name in env.found_docs if env.evidence_unmarked.get(name)]
    found: list[nodes.Node] = []
    for docname in sorted(pages):
        head = nodes.rubric(text=env.titles[docname].astext())
        head["ids"] = [f"unmarked-{nodes.make_id(docname)}"]
        items = nodes.bullet_list()
        items += [
            nodes.list_item("", nodes.paragraph("", "", *formulas(each)))
            for each in env.evidence_unmarked[docname]
        ]
        found += [head, items]
    return found


def begin(_app: Sphinx, env: BuildEnvironment, *_found: set[str]) -> list[str]:
    env.evidence_unmarked = getattr(env, "evidence_unmarked", {})
    env.evidence_lists = getattr(env, "evidence_lists", set())
    return []


def forget(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    env.evidence_unmarked.pop(docname, None)
    env.evidence_lists.discard(docname)


def write_lists(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the list anew: any page may have changed."""
    return sorted(env.evidence_lists)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(Unmarked)
    app.add_node(UnmarkedList)
    app.add_directive("unmarked-sentences", UnmarkedSentences)
    app.connect("env-get-outdated", begin)
    app.connect("env-purge-doc", forget)
    app.connect("doctree-read", count, priority=700)  # once the text is verified
    app.connect("env-updated", write_lists)
    app.connect("doctree-resolved", fill, priority=400)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}

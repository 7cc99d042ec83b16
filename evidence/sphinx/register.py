"""The register of claims: every claim of the notes beside the very check that settles it.

Before the pages are read, the records of all executed chapters are joined with claims.yml; what is
missing there is a warning, on which a strict build fails. The directive ``claims-register`` shows
the result. Rows and checks are labels: {ref}`S0.7` links to a row of the register, and
{ref}`sigmoid.slope-range` to the output in which that check shows itself.
"""

from __future__ import annotations

from collections import Counter
from html import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import nbformat
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from evidence.page.draw import EVIDENCE
from evidence.page.records import problems as missing_evidence
from evidence.page.records import read
from evidence.run import chapter
from evidence.sphinx.claims import Check, Claims, Entry, Problem, Row, join, read_claims
from evidence.sphinx.places import in_words
from evidence.sphinx.text import COMPUTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sphinx.application import Sphinx
    from sphinx.domains.std import StandardDomain
    from sphinx.environment import BuildEnvironment

    from evidence.page.records import Record

logger = logging.getLogger(__name__)

STATES = {
    "settled": "settled by a check",
    "open": "still without a check",
    "failed": "in a chapter that failed",
    "to come": "in a chapter to come",
    "unchecked": "of which nothing can be checked",
}


class Register:
    """What one build knows of the claims."""

    claims: Claims
    entries: tuple[Entry, ...] = ()


def records_of(app: Sphinx, env: BuildEnvironment) -> dict[str, list[Record] | None]:
    """Return the records of every page, None for one that failed."""
    store = Path(app.outdir).parent / "executed"
    found: dict[str, list[Record] | None] = {}
    for docname in sorted(env.found_docs):
        found[docname] = []
        if "{code-cell}" in Path(env.doc2path(docname)).read_text("utf-8"):
            executed = store / docname / f"{env.execution_keys.get(docname)}.ipynb"
            found[docname] = read(nbformat.read(executed, 4)) if executed.exists() else None
    return found


def gather(app: Sphinx, env: BuildEnvironment, _docnames: list[str]) -> None:
    """Join claims and records, and warn of what is missing."""
    pages = records_of(app, env)
    env.evidence_joined = dict(env.execution_keys)
    env.evidence_records = {name: records for name, records in pages.items() if records}
    found = [
        Problem(name, text)
        for name, records in pages.items()
        for text in missing_evidence(records or ())
    ]
    path = Path(app.srcdir, app.config.evidence_claims)
    if path.exists():
        Register.claims = read_claims(path.read_text("utf-8"))
        paths = {PurePosixPath(name): records for name, records in pages.items()}
        folder = PurePosixPath(chapter.FOLDER)
        chapters = {p.name: records for p, records in paths.items() if p.parent == folder}
        entries, problems = join(Register.claims, chapters)
        Register.entries = tuple(entries)
        found += problems
    for problem in found:
        logger.warning(problem.text, location=located(problem, path, pages), type="claims")


def located(problem: Problem, path: Path, pages: Collection[str]) -> str:
    """Say where a problem is: a line of the register, a page, or a chapter by its name."""
    if isinstance(problem.where, int):
        return f"{path}:{problem.where}"
    return problem.where if problem.where in pages else f"{chapter.FOLDER}/{problem.where}"


def label_checks(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Make every check on every page a target for {ref}."""
    for docname, records in env.evidence_records.items():
        for record in records:
            if record.get("anchor"):
                label(env, record["id"], docname, record["anchor"])
    return []


def pages_with_register(_app: Sphinx, env: BuildEnvironment, *_found: set[str]) -> list[str]:
    """Read the register anew where a chapter has been executed since: it may hold other records."""
    if env.execution_keys == getattr(env, "evidence_joined", None):
        return []
    return [name for name in getattr(env, "evidence_registers", ()) if name in env.found_docs]


class ClaimsRegister(SphinxDirective):
    """Show the counts, a filter, and one row for each claim."""

    def run(self) -> list[nodes.Node]:
        if not Register.entries:
            missing = self.config.evidence_claims
            raise ExtensionError(f"{missing} is missing: the register has nothing to show.")
        self.env.evidence_registers = {self.env.docname}
        return [*self.counts(), filters(Register.entries), self.table()]

    def counts(self) -> list[nodes.Node]:
        entries = Register.entries
        checks = {(c.chapter, c.record["id"]) for entry in entries for c in entry.checks}
        rests_on = Counter(e.checks[0].record["evidence"] for e in entries if e.checks)
        by_evidence = "; ".join(f"{n} {EVIDENCE[key][2]}" for key, n in rests_on.most_common())
        states = Counter(entry.state for entry in entries)
        verdicts = Counter(entry.row.verdict for entry in entries)
        by_state = "; ".join(f"{states[key]} {text}" for key, text in STATES.items() if states[key])
        meanings = Register.claims.verdicts
        by_verdict = "; ".join(
            f"{n} {key} ({meanings[key].means})" for key, n in verdicts.most_common()
        )
        return [
            computed(nodes.strong(text=f"{len(entries)} claims"), f": {by_state}."),
            computed(f"Checks that settle them: {len(checks)}. Each claim's best: {by_evidence}."),
            computed(f"By verdict: {by_verdict}."),
        ]

    def table(self) -> nodes.table:
        heads = ["Claim", "What the note says", "What is true", "Settled by"]
        table = nodes.table("", nodes.title(text="The register"), classes=["sa-register"])
        group = nodes.tgroup(cols=len(heads))
        group += [nodes.colspec(colwidth=1, stub=name == heads[0]) for name in heads]
        head, body = nodes.row(), nodes.tbody()
        head += [cell([paragraph(name)]) for name in heads]
        body += [self.row(entry) for entry in Register.entries]
        group += [nodes.thead("", head), body]
        table += group
        return table

    def row(self, entry: Entry) -> nodes.row:
        row = entry.row
        label(self.env, row.id, self.env.docname, row.id)
        kinds = [row.note, row.verdict, *entry.chapters]
        made = nodes.row(ids=[row.id], classes=[css_class(kind) for kind in kinds])
        verdict = paragraph(
            nodes.strong(text=row.verdict), f" {Register.claims.verdict(row).means}"
        )
        made += [
            cell([paragraph(row.id), verdict, *place(row)], COMPUTED),
            cell(self.parsed(row.claim), "cited"),
            cell(self.parsed(row.truth)),
            cell([*self.settlement(entry), *refused(entry)], COMPUTED),
        ]
        return made

    def settlement(self, entry: Entry) -> list[nodes.Node]:
        """Name the checks of a row with what they stand on, or say why there are none."""
        row = entry.row
        same = ", ".join(f"{{ref}}`{each}`" for each in row.same_as)
        shown = self.parsed(f"The same as {same}." if same else row.reason)
        if entry.state == "settled":
            shown += self.parsed(row.sampled)
            shown.append(bullets(self.link(check) for check in entry.checks))
        elif entry.state != "unchecked":
            shown.append(
                paragraph(f"{STATES[entry.state]}: {', '.join(map(words, entry.chapters))}")
            )
        return shown

    def link(self, check: Check) -> nodes.paragraph:
        [shown] = self.parsed(f"{{ref}}`{check.record['id']}`")
        shown += [nodes.Text(": "), *formulas(evidence(check))]
        return shown

    def parsed(self, markdown: str) -> list[nodes.Node]:
        return self.parse_text_to_nodes(markdown) if markdown else []


def label(env: BuildEnvironment, name: str, docname: str, anchor: str) -> None:
    """Make a place a target for {ref}."""
    standard: StandardDomain = env.get_domain("std")  # type: ignore[assignment]
    standard.labels[name.lower()] = (docname, anchor, name)
    standard.anonlabels[name.lower()] = (docname, anchor)


def paragraph(*parts: nodes.Node | str) -> nodes.paragraph:
    made = nodes.paragraph()
    made += [nodes.Text(part) if isinstance(part, str) else part for part in parts]
    return made


def computed(*parts: nodes.Node | str) -> nodes.paragraph:
    """Make a paragraph of what this build has counted."""
    made = paragraph(*parts)
    made["classes"] = [COMPUTED]
    return made


def bullets(paragraphs: Iterable[nodes.Node]) -> nodes.bullet_list:
    made = nodes.bullet_list()
    made += [nodes.list_item("", each) for each in paragraphs]
    return made


def place(row: Row) -> list[nodes.paragraph]:
    """Say where in its note a claim stands, if the register does."""
    if not row.at:
        return []
    text = in_words(row.note, row.at)
    return [nodes.paragraph(text, text, classes=["sa-place"])]


def refused(entry: Entry) -> list[nodes.Node]:
    """List the wrong versions that the checks of a row were shown and turned down."""
    wrong = dict.fromkeys(record["wrong"] for record in entry.refusals)
    if not wrong:
        return []
    return [paragraph("Refused:"), bullets(paragraph(*formulas(text)) for text in wrong)]


def formulas(text: str) -> list[nodes.Node]:
    """Turn the text of a record, with formulas between dollars, into nodes."""
    parts = text.split("$")
    return [nodes.math("", part) if k % 2 else nodes.Text(part) for k, part in enumerate(parts)]


def cell(content: Iterable[nodes.Node], kind: str = "") -> nodes.entry:
    made = nodes.entry(classes=[kind] if kind else [])
    made += list(content)
    return made


def words(chapter: str) -> str:
    return chapter.replace("_", " ")


def css_class(kind: str) -> str:
    return f"is-{kind.lower().replace('*', '-if').replace('_', '-')}"


def evidence(check: Check) -> str:
    """Say in words what a check stands on."""
    record = check.record
    word = EVIDENCE[record["evidence"]][2]
    if "steps" in record:
        scope = " for every " + ", ".join(record["sizes"]) if record["sizes"] else ""
        steps = "1 step" if len(record["steps"]) == 1 else f"{len(record['steps'])} steps"
        return f"derived in {steps}, {word}{scope}"
    if "witnesses" in record:
        witnesses = ", ".join(witness["name"] for witness in record["witnesses"])
        numbers = f"{record['numbers']:,} number{'s' if record['numbers'] > 1 else ''}"
        return f"compared with {record['reference']}, {numbers}: {witnesses}"
    return word


def filters(entries: Sequence[Entry]) -> nodes.raw:
    """Make the selection above the table: without a script it stays hidden and shows every row."""
    chapters = dict.fromkeys(name for entry in entries for name in entry.chapters)
    menus = {
        "Note": {key: f"{key}: {title}" for key, title in Register.claims.notes.items()},
        "Verdict": {
            key: f"{key}: {verdict.means}" for key, verdict in Register.claims.verdicts.items()
        },
        "Chapter": {name: words(name) for name in sorted(chapters)},
    }
    labels = "".join(menu(name, options) for name, options in menus.items())
    text = (
        f'<form class="sa-filter" aria-label="Which claims to show" hidden>{labels}'
        f'<output aria-live="polite">{len(entries)} of {len(entries)} claims</output></form>'
    )
    return nodes.raw("", text, format="html")


def menu(name: str, options: Mapping[str, str]) -> str:
    key = f"claims-{name.lower()}"
    choices = "".join(
        f'<option value="{css_class(kind)}">{escape(text)}</option>'
        for kind, text in options.items()
    )
    return (
        f'<span><label for="{key}">{name}</label> '
        f'<select id="{key}"><option value="">all</option>{choices}</select></span>'
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Join after the chapters are executed (execution.py), and before a page is read."""
    app.add_config_value("evidence_claims", "chapters/data/claims.yml", "env", str)
    app.add_directive("claims-register", ClaimsRegister)
    app.connect("env-get-outdated", pages_with_register)
    app.connect("env-before-read-docs", gather, priority=600)
    app.connect("env-updated", label_checks)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}

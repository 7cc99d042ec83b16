"""What is on a page: its description and its scripts, docstrings, code, stored tables.

The templates beside this (`_templates/`) mend the theme's markup; each says there what it mends.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst.directives.tables import CSVTable
from docutils.statemachine import StringList
from sphinx.util import logging

from evidence.sphinx.text import COMPUTED

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)

# What stands in the body of a page that uses a script.
USED_WITH = {
    "design-tabs.js": "sd-tab-set",
    "explorable.js": "data-explorable=",
    "live.js": "data-exercise=",
    "register.js": "sa-filter",
    "togglebutton.js": "dropdown admonition",
}


def require_description(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Take the page's description for its social card, and warn where the author gave none."""
    if doctree is None:
        return
    given = [
        meta["content"] for meta in doctree.findall(nodes.meta) if meta["name"] == "description"
    ]
    if not given:
        logger.warning(
            "no description: add `myst: {html_meta: {description: …}}` to the page's header",
            location=pagename,
            type="site",
        )
    context["description"] = "".join(given)


def lighten_scripts(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Drop the scripts that a page does not use, and let no other one hold up the text."""
    body = context.get("body", "")
    scripts = [each for each in context["script_files"] if is_wanted(each.filename, pagename, body)]
    scripts.sort(key=lambda script: is_explorable(script.filename))  # after its helper
    if pagename != "search":  # whose own scripts read the others' while the page is parsed
        scripts = [not_waited_for(script, Path(app.outdir)) for script in scripts]
    context["script_files"] = scripts


def is_wanted(script: str | None, pagename: str, body: str) -> bool:
    """Tell whether a page uses a script."""
    name = Path(script or "").name
    if name == "sphinx_highlight.js":  # it would mark words on whatever page comes after a search
        return pagename == "search"
    if is_explorable(name):
        return f'data-explorable="{name.removesuffix("_explorable.js")}"' in body
    return USED_WITH.get(name, "") in body


def is_explorable(script: str | None) -> bool:
    return Path(script or "").name.endswith("_explorable.js")


def not_waited_for(script: Any, outdir: Path) -> Any:
    """Write the options, which other scripts in the page read, into it; defer what is a file."""
    if not script.filename:
        return script
    if Path(script.filename).name == "documentation_options.js":
        options = (outdir / script.filename).read_text(encoding="utf-8")
        return type(script)("", priority=script.priority, body=options)
    return type(script)(
        script.filename, priority=script.priority, **{**script.attributes, "defer": "defer"}
    )


# Names, punctuation and blanks, which both schemes draw as any text: a sixth of a page's elements.
PLAIN = re.compile(r'<span class="(?:n|nn|p|w)">([^<]*)</span>')
CODE = re.compile(r'(?<=<div class="highlight">).*?</pre>', re.DOTALL)


def lighten_body(
    _app: Sphinx, _pagename: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Drop spans that nobody sees, and roles of citations: ARIA wants list items, not boxes."""
    body = context.get("body", "").replace(' role="doc-biblioentry"', "")
    body = body.replace('<div role="list" class="citation-list">', "<div>")
    context["body"] = CODE.sub(lambda code: PLAIN.sub(r"\1", code[0]), body)


def escape_bars(
    _app: Sphinx, _what: str, _name: str, _object: object, _options: object, lines: list[str]
) -> None:
    """Read the bars of softact's docstrings as absolute values: |x| asks for no substitution."""
    lines[:] = [line.replace("|", r"\|") for line in lines]


class StoredTable(CSVTable):
    """A table that a benchmark has stored: `{stored-table} FILE`.

    The file's first line says when and on what it was made. That is the caption; the rest is CSV,
    with the names of the columns in its first row and those of the rows in its first column.
    """

    required_arguments = 1
    option_spec: dict[str, Any] = {}  # noqa: RUF012
    has_content = False

    def run(self) -> list[nodes.Node]:
        env = self.state.document.settings.env
        within_sources, file = env.relfn2path(self.arguments[0])
        env.note_dependency(within_sources)
        content = Path(file).read_bytes()
        stored = Path(file).with_name("SHA256SUMS").read_text("utf-8")
        if f"{hashlib.sha256(content).hexdigest()}  {Path(file).name}" not in stored.splitlines():
            raise self.error(f"{self.arguments[0]} is not the table that a benchmark stored")
        made, *rows = content.decode("utf-8").splitlines()
        self.arguments = [f"{made}; {len(rows) - 1} rows"]  # of which a box shows the first
        self.content = StringList(rows, source=file)
        self.options = {"header-rows": 1, "stub-columns": 1, "class": ["sa-stored", COMPUTED]}
        tables = list(super().run())
        for table in tables:
            for cell in list(table.findall(nodes.paragraph)):  # a thousand boxes more to lay out
                cell.replace_self(cell.children)
        return tables


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything here."""
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("autodoc-process-docstring", escape_bars)
    app.add_directive("stored-table", StoredTable)
    app.connect("html-page-context", require_description)
    app.connect("html-page-context", lighten_scripts, priority=900)  # after everybody's scripts
    app.connect("html-page-context", lighten_body)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

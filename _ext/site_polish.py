"""What the theme leaves to do: descriptions, unneeded scripts, site-wide files.

The templates beside this (`_templates/`) mend the theme's markup; each says there what it mends.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

# What stands in the body of a page that uses a script.
USED_WITH = {
    "design-tabs.js": "sd-tab-set",
    "explorable.js": "data-explorable=",
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
    scripts = [script for script in context["script_files"] if is_wanted(script, body)]
    scripts.sort(key=lambda script: is_explorable(script.filename))  # after its helper
    if pagename != "search":  # whose own scripts read the others' while the page is parsed
        scripts = [not_waited_for(script, Path(app.outdir)) for script in scripts]
    context["script_files"] = scripts


def is_wanted(script: Any, body: str) -> bool:
    """Tell whether a page uses a script; no page of this book uses Thebe."""
    name = Path(script.filename or "").name
    explorable = name.removesuffix("_explorable.js")
    sign = f'data-explorable="{explorable}"' if is_explorable(name) else USED_WITH.get(name, "")
    return sign in body and "thebe" not in f"{script.filename} {script.attributes}".lower()


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


def visit_folded_cell(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Write a folded cell, without the label and the paragraphs that its summary may not have."""
    translator.body.append(
        f'<details class="sa-fold">\n<summary>'
        f'<span class="sa-when-folded">{escape(node["prompt_show"])}</span>'
        f'<span class="sa-when-open">{escape(node["prompt_hide"])}</span></summary>\n'
    )


def plain_citations(
    _app: Sphinx, _pagename: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Drop the roles of docutils' citations: ARIA wants list items where it writes boxes."""
    body = context.get("body", "").replace(' role="doc-biblioentry"', "")
    context["body"] = body.replace('<div role="list" class="citation-list">', "<div>")


def add_error_page(_app: Sphinx, config: Config) -> None:
    """Make 404.html, which hosts such as GitHub Pages show for an unknown address."""
    config.html_additional_pages["404"] = "404.html"


def write_sitemap(app: Sphinx, error: Exception | None) -> None:
    """List the book's pages for search engines, where the public address is known."""
    if error or app.builder.name != "html" or not app.config.html_baseurl:
        return
    addresses = "".join(
        f"<url><loc>{escape(app.config.html_baseurl)}{app.builder.get_target_uri(page)}</loc></url>\n"
        for page in sorted(app.env.found_docs)
    )
    (Path(app.outdir) / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{addresses}</urlset>\n',
        encoding="utf-8",
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything here."""
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_cell, depart_HideCellInput))
    app.connect("config-inited", add_error_page)
    app.connect("html-page-context", require_description)
    app.connect("html-page-context", lighten_scripts, priority=900)  # after everybody's scripts
    app.connect("html-page-context", plain_citations)
    app.connect("build-finished", write_sitemap)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

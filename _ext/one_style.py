"""Join the style sheets of the site into one.

A dozen of them come from the theme, the extensions and npm, one of them asked for only by another.
A browser shows no line before it has all of them, so each one more makes every reader wait.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

# The theme links these itself, before all others.
FIRST = ["styles/theme.css", "styles/pydata-sphinx-theme.css"]
JOINED = "style.css"  # _templates/static/webpack-macros.html links it

IMPORT = re.compile(r"""@import\s+["']([^"']+)["'];""")
ADDRESS = re.compile(r"""url\(\s*(["']?)(?!data:|https?:|#)([^)"']+)\1\s*\)""")


def link_none(
    _app: Sphinx, _pagename: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Keep the page from linking what is in the one sheet."""
    context["css_files"] = []


def join_styles(app: Sphinx, error: Exception | None) -> None:
    """Write the one sheet, in the order in which the pages would have linked the others."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    linked = sorted(app.builder._css_files, key=lambda sheet: sheet.priority)
    others = [str(sheet.filename).removeprefix("_static/") for sheet in linked]
    sheets = [standalone(static, sheet) for sheet in FIRST + others if "thebe" not in sheet]
    (static / JOINED).write_text("\n".join(sheets), encoding="utf-8")


def standalone(static: Path, sheet: str) -> str:
    """Return a sheet with what it imports, and with its addresses as seen from `static`."""
    folder = PurePosixPath(sheet).parent.as_posix()

    def moved(address: str) -> str:
        return posixpath.normpath(posixpath.join(folder, address))

    rules = (static / sheet).read_text(encoding="utf-8")
    rules = ADDRESS.sub(lambda found: f"url({moved(found[2])})", rules)
    return IMPORT.sub(lambda found: standalone(static, moved(found[1])), rules)


def setup(app: Sphinx) -> dict[str, Any]:
    """Run after what changes single sheets."""
    app.connect("html-page-context", link_none, priority=950)
    app.connect("build-finished", join_styles, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

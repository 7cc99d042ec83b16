"""Exercises that are answered in the page: what the site needs for it, beside `_static/live.js`.

Nothing of it is loaded by a reader who only reads. `assemble` makes the packs, `chapter` what they
are told of a chapter; a page names the script of its chapter in its head.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError

from _ext.live import assemble, chapter

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

FOLDER = "live"  # of the site
POSED = "data-exercise="


def name_script(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Name, on a page with exercises, the script that says what they need."""
    if app.builder.name != "html" or POSED not in context.get("body", ""):
        return
    app.env.live_pages = {*getattr(app.env, "live_pages", ()), pagename}
    address = context["pathto"](f"{FOLDER}/{assemble.name()}/{Path(pagename).name}.js", 1)
    context["metatags"] = f'{context.get("metatags", "")}\n<meta name="live" content="{address}">'


def write(app: Sphinx, error: Exception | None) -> None:
    """Put the packs and what is told of each chapter beside the pages."""
    pages = getattr(app.env, "live_pages", ())
    if error or app.builder.name != "html" or not pages:
        return
    if not assemble.COWASM.exists():
        raise ExtensionError(
            "python-wasm is missing from node_modules: `python3 dev.py book` installs it."
        )
    made = assemble.assembled(Path(app.outdir).parent / FOLDER)
    target = Path(app.outdir) / FOLDER / made.name
    shutil.rmtree(target.parent, ignore_errors=True)
    shutil.copytree(made / "site", target)
    pieces = json.loads((made / "about.json").read_text("utf-8"))
    for page in pages:
        told = chapter.told(Path(app.srcdir) / f"{page}.md")
        if told:
            text = json.dumps([pieces, told], ensure_ascii=False)
            (target / f"{Path(page).name}.js").write_text(
                f'softactLive("chapter", {text});', "utf-8"
            )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register both."""
    app.connect("html-page-context", name_script)
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}

"""Take out of the theme's script what measures every box of a page when it has loaded.

It makes a box that scrolls a stop for the keyboard. `_static/book.js` does that too, for each box
when it is drawn: to measure them all, a browser must first lay out what nobody sees yet.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

SCRIPT = "_static/scripts/pydata-sphinx-theme.js"
START = re.compile(
    r',"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)'
)


def calm(app: Sphinx, error: Exception | None) -> None:
    """Rewrite the site's copy of the script."""
    if error or app.builder.name != "html":
        return
    file = Path(app.outdir) / SCRIPT
    script, found = START.subn("", file.read_text(encoding="utf-8"))
    if not found:
        raise ExtensionError(f"{SCRIPT} has changed: look how it starts what this leaves out.")
    file.write_text(script, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Run when the scripts are copied."""
    app.connect("build-finished", calm)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

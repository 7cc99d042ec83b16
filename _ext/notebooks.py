"""Every chapter as an executed notebook: for download, and to be opened on Colab and on Binder.

Colab opens the .ipynb files of a repository, and main has none. So the workflow that publishes the
book also pushes BRANCH: main with the notebooks beside the chapters, and .binder/ for Binder. The
first cell of a notebook, which no page shows, fetches softact where it is missing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from address import GITHUB, repository

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

BRANCH = "notebooks"
COLAB = "https://colab.research.google.com/github/{name}/blob/{branch}/{page}.ipynb"
BINDER = "https://mybinder.org/v2/gh/{name}/{branch}?labpath={page}.ipynb"

FETCH = """\
# This notebook needs softact: where it is missing, as on Colab, it is fetched.
try:
    import evidence
except ModuleNotFoundError:
    %pip install --quiet "softact[book] @ git+{source}"
"""
EXPLAIN = """\
# This notebook needs softact, which comes with the book.
try:
    import evidence
except ModuleNotFoundError as missing:
    how = "run `pip install '.[book]'` in the folder of the book, then restart the kernel"
    raise ModuleNotFoundError(f"{missing}: {how}") from None
"""
ENTER = """\
import os
from evidence.run.chapter import folder

if not os.path.isdir("{data}"):  # the notebook was taken along alone
    os.chdir({folder})
"""


def first_cell(pagename: str, address: str, revision: str = "") -> str:
    """Write the cell that lets a notebook run wherever it was taken."""
    source = f"{address}@{revision}" if revision else address
    start = FETCH.replace("{source}", source) if address else EXPLAIN
    if "/" in pagename:
        return start + ENTER.format(data="data", folder="folder()")
    return start + ENTER.format(data="chapters/data", folder="folder().parent")


def offer_notebook(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Write the executed notebook, and offer it in the download menu, beside its source."""
    if doctree is None or "kernelspec" not in app.env.metadata[pagename]:
        return
    executed = Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"
    notebook = nbformat.read(executed, as_version=4)
    code = first_cell(pagename, repository(app.config), os.environ.get("GITHUB_SHA", ""))
    notebook.cells.insert(0, nbformat.v4.new_code_cell(code.strip(), id="softact"))
    offered = Path(app.outdir) / "_sources" / f"{pagename}.ipynb"
    offered.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, offered)
    context["ipynb_source"] = f"{pagename}.ipynb"


def offer_launch(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Offer to run the notebook elsewhere, where the repository has a public address."""
    address = repository(app.config)
    if not address or "ipynb_source" not in context:
        return
    name = address.removeprefix(f"{GITHUB}/")
    places = {
        "Colab": ("Open in", COLAB, "logo_colab.png"),
        "Binder": ("Launch on", BINDER, "logo_binder.svg"),
    }
    buttons = [
        {
            "type": "link",
            "url": target.format(name=name, branch=BRANCH, page=pagename),
            "text": place,
            "tooltip": f"{verb} {place}",
            "icon": f"_static/images/{logo}",
            "label": f"launch-{place.lower()}",
        }
        for place, (verb, target, logo) in places.items()
    ]
    menu = {"type": "group", "icon": "fas fa-rocket", "tooltip": "Run this chapter elsewhere"}
    context["header_buttons"].append({**menu, "label": "launch-buttons", "buttons": buttons})


def setup(app: Sphinx) -> dict[str, Any]:
    """Offer the notebook before the theme makes its menu, and the launch beside that menu."""
    app.connect("html-page-context", offer_notebook, priority=100)
    app.connect("html-page-context", offer_launch, priority=501)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

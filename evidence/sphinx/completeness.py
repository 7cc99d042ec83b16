"""Refuse a book in which a chapter is silently left out or silently not executed.

Only the files in ``_toc.yml`` are built, so a chapter that nobody entered there would vanish
without a word; and a chapter without the jupytext header is shown but never run.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from myst_nb.core.read import is_myst_markdown_notebook
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)


def check(app: Sphinx, env: BuildEnvironment, *_found: set[str]) -> list[str]:
    for path in sorted(Path(app.srcdir, "chapters").glob("*.md")):
        if f"chapters/{path.stem}" not in env.found_docs:
            logger.warning("this chapter is not in _toc.yml", location=f"{path}:1")
    for docname in sorted(env.found_docs):
        text = Path(env.doc2path(docname)).read_text("utf-8")
        if "{code-cell}" in text and not is_myst_markdown_notebook(text):
            logger.warning(
                "its code cells are not executed: the jupytext header is missing "
                "(copy it from another chapter)",
                location=f"{env.doc2path(docname)}:1",
            )
    return []


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("env-get-outdated", check)
    return {"version": "1", "parallel_read_safe": True}

"""Write the chapters as JupyterLab saves them, so that saving changes only what was edited."""

from __future__ import annotations

from pathlib import Path

import jupytext
from jupytext.config import load_jupytext_config

ROOT = Path(__file__).resolve().parent.parent


def as_saved(chapter: Path) -> str:
    """Return the text that opening and saving a chapter makes of it."""
    config = load_jupytext_config(str(ROOT / "chapters"))
    notebook = jupytext.read(chapter, config=config)
    # what the kernel says of itself
    notebook.metadata["kernelspec"]["display_name"] = "Python 3 (ipykernel)"
    notebook.metadata["language_info"] = {"pygments_lexer": "ipython3"}
    return jupytext.writes(notebook, fmt="md:myst", config=config)


def notebooks() -> list[Path]:
    """List the pages that have code."""
    pages = [ROOT / "index.md", *sorted((ROOT / "chapters").glob("*.md"))]
    return [page for page in pages if "\nkernelspec:" in page.read_text("utf-8")]


def main() -> None:
    """Rewrite them."""
    for page in notebooks():
        page.write_text(as_saved(page), "utf-8")


if __name__ == "__main__":
    main()

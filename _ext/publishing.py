"""What a public book needs beside its pages: its address, the notebooks, a card, a sitemap.

One setting says where the book is public: `repository: {url: https://github.com/OWNER/NAME}` in
_config.yml, and where GitHub builds the book, GitHub does. The site's own address follows, unless
`html: {baseurl: …}` gives another. Without an address the links that need one stay away: a dead
link is a false statement.

Every chapter is offered as an executed notebook. Colab opens the .ipynb files of a repository, and
main has none. So the workflow that publishes the book also pushes BRANCH: main with the notebooks
beside the chapters, and .binder/ for Binder.
"""

from __future__ import annotations

import os
import re
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import nbformat
import numpy as np
from matplotlib.figure import Figure
from sphinx.errors import ConfigError

from evidence.page.palette import CYCLE, INK, MUTED, PAPER
from evidence.page.unmarked import unmarked
from softact import softmax

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

# The address

GITHUB = "https://github.com"
REPOSITORY = re.compile(rf"{GITHUB}/([\w.-]+)/([\w.-]+)")
# Jupyter Book names its own repository where a book names none.
NOBODYS = "https://github.com/executablebooks/jupyter-book"


def repository(config: Config) -> str:
    """Return the address of the book's repository, or nothing."""
    return config.html_theme_options.get("repository_url", "")


def settle(_app: Sphinx, config: Config) -> None:
    """Find the addresses before anything asks for them."""
    url = repository(config).removesuffix("/").removesuffix(".git")
    if url in ("", NOBODYS):  # then what a workflow of GitHub builds, where one does
        is_on_github = os.environ.get("GITHUB_SERVER_URL") == GITHUB
        url = f"{GITHUB}/{os.environ['GITHUB_REPOSITORY']}" if is_on_github else ""
    config.html_theme_options["repository_url"] = url
    if url:
        found = REPOSITORY.fullmatch(url)
        if found is None:
            raise ConfigError(f"`repository: url` must be {GITHUB}/OWNER/NAME, not {url}")
        config.html_baseurl = config.html_baseurl or pages(*found.groups())
        config.html_theme_options["article_footer_items"] = ["report-mistake.html"]
    config.html_context["html_baseurl"] = config.html_baseurl  # for the templates


def pages(owner: str, name: str) -> str:
    """Return the address at which GitHub Pages shows a repository.

    >>> pages("Ann", "softact"), pages("Ann", "ann.github.io")
    ('https://ann.github.io/softact/', 'https://ann.github.io/')
    """
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


# The notebooks

BRANCH = "notebooks"
COLAB = "https://colab.research.google.com/github/{name}/blob/{branch}/{page}.ipynb"
BINDER = "https://mybinder.org/v2/gh/{name}/{branch}?labpath={page}.ipynb"

# The first cell of a notebook, which no page shows, lets it run wherever it was taken.
START = """\
# This notebook needs the book around it, and the book's two packages.
import os
from importlib.metadata import PackageNotFoundError, version

book = "$up"
alone = not os.path.exists(f"{book}/chapters/data/claims.yml")
"""
FETCH = """\
if alone:  # as on Colab
    book = "book"
    if not os.path.isdir(book):
        !git clone --quiet $address book && git -C book checkout --quiet $revision
try:
    version("evidence"), version("softact")
except PackageNotFoundError:
    %pip install --quiet {book}/evidence {book}/softact
if alone:
    os.chdir("$folder")
"""
EXPLAIN = """\
try:
    version("evidence"), version("softact")
except PackageNotFoundError:
    alone = True
if alone:
    raise RuntimeError("run `python3 dev.py lab` in the folder of the book, and open this there")
"""


def first_cell(pagename: str, address: str, revision: str = "HEAD") -> str:
    """Write that cell for a page: without a public address it can only explain what to do."""
    up, folder = ("..", "book/chapters") if "/" in pagename else (".", "book")
    cell = Template(START + (FETCH if address else EXPLAIN))
    return cell.substitute(up=up, folder=folder, address=address, revision=revision)


def offer_notebook(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Write the executed notebook, and offer it in the download menu, beside its source."""
    if doctree is None or "kernelspec" not in app.env.metadata[pagename]:
        return
    executed = Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"
    notebook = nbformat.read(executed, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = unmarked(cell.source)
    code = first_cell(pagename, repository(app.config), os.environ.get("GITHUB_SHA", "HEAD"))
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


# The picture beside a link to the book elsewhere; its address must be absolute

CARD = "_static/social_card.png"
WIDTH, HEIGHT = 1200, 630  # what every network that shows such cards shows whole
ALT = "Three stacked bands: a sure choice at low temperature becomes an almost even split at high."
DPI = 100


def draw(title: str, file: Path) -> None:
    """Draw the card."""
    logits, temperatures = np.array([3.0, 2.0, 1.0]), np.geomspace(0.1, 30, 300)
    shares = softmax(logits / temperatures[:, None])
    with mpl.rc_context({"font.family": "DejaVu Sans", "figure.constrained_layout.use": False}):
        card = Figure((WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=PAPER)
        axes = card.add_axes((0, 0, 1, 0.58))
        axes.stackplot(temperatures, shares.T, colors=CYCLE, alpha=0.9)
        axes.set(xscale="log", xlim=(0.1, 30), ylim=(0, 1))
        axes.axis("off")
        card.text(0.055, 0.8, title, size=41, weight="bold", color=INK)
        card.text(0.055, 0.675, "Sigmoid, softmax, cross-entropy", size=25, color=MUTED)
        card.savefig(file, facecolor=PAPER)


def add_card(
    app: Sphinx, _pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Tell the page template of the card."""
    if app.config.html_baseurl:
        context["card"] = {
            "url": app.config.html_baseurl + CARD,
            "width": WIDTH,
            "height": HEIGHT,
            "alt": ALT,
        }


def draw_card(app: Sphinx, error: Exception | None) -> None:
    """Draw it when the site is there."""
    if not error and app.builder.name == "html" and app.config.html_baseurl:
        draw(app.config.html_title or app.config.project, Path(app.outdir) / CARD)


# For search engines


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
    """Settle the addresses first; offer a notebook before the theme makes its menu."""
    app.connect("config-inited", settle, priority=1)
    app.connect("html-page-context", offer_notebook, priority=100)
    app.connect("html-page-context", offer_launch, priority=501)
    app.connect("html-page-context", add_card)
    app.connect("build-finished", draw_card)
    app.connect("build-finished", write_sitemap)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""The picture that stands beside a link to the book elsewhere: the cover's figure, and the title.

Such a picture needs an absolute address, so it is drawn only where the site has one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from evidence.page.palette import CYCLE, INK, MUTED, PAPER
from softact import softmax

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FILE = "_static/social_card.png"
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
            "url": app.config.html_baseurl + FILE,
            "width": WIDTH,
            "height": HEIGHT,
            "alt": ALT,
        }


def draw_card(app: Sphinx, error: Exception | None) -> None:
    """Draw it when the site is there."""
    if not error and app.builder.name == "html" and app.config.html_baseurl:
        draw(app.config.html_title or app.config.project, Path(app.outdir) / FILE)


def setup(app: Sphinx) -> dict[str, Any]:
    """Link the card on every page and draw it once."""
    app.connect("html-page-context", add_card)
    app.connect("build-finished", draw_card)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""The figures' style, palette and the plots that chapters share; importing it sets the style.

A curve is told by its colour *and* its dashes, and `show` wants words for those who see neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from evidence.page import records
from evidence.page.palette import BLUE, CYCLE, GRID, MUTED, ORANGE, VARIABLES
from evidence.page.svg import svg

DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.5)),
    (0, (1.2, 1.2)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (8, 1.5)),
)
SHORTEST_ALT = 30
WIDEST = 5.0  # inches: a phone shrinks what is wider until its words cannot be read

STRONGEST = 0.45
_HEIGHT = 3**0.5 / 2

plt.style.use(Path(__file__).with_name("style.mplstyle"))
plt.rcParams["axes.prop_cycle"] = cycler(color=CYCLE) + cycler(linestyle=DASHES)


def show(figure: Figure, *, alt: str) -> None:
    """Display ``figure`` as an SVG that says ``alt`` to those who cannot see it, and close it.

    ``alt`` tells what there is to be seen, with the key values, computed where they are known.
    """
    words = " ".join(alt.split())
    if len(words) < SHORTEST_ALT:
        raise ValueError(f"the alt text tells in a sentence what the figure shows, not {alt!r}")
    if not figure.axes:
        raise ValueError("the figure is empty")
    if figure.get_figwidth() > WIDEST:
        raise ValueError(f"the figure is {figure.get_figwidth():g} in wide; {WIDEST:g} is the most")
    drawing = svg(figure, words, VARIABLES)
    plt.close(figure)
    if not records.is_recording():
        records.publish({"image/svg+xml": drawing, "text/plain": words})


def curves(
    x: Any, family: Mapping[str, Any], *, xlabel: str, ylabel: str = "", axes: Axes | None = None
) -> tuple[Figure, Axes]:
    """Draw a family of curves over ``x``, each with its name."""
    figure, axes = _canvas(axes)
    for name, y in family.items():
        axes.plot(x, y, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if len(family) > 1:
        axes.legend()
    return figure, axes


def heat_map(
    matrix: Any, *, rows: str = "", columns: str = "", axes: Axes | None = None
) -> tuple[Figure, Axes]:
    """Draw a matrix as fields with their numbers, blue above zero, orange below.

    The larger the number, the stronger the colour. The fields are translucent, so that the numbers
    stay legible on light and on dark pages.
    """
    values = np.asarray(matrix, dtype=float)
    figure, axes = _canvas(axes)
    largest = np.abs(values).max() or 1.0
    for (i, j), value in np.ndenumerate(values):
        colour = BLUE if value > 0 else ORANGE
        strength = STRONGEST * abs(value) / largest
        axes.add_patch(Rectangle((j, i), 1, 1, facecolor=colour, alpha=strength, linewidth=0))
        text = f"{value:z.2f}".replace("-", "−")
        axes.text(j + 0.5, i + 0.5, text, ha="center", va="center", fontsize=10)
    height, width = values.shape
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal", xlabel=columns, ylabel=rows)
    axes.set_xticks(np.arange(width) + 0.5, [str(j) for j in range(width)])
    axes.set_yticks(np.arange(height) + 0.5, [str(i) for i in range(height)])
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    return figure, axes


def barycentric(probabilities: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the place of distributions over three classes in a triangle of side 1.

    >>> barycentric([0, 1, 0])
    (array(1.), array(0.))
    """
    p = np.asarray(probabilities, dtype=float)
    p = p / p.sum(axis=-1, keepdims=True)
    return np.asarray(p[..., 1] + p[..., 2] / 2), np.asarray(p[..., 2] * _HEIGHT)


def simplex(
    *, corners: tuple[str, str, str] = ("0", "1", "2"), axes: Axes | None = None
) -> tuple[Figure, Axes]:
    """Draw the triangle of all distributions over three classes; see `barycentric` for places."""
    figure, axes = _canvas(axes)
    ends = np.eye(3)
    axes.plot(*barycentric(ends[[0, 1, 2, 0]]), color=MUTED, linestyle="-", linewidth=1)
    for share in (0.25, 0.5, 0.75):
        for k in range(3):
            a, b = share * ends[k] + (1 - share) * np.delete(ends, k, axis=0)
            axes.plot(*barycentric([a, b]), color=GRID, linestyle="-", linewidth=0.6, zorder=0)
    around: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "va": "center"}
    for end, name, above in zip(ends, corners, (-12, -12, 12), strict=True):
        axes.annotate(name, barycentric(end), (0, above), **around)
    axes.set(aspect="equal", xlim=(-0.02, 1.02), ylim=(-0.02, _HEIGHT + 0.02))
    axes.set_axis_off()
    return figure, axes


def _canvas(axes: Axes | None) -> tuple[Figure, Axes]:
    if axes is None:
        return plt.subplots()
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure, axes

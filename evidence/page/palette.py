"""Five hues that stay apart for every kind of colour vision, on light and on dark paper.

They differ in lightness as well as in hue: for each kind of colour blindness any two are at least
19 apart in CIELAB (its test measures it), and all have a contrast of 4.5 with the paper, so that
they serve for text. A figure is drawn in the light values; on dark pages the site's style sheet
gives the variables the dark ones.
"""

from __future__ import annotations

LIGHT = {
    "--sa-1": "#17497f",
    "--sa-2": "#c25408",
    "--sa-3": "#0a8570",
    "--sa-4": "#c42cba",
    "--sa-5": "#523f08",
    "--sa-ink": "#1d2429",
    "--sa-muted": "#5b666e",
    "--sa-grid": "#d5dadd",
    "--sa-paper": "#ffffff",
}
DARK = {
    "--sa-1": "#8fb8e8",
    "--sa-2": "#e0692b",
    "--sa-3": "#4fe0a0",
    "--sa-4": "#cf5fe6",
    "--sa-5": "#fbe05a",
    "--sa-ink": "#d9dee2",
    "--sa-muted": "#a3adb5",
    "--sa-grid": "#3a434a",
    "--sa-paper": "#15191c",
}

VARIABLES = {colour: name for name, colour in LIGHT.items()}
CYCLE = [LIGHT[f"--sa-{k}"] for k in range(1, 6)]
BLUE, ORANGE, GREEN, PURPLE, BROWN = CYCLE
INK, MUTED, GRID, PAPER = (LIGHT[f"--sa-{name}"] for name in ("ink", "muted", "grid", "paper"))

"""Take out of the site's style sheets, and of its icon font, what no page uses.

The theme brings all of Bootstrap and 1400 icons: 100 KB of compressed style sheets that every
reader waits for before the first line of text, and a font of 156 KB. A book uses a third and
two dozen of them.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fontTools import subset
from fontTools.ttLib import TTFont
from node import NODE, NODE_MODULES

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
ICON = re.compile(r'"\\(f[0-9a-f]{3})"')
ICON_FONT = re.compile(r'(fa-[a-z]+-\d+)\.woff2\) format\("woff2"\)')


def slim_styles(app: Sphinx, error: Exception | None) -> None:
    """Go over the finished site; a draft, which is not built strictly, looks the same without."""
    strict = app.warningiserror or app.keep_going  # to keep going, Sphinx unsets the first
    if error or app.builder.name != "html" or not strict:
        return
    site = Path(app.outdir)
    own = Path(app.srcdir) / "_static"
    purge = [NODE, HERE / "purge.cjs", site.as_posix(), NODE_MODULES / "purgecss", own]
    subprocess.run(purge, check=True)
    slim_icons(site / "_static")


def slim_icons(static: Path) -> None:
    """Leave in the icon fonts the icons that the theme's style sheet still names."""
    sheet = static / "styles" / "pydata-sphinx-theme.css"
    rules = sheet.read_text(encoding="utf-8")
    icons = {int(code, 16) for code in ICON.findall(rules)}
    for name in set(ICON_FONT.findall(rules)):
        file = static / "vendor" / "fontawesome" / "webfonts" / name
        font = TTFont(file.with_suffix(".ttf"))
        subsetter = subset.Subsetter()
        subsetter.populate(unicodes=icons)
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(file.with_suffix(".woff"))
    sheet.write_text(ICON_FONT.sub(r'\1.woff) format("woff")', rules), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Run when everything else is done."""
    app.connect("build-finished", slim_styles, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

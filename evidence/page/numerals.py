"""The numbers that a text states, by one short rule of what else a numeral may be.

A numeral states a number unless it is

- part of a name: it touches a letter (`float64`, S0.16, SHA-256), or follows a word that numbers
  things (*figure 2*, *class 0*) or the name of a standard or a program (*IEEE 754*, *Python 3*);
- the number of an exercise or of a list at the beginning of a text (*1. Where …*);
- 0 or 1.

>>> stated("In float64 its maximum is 0.25, as figure 2 shows; they sum to 1.")
['0.25']
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

COUNTED = re.compile(
    r"(?:cell|chapter|class|column|entry|equation|exercise|figure|layer|level|line|note|page|part"
    r"|row|section|seed|step|table)(?:e?s)?",
    re.IGNORECASE,
)
NAMES = ("IEEE", "Python", "ISO", "CC")

_NUMERAL = re.compile(
    r"(?<![\w.⁻/^])(?<![^\W\d_]-)[-−+±]?(?:\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?"
    r"(?:\s*[×·]\s*10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]*(?:[½¼¾⅓⅔⅕-⅞]|\s*%)?(?!\w)|[½¼¾⅓⅔⅕-⅞]"
)
_BEGINS_LIST = re.compile(r"\s*\d+\.\s")
_BEFORE = re.compile(r"(\w+)[\s ]+(?:\d+(?:[.,]\d+)*(?:\s*(?:,|and|or|to|–)\s*))*$")
_HARMLESS = {"0", "1"}
# What a call says on a figure, by the name of the argument or of the function.
_SHOWN_BY_NAME = {"title", "xlabel", "ylabel", "zlabel", "label", "alt", "text", "s", "suptitle"}
_SHOWN_BY_CALL = {
    "set_title", "set_xlabel", "set_ylabel", "title", "xlabel", "ylabel", "suptitle", "supxlabel",
    "supylabel", "text", "annotate", "legend", "figtext",
}  # fmt: skip
_MEANT_AS_NUMBER = re.compile(r"\\(?:[tdc]?frac|cdot|times|sqrt|,|;|!|%|pm)(?![A-Za-z])|[{}\s]")


def stated(text: str, names: Collection[str] = NAMES) -> list[str]:
    """List the numerals of a text that state a number."""
    found = []
    start = _BEGINS_LIST.match(text)
    for numeral in _NUMERAL.finditer(text):
        if numeral[0] in _HARMLESS or (start and numeral.end() < start.end()):
            continue
        before = _BEFORE.search(text[: numeral.start()])
        if before and (COUNTED.fullmatch(before[1]) or before[1] in names):
            continue
        found.append(numeral[0].strip())
    return found


def is_number(tex: str) -> bool:
    r"""Tell whether a formula is a number and nothing else, but for 0 and 1.

    >>> is_number(r"\tfrac14"), is_number("2^{-53}"), is_number("n - 1"), is_number("1")
    (True, True, False, False)
    """
    bare = _MEANT_AS_NUMBER.sub("", tex.replace(r"\left", "").replace(r"\right", ""))
    return (
        bool(re.fullmatch(r"[-+−\d.,^/()]+", bare) and re.search(r"\d", bare))
        and bare not in _HARMLESS
    )


def typed(code: str) -> Iterator[str]:
    """Yield what the code of a figure has typed onto it."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            shown = [k.value for k in node.keywords if k.arg in _SHOWN_BY_NAME]
            for argument in [*shown, *(node.args if called(node) in _SHOWN_BY_CALL else ())]:
                yield from literals(argument)


def called(call: ast.Call) -> str:
    """Name what is called, without what it belongs to."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def literals(node: ast.expr) -> Iterator[str]:
    """Yield the literal texts in an expression: of an f-string what stands between its values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (str(part.value) for part in node.values if isinstance(part, ast.Constant))
    elif not isinstance(node, ast.Call):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from literals(child)

"""Formulas as text: where they stand in a page's source, and when two of them are the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

STATES = re.compile(
    r"[=<>]|\\(?:le|leq|ge|geq|lt|gt|ne|neq|approx|equiv|sim|propto|ll|gg|in|notin|to|subset"
    r"|leftarrow|rightarrow|mapsto|iff|implies)(?![A-Za-z])"
)
_NOTHING = re.compile(
    r"\\(?:left|right|bigl|bigr|displaystyle|textstyle|quad|qquad)(?![A-Za-z])|\\[,;:!]|[.,;]\s*$"
)
_SPACE = re.compile(r"(\\[A-Za-z]+)\s+(?=[A-Za-z])|\s+")  # after a command it may be needed
_FRACTION = re.compile(r"\\[tdc]frac(?![A-Za-z])")
_BRACED = re.compile(r"(?<=[_^])\{(\w)\}")
_FORMULA = re.compile(r"(?<!\\)\$\$(.+?)\$\$|(?<![\\$])\$([^$]+?)(?<!\\)\$", re.DOTALL)


def normal(tex: str) -> str:
    r"""Return TeX without what changes nothing that a reader sees.

    >>> normal(r"\tfrac12 \left( s_{i} + 1 \right)") == normal(r"\frac{1}{2} (s_i+1).")
    True
    """
    text = _FRACTION.sub(r"\\frac", tex.strip())
    text = re.sub(r"\\frac(\d)(\d)", r"\\frac{\1}{\2}", text)
    text = _SPACE.sub(lambda found: f"{found[1]} " if found[1] else "", _NOTHING.sub("", text))
    return _BRACED.sub(r"\1", text)


def states(tex: str) -> bool:
    r"""Tell whether a formula relates two things, and so may be false.

    >>> states(r"s_i"), states(r"s_i \le 1"), states(r"\left(a\right)")
    (False, True, False)
    """
    return bool(STATES.search(tex))


def printed(record: Mapping[str, Any], relations: Mapping[str, str]) -> set[str]:
    """List what a claim prints: in its statement and words, and each of its lines with another."""
    found = set(formulas(record["statement"]) + formulas(record.get("in_words", "")))
    lines = [record["start"], *record["steps"]] if "steps" in record else []
    for m, left in enumerate(lines):
        relation = "="
        for right in lines[m + 1 :]:
            relation = right["relation"] if right["relation"] != "=" else relation
            found.add(normal(f"{left['latex']} {relations[relation]} {right['latex']}"))
    return found


def formulas(text: str) -> list[str]:
    """List the formulas between dollars that state something, each once."""
    found = (display or inline for display, inline in _FORMULA.findall(text))
    return list(dict.fromkeys(normal(tex) for tex in found if states(tex)))

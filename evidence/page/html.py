r"""The HTML of a cell's output: escaped text in which TeX stands in `math` elements.

JupyterLab typesets \(…\) by itself; the built site puts static formulas in their place.

>>> print(inline(r"the slope of $\sigma$ at 0 < 1"))
the slope of <span class="math">\(\sigma\)</span> at 0 &lt; 1
"""

from __future__ import annotations

import re
from html import escape

# A dollar sign that is meant as one is written \$.
_DOLLAR = re.compile(r"(?<!\\)\$")
_JOINT = re.compile(r"(?<=\w{3}_)(?=[^\W\d])|(?<=\w{3})(?=\.[^\W\d])")
_BRACKET = re.compile(r"\([^()]{1,16}\)")
_NUMBER = re.compile(r"[\d.]+e-\d+")


def inline(text: str) -> str:
    """Escape ``text`` for HTML and turn each ``$…$`` in it into an inline formula."""
    parts = _DOLLAR.split(text)
    if len(parts) % 2 == 0:
        raise ValueError(f"a $ without its partner in {text!r}; write \\$ for a dollar sign")
    if not all(part.strip() for part in parts[1::2]):
        raise ValueError(f"an empty formula in {text!r}")
    return "".join(
        f'<span class="math">\\({escape(part, quote=False)}\\)</span>'
        if k % 2
        else escape(part.replace(r"\$", "$"), quote=False)
        for k, part in enumerate(parts)
    )


def breakable_name(text: str) -> str:
    r"""Write the name of a function or of a version, which may break at a dot or an underscore.

    >>> breakable_name("torch.func.vjp")
    'torch<wbr>.func<wbr>.vjp'
    >>> breakable_name("np.vdot")  # short enough
    'np.vdot'
    >>> breakable_name("the entry s(1 − s)")
    'the entry s(1\xa0−\xa0s)'
    >>> breakable_name("[0.8789, 0.1189]")  # a number may not
    '[0.8789, 0.1189]'
    """
    if "$" in text:
        return inline(text)
    whole = _BRACKET.sub(lambda found: found.group().replace(" ", "\N{NO-BREAK SPACE}"), text)
    return _JOINT.sub("<wbr>", inline(whole))


def whole_numbers(text: str) -> str:
    """Escape ``text`` for HTML and keep each of its numbers on one line.

    >>> whole_numbers("7.5e-12 instead of 1")
    '<span class="sa-tight">7.5e-12</span> instead of 1'
    """
    return _NUMBER.sub(r'<span class="sa-tight">\g<0></span>', escape(text))


def attribute(text: str) -> str:
    r"""Escape ``text`` for an attribute, which holds no formulas: their TeX stays as text.

    >>> print(attribute(r'the "slope" of $\sigma$'))
    the &quot;slope&quot; of \sigma
    """
    return escape(_DOLLAR.sub("", text).replace(r"\$", "$"))

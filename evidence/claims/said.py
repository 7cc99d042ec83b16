"""Numbers in prose: the author writes them, the run must agree to the digits written.

A cell records values, ``said(peak=sigmoid_prime(0.0))``; a sentence writes one of them with the
role ``{said}`0.25 <peak>```. The page shows what the author wrote, and the build stops if the run
gives something else. Putting in whatever the run gave would follow a bug silently.

>>> matches("0.25", 0.2499), matches("0.25", 0.2561), matches("1.9 × 10⁻²²", 1.9287e-22)
(True, False, True)
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import linecache
import re
from collections.abc import Iterator
from fractions import Fraction
from types import FrameType
from typing import Any, NamedTuple

from evidence.page.records import emit

Plain = str | list["Plain"]

_NAMED = re.compile(r"(.+?)\s*<([A-Za-z_]\w*)>", re.DOTALL)
_SUPERSCRIPTS = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_VULGAR = {
    "½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5",
    "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8",
}  # fmt: skip
_WORDS = {
    "half": "1/2", "a third": "1/3", "two thirds": "2/3", "a quarter": "1/4", "a fourth": "1/4",
    "three quarters": "3/4", "a fifth": "1/5", "a sixth": "1/6", "an eighth": "1/8",
    "a tenth": "1/10", "nothing": "0", "zero": "0", "one": "1", "once": "1", "two": "2",
    "twice": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "a hundred": "100",
    "a thousand": "1000", "a million": "1000000",
}  # fmt: skip
_VULGAR_SIGN = re.compile(rf"(?<!\d)[{''.join(_VULGAR)}](?!\d)")  # 2½ is not 21/2
_THOUSANDS = re.compile(r"(?<=\d)[, \u00a0\u2009\u202f](?=\d{3}(?!\d))")
_POWER_OF_TEN = re.compile(r"(?<![\d.])(?:(\d[\d.]*)\s*[×·]\s*)?10\^\{?(-?\d+)\}?$")
_POWER = re.compile(r"([1-9]\d*)\^\{?(-?\d{1,4})\}?")  # exact, whatever its base
_ORDER = re.compile(r"(?:≈|about)\s*(10(?:[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|\^\{?-?\d+\}?))")
_DECIMAL = re.compile(r"[-+]?\d+(?:\.(\d+))?(?:e([-+]?\d+))?")
_NOT_FINITE = ("inf", "-inf", "nan")
# More digits than a page has use for: the record keeps them all.
_LONG = re.compile(r"([-+]?\d+\.\d{16})\d{4,}(e[-+]?\d+)?")
_DIGITS = 50
_ROUNDING = Fraction(1, 10**15)


class _Stated(NamedTuple):
    """A number, with half a unit of the last digit it was written with; 0 if it is exact."""

    value: Fraction
    half_unit: Fraction


def said(**values: Any) -> None:
    """Record what sentences of this page state: numbers, pieces of text, or lists of these."""
    if not values:
        raise ValueError("said() needs a value, such as said(peak=sigmoid_prime(0.0))")
    typed = [name for name in _typed(inspect.currentframe()) if name in values]
    if typed:
        raise ValueError(f"said() wants what a cell computed, but {', '.join(typed)} is typed in")
    written = {name: plain(value) for name, value in values.items()}
    lines = [f"{name} = {_listed(value)}" for name, value in written.items()]
    record = {"kind": "said", "id": " ".join(values), "statement": ""}
    emit({**record, "values": written, "lines": lines})


def _typed(frame: FrameType | None) -> Iterator[str]:
    """Name the arguments of the running call that are literals, if its source is at hand."""
    caller = frame and frame.f_back
    if caller is None:
        return
    lines = linecache.getlines(caller.f_code.co_filename, caller.f_globals)
    place = inspect.getframeinfo(caller, context=0).positions
    start, end, left, right = (part or 0 for part in place or (0, 0, 0, 0))
    if not 0 < end <= len(lines):
        return
    block = [line.encode() for line in lines[start - 1 : end]]
    block[-1] = block[-1][:right]
    block[0] = block[0][left:]
    with contextlib.suppress(SyntaxError):
        call = ast.parse(b"".join(block).decode(), mode="eval").body
        for argument in getattr(call, "keywords", ()):
            if argument.arg and _is_literal(argument.value):
                yield argument.arg


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True


def parse(text: str) -> tuple[str, str]:
    """Split the text of the role, ``0.25 <peak>``, into what is written and the name of the value.

    >>> parse("0.25 <peak>")
    ('0.25', 'peak')
    """
    match = _NAMED.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"write the number and the name of its value, '0.25 <peak>', not {text!r}")
    return match[1], match[2]


def matches(written: str, value: Any) -> bool:
    """Tell whether ``written`` states ``value`` rightly, to the digits written.

    ``written`` may use ``%``, a power of ten (``1.9 × 10⁻²²``, ``1.9e-22``), a fraction, separators
    of thousands, ∞, and words for the most common (``a quarter``, ``twice``); several values are a
    list or a range (``3 to 5``). A fraction and a bare ``10⁻³`` must be right to rounding in the
    last bits, and zero exactly: they have no digit to be right in. ``≈ 10⁻³`` tells the
    order of magnitude. Half-way between two roundings neither is right: one digit more is exact.
    """
    given = plain(value)
    if isinstance(given, list):
        parts = re.split(
            r"[,;]\s*(?:and |or )?|\s+(?:to|and|or)\s+|–", written.strip().strip("[]()")
        )
        return len(parts) == len(given) and all(map(matches, parts, given))
    run, stated = _number(given), _number(written)
    if (order := _ORDER.fullmatch(written.strip())) is not None and run is not None:
        magnitude = _number(order[1])
        return magnitude is not None and _is_of_order(run.value, magnitude.value)
    if run is None or stated is None:
        return _word(written) == _word(given)
    if stated.value == 0:
        return run.value == 0
    distance, last_bits = abs(run.value - stated.value), _ROUNDING * abs(stated.value)
    if stated.half_unit == 0:
        return distance <= last_bits
    return distance < stated.half_unit - min(last_bits, stated.half_unit / 1000)


def _number(text: str) -> _Stated | None:
    text = text.strip().replace("−", "-")
    if (word := text.lower().removeprefix("one ").replace("a half", "half")) in _WORDS:
        return _Stated(Fraction(_WORDS[word]), Fraction(0))
    text = _VULGAR_SIGN.sub(lambda match: _VULGAR[match[0]], text)
    text = _SUPERSCRIPTS.sub(lambda match: f"^{match[0].translate(_RAISED)}", text)
    if bare := _POWER.fullmatch(text):
        return _Stated(Fraction(bare[1]) ** int(bare[2]), Fraction(0))
    text = _POWER_OF_TEN.sub(lambda match: f"{match[1] or 1}e{match[2]}", _THOUSANDS.sub("", text))
    scale = Fraction(1, 100) if text.endswith("%") else Fraction(1)
    text = text.removesuffix("%").rstrip()
    if re.fullmatch(r"[-+]?\d+/0*[1-9]\d*", text):
        return _Stated(Fraction(text) * scale, Fraction(0))
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return None
    last_place = int(match[2] or 0) - len(match[1] or "")
    return _Stated(Fraction(text) * scale, Fraction(10) ** last_place * scale / 2)


def _is_of_order(value: Fraction, power: Fraction) -> bool:
    """Tell whether the power of ten next to a positive value is this one."""
    return value > 0 and 1 <= 10 * (value / power) ** 2 < 100


def _word(text: str) -> str:
    text = text.strip().replace("−", "-")
    return re.sub(r"^\+?(-?)(∞|oo|inf)$", r"\1inf", text)


def plain(value: Any) -> Plain:
    """Write a value as text without losing digits, a list of values as a list of texts."""
    if isinstance(value, str):
        return value
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if hasattr(value, "evalf") and not getattr(value, "is_Rational", False):
        value = value.evalf(_DIGITS)
    text = str(value)
    if isinstance(value, bool) or (_number(text) is None and _word(text) not in _NOT_FINITE):
        raise TypeError(f"a sentence can state a real number or a text, not {value!r}")
    return text


def _listed(value: Plain) -> str:
    if not isinstance(value, str):
        return f"[{', '.join(map(_listed, value))}]"
    return _LONG.sub(r"\1…\2", value)

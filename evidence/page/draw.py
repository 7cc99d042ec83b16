"""How a record looks: as HTML for the page, and as text for the terminal.

This is the only module that knows. A claim is drawn from its record alone, so what the page shows
is what the build has read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from html import escape
from math import ceil, floor, log10
from typing import Any

import numpy as np

from evidence.page.html import attribute, breakable_name, inline, whole_numbers

Record = Mapping[str, Any]
Drawing = tuple[str, str]

# What a claim rests on: its mark, its mark in TeX, and what it means. The site's style sheet draws
# a shape in place of each mark; a notebook shows the letter.
EVIDENCE = {
    "proved": ("✓", r"\checkmark", "proved"),
    "enclosed": ("[✓]", r"[\checkmark]", "proved on the whole interval"),
    "exact": ("[=]", r"\boxed{=}", "exact, for the case at hand"),
    "computed": ("≐", r"\doteq", "computed, at the points tried"),
    "measured": ("±", r"\pm", "measured"),
    "argued": ("∴", r"\therefore", "carried by a human argument"),
    "cited": ("”", "''", "cited"),
    "sampled": ("≈", r"\approx", "true at every point tried, not proved"),
}
MARKS = EVIDENCE | {"refused": ("✗", r"\times", "refused, as it must be")}
RELATIONS = {"=": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}
PLURALS = {"ulp": "ulps", "relative": "relative", "absolute": "absolute"}
GRADES = {"accepted": "✓", "refused": "✗", "forbidden": "✗", "hole": "…"}


def mark(kind: str, href: str | None = None, title: str = "", value: str = "") -> str:
    """Draw what a claim rests on; with ``href`` as a link to the check, which tells its statement.

    A statement may end with a ``value``, which is code.

    >>> print(mark("measured"))
    <span class="sa-mark sa-measured" role="img" aria-label="measured" title="measured">±</span>
    """
    glyph, _, word = MARKS[kind]
    if href is None:
        return (
            f'<span class="sa-mark sa-{kind}" role="img" aria-label="{word}" title="{word}">'
            f"{glyph}</span>"
        )
    name = f"{word}: {attribute(f'{title} {value}'.strip())}" if title else word
    tip = f'<span class="sa-tip">{inline(title or word)}{_code(value)}</span>'
    return (
        f'<a class="sa-cite" href="{href}" aria-label="{name}">'
        # The joiner keeps the mark on the line of the word before it.
        f'\N{WORD JOINER}<span class="sa-mark sa-{kind}" aria-hidden="true">{glyph}</span>{tip}</a>'
    )


def drawn(record: Record) -> Drawing:
    """Return the HTML and the text of a record."""
    if "steps" in record:
        return _derivation(record)
    if "witnesses" in record:
        return _comparison(record)
    return DRAW[record["kind"]](record)


# ---------------------------------------------------------------- derivations


def _derivation(record: Record) -> Drawing:
    rows = [_row("", record["start"]["latex"], "")]
    for step in record["steps"]:
        reason = (
            f'<div class="sa-reason"><span>{inline(step["reason"])}</span> '
            f"{mark(step['evidence'])}</div>"
        )
        # In braces the relation is no place to end a line.
        relation = rf"{{{RELATIONS[step['relation']]}}}\;"
        rows.append(_row(relation, step["latex"], reason))
    where = ", ".join(inline(_legible(part)) for part in record["where"])
    html = (
        f'<div class="sa-derivation" id="{record["anchor"]}" role="group" '
        f'aria-label="Derivation: {attribute(record["id"])}">'
        f'<ol class="sa-steps">{"".join(rows)}</ol>'
        + (f'<p class="sa-where">where {where}</p>' if where else "")
        + (f'<p class="sa-where">{inline(words)}</p>' if (words := record.get("in_words")) else "")
        + "</div>"
    )
    return html, _chain(record)


def _legible(formula: str) -> str:
    """Set a fraction in full size: in small letters beside a derivation none can be read."""
    return formula.replace("$", r"$\displaystyle ", 1) if r"\frac" in formula else formula


def _row(relation: str, tex: str, reason: str) -> str:
    formula = inline(rf"$\displaystyle {relation}{tex}$")
    space = " " if reason else ""
    return f'<li class="sa-step"><div class="sa-formula">{formula}</div>{space}{reason}</li>'


def _chain(record: Record) -> str:
    rows = [f"  {step['relation']} {step['text']}" for step in record["steps"]]
    width = max(map(len, rows), default=0)
    reasons = [f"{EVIDENCE[step['evidence']][0]} {step['reason']}" for step in record["steps"]]
    body = [f"{row:<{width}}  {reason}" for row, reason in zip(rows, reasons, strict=True)]
    return "\n".join([record["id"], f"    {record['start']['text']}", *body])


def display_tex(record: Record) -> str:
    """Return a derivation as TeX, for a place that shows no HTML."""
    rows = [record["start"]["latex"]]
    for m, step in enumerate(record["steps"]):
        row = f"&{RELATIONS[step['relation']]} {step['latex']}"
        row += rf" && \text{{{_in_text(step['reason'])}}}\;{EVIDENCE[step['evidence']][1]}"
        rows[m:] = [f"{rows[0]} {row}"] if m == 0 else [*rows[m:], row]
    body = " \\\\[4pt]\n".join(rows)
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"


def _in_text(reason: str) -> str:
    """Escape what TeX would not print outside `$…$`."""
    special = str.maketrans({c: rf"\{c}" for c in "%#&_{}"} | {"\\": r"\textbackslash{}"})
    parts = reason.split("$")
    return "$".join(part if m % 2 else part.translate(special) for m, part in enumerate(parts))


# ---------------------------------------------------------------- checks


def _comparison(record: Record) -> Drawing:
    allowed, size = _digits(record["tolerance"]), f"{record['numbers']:,}"
    agrees = mark("computed")
    rows = "".join(
        f'<tr><th scope="row">{breakable_name(w["name"])}</th><td>{_digits(w["gap"], 2)}</td>'
        f"<td>{allowed}</td><td>{size}</td><td>{agrees}</td></tr>"
        for w in record["witnesses"]
    )
    here = f' id="{record["anchor"]}"' if record["kind"] == "claim" else ""
    domain = f'<p class="sa-where">{escape(record["domain"])}</p>' if "domain" in record else ""
    html = (
        f'<table class="sa-table sa-check"{here}>'
        f"<caption>{inline(_legible(record['statement']))}</caption>"
        f'<thead><tr><th scope="col">against {inline(record["reference"])}</th>'
        f'<th scope="col">largest gap ({PLURALS[record["unit"]]})</th>'
        '<th scope="col">allowed</th><th scope="col">numbers</th>'
        f'<th scope="col">agrees</th></tr></thead><tbody>{rows}</tbody></table>{domain}'
    )
    width = max(len(w["name"]) for w in record["witnesses"])
    lines = [
        f"  ✓ {w['name']:{width}}  {_digits(w['gap'], 2)} {record['unit']}"
        for w in record["witnesses"]
    ]
    head = (
        f"{record['statement']}\n  against {record['reference']}: {size} numbers, "
        f"{allowed} {record['unit']} allowed"
    )
    return html, "\n".join([head, *lines])


def _digits(number: float, precision: int = 4) -> str:
    """Write a tolerance with more digits than a gap: 375 is not 380."""
    if number == 0 or 1e-3 <= number < 1e4:
        return np.format_float_positional(number, precision, fractional=False, trim="-")
    return f"{number:.{min(precision, 3)}g}"


def _fact(record: Record) -> Drawing:
    shown = record.get("version", "")
    how = record.get("how", "")
    value = f" <code>{escape(shown)}</code>" if shown else ""
    value += f' <span class="sa-reason">({escape(how)})</span>' if how else ""
    html = (
        f'<p class="sa-check" id="{record["anchor"]}">{mark(record["evidence"])} '
        f"{inline(record['statement'])}{value}</p>"
    )
    text = f"{EVIDENCE[record['evidence']][0]} {record['statement']}" + (
        f": {shown}" if shown else ""
    )
    return html, f"{text} ({how})" if how else text


def _refusal(record: Record) -> Drawing:
    wrong, reason = record["wrong"], record["reason"]
    html = (
        f'<p class="sa-refusal">{mark("refused")} refused, as it must be: '
        f'<em>{breakable_name(wrong)}</em> <span class="sa-reason">({whole_numbers(reason)})'
        "</span></p>"
    )
    return html, f"✗ refused, as it must be: {wrong} ({reason})"


def _said(record: Record) -> Drawing:
    shown = ",</span> <span>".join(f"<code>{escape(line)}</code>" for line in record["lines"])
    return f'<p class="sa-values"><span>{shown}</span></p>', "\n".join(record["lines"])


def _exercise(record: Record) -> Drawing:
    mark = GRADES.get(record.get("outcome", ""), "")
    message = f"{mark} {record['message']}".strip()
    hint = record.get("hint", "")
    folded = f"<details><summary>Hint</summary>{inline(hint)}</details>" if hint else ""
    html = (
        f'<p class="sa-exercise sa-{record["event"]}"><strong>{record["id"]}</strong> '
        f"{inline(message)}</p>{folded}"
    )
    return html, f"{record['id']}: {message}"


# ---------------------------------------------------------------- the one line

_KNOWN_AS = {
    "torch": "PyTorch",
    "numpy": "NumPy",
    "scipy": "SciPy",
    "jax": "JAX",
    "mpmath": "mpmath",
}
_UNITS = {"ulp": "", "relative": "a relative ", "absolute": ""}
_SHORT = 24  # letters of a value
NO_BREAK = "\N{NO-BREAK SPACE}"
_MANY, _FEW = 2, 4  # what a list names: of claims, of programs


def line(records: Sequence[Record]) -> str:
    """Draw the line that stands for records while they are folded: what holds, what is refused."""
    checks = [r for r in records if r["kind"] == "check"]
    claims = [r for r in records if r["kind"] == "claim"]
    wrong = [r["wrong"] for r in records if r["kind"] == "refusal"]
    # Not the keys of the values, which a notebook sorts when it is written.
    said = [name for r in records if r["kind"] == "said" for name in r["id"].split()]
    parts = [_together(checks)] if checks else []
    parts += _listed([_told(claim) for claim in claims])
    parts += [refuses(wrong)] if wrong else []
    if said:
        parts.append(
            f"numbers recorded: {', '.join(_listed([breakable_name(name) for name in said]))}"
        )
    kinds = ["computed"] * bool(checks) + [claim["evidence"] for claim in claims]
    marks = "".join(map(mark, dict.fromkeys(kinds or ["refused"] * bool(wrong))))
    return f"{marks} <span>{'; '.join(parts)}</span>"


def refuses(wrong: Sequence[str]) -> str:
    """Name the wrong versions that were refused."""
    names = [f"<em>{breakable_name(name)}</em>" for name in dict.fromkeys(wrong)]
    return f"refuses {f'{NO_BREAK}· '.join(_listed(names))}"


def _listed(parts: list[str]) -> list[str]:
    """Keep the first few."""
    rest = len(parts) - _MANY
    return [*parts[:_MANY], f"{rest} more"] if rest > 1 else parts


def _told(claim: Record) -> str:
    statement = inline(claim["statement"]).rstrip(".")
    if "witnesses" in claim:
        return f"{statement}: {_together([claim])}"
    statement += _code(value_of(claim))
    return f"{statement}, in {claim['seeds']} seeds" if "seeds" in claim else statement


def value_of(claim: Record) -> str:
    """Return the value with which a statement ends, if it is short."""
    version = claim.get("version", "")
    is_shown = "witnesses" not in claim and len(version) <= _SHORT and "<" not in version
    return version if is_shown else ""


def _code(value: str) -> str:
    return f" <code>{escape(value)}</code>" if value else ""


def _together(comparisons: Sequence[Record]) -> str:
    """Say in one sentence how near the witnesses came, at how many points."""
    witnesses = [w for c in comparisons for w in c["witnesses"]]
    names = list(dict.fromkeys(_KNOWN_AS.get(w["name"], w["name"]) for w in witnesses))
    names = [name for name in names if name != "the last line"] or names
    programs = [breakable_name(name) for name in names]
    *first, last = programs if len(programs) <= _FEW else [f"{len(programs)} programs"]
    units = {c["unit"] for c in comparisons}
    gap = _within(max(w["gap"] for w in witnesses), units.pop()) if len(units) == 1 else ""
    near = f"within {gap} of" if gap else "agree with" if len(programs) > 1 else "agrees with"
    references = dict.fromkeys(
        c["reference"].removeprefix("the first line, to ") for c in comparisons
    )
    calls, numbers = (sum(c.get(key, 1) for c in comparisons) for key in ("calls", "numbers"))
    size, unit = (calls, "point") if calls > len(comparisons) else (numbers, "number")
    domains = dict.fromkeys(c.get("domain", "").partition(",")[0] for c in comparisons)
    sizes = [domain.replace(" ", NO_BREAK) for domain in domains if "=" in domain]
    return ", ".join(
        [
            f"{' and '.join([', '.join(first), last] if first else [last])} {near} "
            f"{' and '.join(map(inline, references))} at {size:,} {unit}{'s' * (size > 1)}",
            *sizes,
        ]
    )


def _within(gap: float, unit: str) -> str:
    """Round a gap up, for the line says that none is larger.

    >>> _within(2.3, "ulp"), _within(0.4, "ulp"), _within(3.12e-13, "absolute")
    ('3 ulps', '½ ulp', '3.2·10<sup>−13</sup>')
    """
    if gap == 0 or unit == "ulp":
        whole = ceil(gap)
        return "" if gap == 0 else "½ ulp" if gap <= 0.5 else f"{whole:,} ulp{'s' * (whole > 1)}"
    exponent = floor(log10(gap))
    tenths = ceil(round(Fraction(gap) * Fraction(10) ** (1 - exponent), 6))
    if -3 <= exponent <= 3:
        return f"{_UNITS[unit]}{_digits(tenths * 10.0 ** (exponent - 1), 2)}"
    factor, exponent = (
        ("", exponent + tenths // 100) if tenths in (10, 100) else (f"{tenths / 10:g}·", exponent)
    )
    return f"{_UNITS[unit]}{factor}10<sup>{exponent}</sup>".replace("-", "−")


DRAW: dict[str, Callable[[Record], Drawing]] = {
    "written": lambda _: ("", ""),
    "claim": _fact,
    "refusal": _refusal,
    "said": _said,
    "exercise": _exercise,
}

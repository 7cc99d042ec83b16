"""How a record looks: as HTML for the page, and as text for the terminal.

This is the only module that knows. A claim is drawn from its record alone, so what the page shows
is what the build has read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import numpy as np

from evidence.page.html import attribute, breakable_name, inline, whole_numbers

Record = Mapping[str, Any]
Drawing = tuple[str, str]

# What a claim rests on: its mark, its mark in TeX, and what it means.
EVIDENCE = {
    "proved": ("✓", r"\checkmark", "proved"),
    "sampled": ("≈", r"\approx", "true at every point tried, not proved"),
    "enclosed": ("✓", r"\checkmark", "proved on the whole interval"),
    "exact": ("✓", r"\checkmark", "exact, for the case at hand"),
    "computed": ("✓", r"\checkmark", "compared with 50 digits"),
    "measured": ("✓", r"\checkmark", "measured"),
}
RELATIONS = {"=": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}
PLURALS = {"ulp": "ulps", "relative": "relative", "absolute": "absolute"}
GRADES = {"accepted": "✓", "refused": "✗", "forbidden": "✗", "hole": "…"}


def mark(kind: str, href: str = "", title: str = "") -> str:
    """Return the mark of a kind of evidence, as a link to it if it has a place."""
    sign, _, word = EVIDENCE[kind]
    said = attribute(f"{word}: {title}" if title else word)
    return f'<a class="sa-cite sa-mark" href="{href}" title="{said}" aria-label="{said}">{sign}</a>'


def drawn(record: Record) -> Drawing:
    """Return the HTML and the text of a record."""
    if "steps" in record:
        return _derivation(record)
    if "witnesses" in record:
        return _comparison(record)
    return DRAW[record["kind"]](record)


# ---------------------------------------------------------------- derivations


def _derivation(record: Record) -> Drawing:
    rows = [_row("", "", record["start"]["latex"], "")]
    for step in record["steps"]:
        mark, _, word = EVIDENCE[step["evidence"]]
        reason = (
            f'<div class="sa-reason">{inline(step["reason"])}\N{NO-BREAK SPACE}'
            f'<span class="sa-mark" role="img" aria-label="{word}" title="{word}">{mark}</span>'
            "</div>"
        )
        # In braces the relation is no place to end a line.
        relation = rf"{{{RELATIONS[step['relation']]}}}\;"
        rows.append(_row(f" sa-{step['evidence']}", relation, step["latex"], reason))
    where = ", ".join(map(inline, record["where"]))
    html = (
        f'<div class="sa-derivation" id="{record["anchor"]}" role="group" '
        f'aria-label="Derivation: {attribute(record["id"])}">'
        f'<ol class="sa-steps">{"".join(rows)}</ol>'
        + (f'<p class="sa-where">where {where}</p>' if where else "")
        + (f'<p class="sa-where">{inline(words)}</p>' if (words := record["in_words"]) else "")
        + "</div>"
    )
    return html, _chain(record)


def _row(kind: str, relation: str, tex: str, reason: str) -> str:
    formula = inline(rf"$\displaystyle {relation}{tex}$")
    space = " " if reason else ""
    return f'<li class="sa-step{kind}"><div class="sa-formula">{formula}</div>{space}{reason}</li>'


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
        mark = EVIDENCE[step["evidence"]][1]
        row = f"&{RELATIONS[step['relation']]} {step['latex']}"
        row += rf" && \text{{{_in_text(step['reason'])}}}\;{mark}"
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
    rows = "".join(
        f'<tr><th scope="row">{breakable_name(w["name"])}</th><td>{_digits(w["gap"], 2)}</td>'
        f'<td>{allowed}</td><td>{size}</td><td class="sa-mark">✓</td></tr>'
        for w in record["witnesses"]
    )
    here = f' id="{record["anchor"]}"' if record["kind"] == "claim" else ""
    domain = f'<p class="sa-where">{escape(record["domain"])}</p>' if "domain" in record else ""
    html = (
        f'<table class="sa-table sa-check"{here}>'
        f"<caption>{inline(record['statement'])}</caption>"
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
    mark, _, word = EVIDENCE[record["evidence"]]
    shown = record.get("version", "")
    how = record.get("how", "")
    value = f" <code>{escape(shown)}</code>" if shown else ""
    value += f' <span class="sa-reason">({escape(how)})</span>' if how else ""
    html = (
        f'<p class="sa-check" id="{record["anchor"]}"><span class="sa-mark" title="{word}">{mark}'
        f"</span> {inline(record['statement'])}{value}</p>"
    )
    text = f"{mark} {record['statement']}" + (f": {shown}" if shown else "")
    return html, f"{text} ({how})" if how else text


def _refusal(record: Record) -> Drawing:
    wrong, reason = record["wrong"], record["reason"]
    html = (
        '<p class="sa-refusal"><span class="sa-mark">✗</span> refused, as it must be: '
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


DRAW: dict[str, Callable[[Record], Drawing]] = {
    "written": lambda _: ("", ""),
    "claim": _fact,
    "refusal": _refusal,
    "said": _said,
    "exercise": _exercise,
}

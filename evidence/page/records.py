"""What a page has shown to be true, in a form that the build can read.

Every derivation, check, refusal, spoken number and exercise displays itself and, in the same output
of the notebook, leaves a *record*: a JSON object with ``kind``, ``id`` and ``statement``.
The executed notebook is thereby the only thing that the build has to read.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from evidence.page.draw import drawn

MIME = "application/vnd.evidence+json"
KINDS = ("claim", "check", "refusal", "said", "exercise", "written")

Record = dict[str, Any]

# Colab shows each output as a page of its own; this is the MathJax that it serves itself.
_MATHJAX = (
    '<script src="https://www.gstatic.com/external_hosted/mathjax/latest/MathJax.js'
    '?config=TeX-AMS_HTML-full,Safe"></script>'
)

_ID = re.compile(r"[a-z0-9_]+(?:[.-][a-z0-9_]+)*")
_listeners: list[list[Record]] = []
_settled: list[bool] = []


def bundle(record: Record) -> dict[str, Any]:
    """Return the MIME bundle of one output: for the eye, for the terminal, for the build."""
    missing = {"kind", "id", "statement"} - record.keys()
    if missing:
        raise ValueError(f"a record needs {', '.join(sorted(missing))}")
    if record["kind"] not in KINDS:
        raise ValueError(f"a record of kind {record['kind']!r}; known are {', '.join(KINDS)}")
    plain: Record = json.loads(json.dumps(record, allow_nan=False))
    html, text = drawn(plain)
    return {"text/html": html, "text/plain": text, MIME: plain}


def emit(record: Record) -> None:
    """Show a record; of what is settled, only what concerns exercises."""
    if is_settled() and record["kind"] != "exercise":
        return
    data = bundle(record)
    if _listeners:
        _listeners[-1].append(data[MIME])
    else:
        publish(data)


def publish(data: Mapping[str, Any]) -> None:
    """Display a MIME bundle in a notebook, or its text elsewhere."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        ipython.display.publish_display_data(_with_mathjax(data))
    else:
        sys.stdout.write(f"{data['text/plain']}\n")


def _with_mathjax(data: Mapping[str, Any]) -> dict[str, Any]:
    """Let an output typeset its TeX where nobody else does it."""
    html = data.get("text/html", "")
    if "google.colab" in sys.modules and 'class="math"' in html:
        return {**data, "text/html": html + _MATHJAX}
    return dict(data)


@contextmanager
def recording() -> Iterator[list[Record]]:
    """Collect the records that are emitted inside, and display nothing."""
    records: list[Record] = []
    _listeners.append(records)
    try:
        yield records
    finally:
        _listeners.pop()


def is_recording() -> bool:
    """Tell whether outputs are being collected instead of displayed."""
    return bool(_listeners)


@contextmanager
def settled() -> Iterator[None]:
    """Take the claims made inside as they are: a build has judged them, the same code, already.

    An answer is judged all the same. So a page can grade one without what a claim needs to be
    proved: minutes, PyTorch, ball arithmetic.
    """
    _settled.append(True)
    try:
        yield
    finally:
        _settled.pop()


def is_settled() -> bool:
    """Tell whether the claims made now have been judged elsewhere."""
    return bool(_settled)


def read(notebook: Mapping[str, Any]) -> list[Record]:
    """Return the records in the outputs of an executed notebook, in the order of the page."""
    return [
        output["data"][MIME]
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
        if MIME in output.get("data", ())
    ]


def problems(records: Iterable[Record]) -> list[str]:
    """List what the law of evidence finds missing in the records of a chapter or of the book."""
    records = list(records)
    by_kind = {kind: [r for r in records if r["kind"] == kind] for kind in KINDS}
    claims = {r["id"]: r for r in by_kind["claim"]}
    refused = {r["id"] for r in by_kind["refusal"]}
    checked = {r["id"] for r in by_kind["check"]}
    times = Counter(r["id"] for r in by_kind["claim"])
    found = [f"claim {c}: made {k} times" for c, k in times.items() if k > 1]
    found += [
        f"claim {c}: no wrong version was refused"
        for c, claim in claims.items()
        if c not in refused and (claim["settles"] or c in checked or "steps" not in claim)
    ]
    for kind, ids in (("refusal", refused), ("check", checked)):
        found += [f"{kind} {r}: there is no such claim" for r in sorted(ids - claims.keys())]
    return found + _exercise_problems(by_kind["exercise"])


def _exercise_problems(records: list[Record]) -> list[str]:
    posed = Counter(r["id"] for r in records if r["event"] == "posed")
    solved = {r["id"] for r in records if r["event"] == "solved"}
    open_ = {r["id"] for r in records if r["event"] == "graded" and r["outcome"] == "hole"}
    wrong = {r["id"] for r in records if r["event"] == "posed" and r["wrong"]}
    found = [f"exercise {e}: posed {k} times" for e, k in posed.items() if k > 1]
    found += [f"exercise {e}: no solution was accepted" for e in posed if e not in solved]
    found += [f"exercise {e}: its hole is not graded on the page" for e in posed if e not in open_]
    found += [f"exercise {e}: no wrong answer was refused" for e in posed if e not in wrong]
    return found


def check_id(name: object) -> str:
    """Return ``name`` if it can serve as an identifier such as ``softmax.jacobian``."""
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise ValueError(
            f"{name!r} is no id: write small letters, digits, _ and single . or - between them"
        )
    return name

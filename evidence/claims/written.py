r"""The formulas that a page's sentences write, judged by the claims that the page has made.

An author writes ``$\sigma'(x) = \sigma(x)(1 - \sigma(x))$`` in a sentence as in any other text.
When the cells of the page have run, each such formula is put to its claims: it stands if a claim
prints the same, or if a derivation that knows its symbols proves it. What no claim confirms is left
for the author to bind to a claim by name, to declare, or to mend.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from evidence.claims.claim import made
from evidence.page.records import emit

if TYPE_CHECKING:
    from evidence.claims.claim import Claim


def judge(
    texts: Iterable[str], bound: Iterable[tuple[str, str]], notation: Mapping[Any, Any] | None
) -> None:
    """Record what the claims of this page say of formulas, and of those bound to one by name."""
    claims = list(made.values())
    free = {tex: _first(tex, claims, notation or {}) for tex in texts}
    named = {
        f"{tex} <{name}>": _by(tex, made.get(name), name, notation or {}) for tex, name in bound
    }
    emit({"kind": "written", "id": "written", "statement": "", "formulas": {**free, **named}})


def _first(tex: str, claims: Iterable[Claim], notation: Mapping[Any, Any]) -> dict[str, str]:
    why = ""
    for claim in claims:
        said = claim.confirms(tex, notation, under_hypotheses=False)
        if said.evidence:
            return {"evidence": said.evidence, "by": claim.id}
        why = why if said.is_unread or (why and not said.is_false) else said.why
    return {"problem": why or "no claim of this page has its symbols"}


def _by(tex: str, claim: Claim | None, name: str, notation: Mapping[Any, Any]) -> dict[str, str]:
    if claim is None:
        return {"problem": f"this page makes no claim {name}"}
    said = claim.confirms(tex, notation, under_hypotheses=True)
    return {"evidence": said.evidence, "by": name} if said.evidence else {"problem": said.why}

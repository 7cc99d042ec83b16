"""Enclosures: an inequality in one variable, proved on a whole interval by ball arithmetic.

The law of a sharp bound: it holds, something attains it, and it may be moved neither way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import mpmath
from sympy import (
    Expr,
    Interval,
    Lambda,
    Rational,
    Symbol,
    lambdify,
    latex,
    limit,
    nsimplify,
    oo,
    simplify,
    sympify,
)

from evidence.algebra.inequality import Inequality
from evidence.claims.bound import UNATTAINED, refused_nearby
from evidence.claims.claim import Claim, Disagreement, Evidence, Verdict
from evidence.page.records import emit, is_settled

NEARBY = Rational(1, 1000)
_TEX = {"<=": r"\le", "<": "<", ">=": r"\ge", ">": ">"}


class Enclosure(Claim):
    """Prove an inequality on a whole interval, or raise `Disagreement`.

    A version is another bound. If the bound is to be sharp, it must be attained, or be the limit at
    an end that does not belong to the interval.

    Parameters
    ----------
    claim_id
        A name such as ``sigmoid.probit``; the statement is written from the inequality itself.
    expression, relation, bound
        ``expression < bound``, or with ``<=``, ``>``, ``>=``; decimals are taken as written.
    over
        The interval: closed, open, or infinite.
    where
        What the functions in the expression mean, such as ``{sigma: Lambda(x, 1/(1 + exp(-x)))}``.
    touches
        Where both sides are equal, if these points are not simple fractions.
    sharp
        Whether the bound is the least, or the largest, that holds.
    settles
        The entries of the register of claims that this decides.
    """

    evidence: Evidence = "enclosed"
    has_fresh_points = False
    proof: Inequality  # of the version that was judged last
    equal: Expr | None  # where that one is attained

    def __init__(
        self,
        claim_id: str,
        expression: Expr,
        relation: str,
        bound: Any,
        *,
        over: Interval,
        where: Mapping[Any, Lambda] | None = None,
        touches: Iterable[Any] = (),
        sharp: bool = False,
        settles: Iterable[str] = (),
    ) -> None:
        free = expression.free_symbols
        if relation not in _TEX or len(free) != 1:
            raise ValueError(
                f"{claim_id}: an inequality in one variable is wanted, and <= < >= or >"
            )
        [self.variable] = free
        self.expression, self.relation, self.over = expression, relation, over
        self.where, self.sharp = dict(where or {}), sharp
        self.x = Symbol(str(self.variable), real=True, positive=True if over.start >= 0 else None)
        self.touches = [self.exactly(c) for c in touches]
        super().__init__(claim_id, settles, self._written(bound))
        if not is_settled():
            self._show(bound)

    def _show(self, bound: Any) -> None:
        """Record the proof with this bound, and of a sharp one why it may be moved neither way."""
        moved = {}
        if self.sharp:
            exact = self.exactly(bound)
            step = NEARBY * (abs(exact) if exact != 0 else 1)
            moved = refused_nearby(self, exact, step, is_upper=self.is_upper)
        verdict = self.judge(bound)
        if not verdict.accepted:
            raise Disagreement(f"{self.id}: {verdict.reason}")
        how = f"proved on the whole interval, in {self.proof.pieces} pieces"
        equality = None
        if self.equal is not None:
            equality = str(self.equal)
            tends = "" if self.equal in self.over else "in the limit "
            how += f"; equality {tends}at {self.variable} = {equality.replace('oo', '∞')}"
        emit(self.record(how=how, pieces=self.proof.pieces, equality=equality, moved=moved))

    def _written(self, bound: Any) -> str:
        """Write the statement from what is proved."""
        x, least = latex(self.variable), "least" if self.is_upper else "largest"
        is_line = self.over == Interval(-oo, oo)
        text = f"${latex(self.expression)} {_TEX[self.relation]} {latex(sympify(bound))}$"
        text += f" for every real ${x}$" if is_line else rf" for ${x} \in {latex(self.over)}$"
        meanings = [f"${latex(f(*g.variables))} = {latex(g.expr)}$" for f, g in self.where.items()]
        where = f", where {' and '.join(meanings)}" if meanings else ""
        return f"{text}{where}" + (f"; this bound is the {least}" if self.sharp else "")

    @property
    def is_upper(self) -> bool:
        """Whether the bound lies above."""
        return self.relation.startswith("<")

    def exactly(self, e: Any) -> Expr:
        """Write definitions out, and read a decimal as the fraction that it is."""
        e = sympify(e, rational=True)
        for f, meaning in self.where.items():
            e = e.replace(f, meaning)
        return nsimplify(e, rational=True).subs(self.variable, self.x)

    def judge(self, version: Any, fresh: int = 0) -> Verdict:  # noqa: ARG002
        """Prove the inequality with this bound, or refute it with a point."""
        bound, left = self.exactly(version), self.exactly(self.expression)
        d = bound - left if self.is_upper else left - bound
        self.proof = Inequality(d, self.x, self.over, strict="=" not in self.relation)
        point = self.proof.counterexample(self.touches)
        if point is not None:
            return self._refuted(d, left, point)
        self.equal = min(self.proof.equal, key=abs, default=None)
        if self.sharp and self.equal is None:
            outer = (end for end in (self.over.start, self.over.end) if end not in self.over)
            self.equal = next((end for end in outer if self._tends(left, bound, end)), None)
            if self.equal is None:
                return Verdict(f"{UNATTAINED}, though it holds")
        return Verdict()

    def _tends(self, left: Expr, bound: Expr, end: Expr) -> bool:
        towards = limit(left, self.x, end, "+" if end == self.over.start else "-")
        return bool(simplify(towards - bound) == 0)

    def _refuted(self, d: Expr, left: Expr, point: Expr) -> Verdict:
        """Check a counterexample once more, with another library."""
        with mpmath.workdps(50):
            at = mpmath.mpmathify(point.evalf(60))
            gap = lambdify(self.x, d, "mpmath")(at)
            value = lambdify(self.x, left, "mpmath")(at)
            if gap > mpmath.mpf(10) ** -40 or (gap > 0 and "=" in self.relation):
                raise ArithmeticError(f"{self.id}: mpmath does not confirm the point {point}")
        return Verdict(
            f"at {self.variable} = {point} it is {mpmath.nstr(value, 12)}", abs(float(gap))
        )


enclose = Enclosure  # as a page says it

"""The claim that functions agree with a reference, within a tolerance, at some points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import combinations
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from evidence.claims.claim import Claim, Disagreement, Evidence, NotHere, Verdict, noting
from evidence.claims.comparison import Call, Function, Sample, Tolerance
from evidence.claims.exact import function_of
from evidence.claims.points import mixed
from evidence.claims.shortcuts import names_in
from evidence.page.records import emit, is_settled

Fresh = Callable[[np.random.Generator], Any]


class Agreement(Claim):
    """Show that every witness agrees with the reference, or raise `Disagreement`.

    A version is another witness. Where a derivation makes the claim, its `Derivation.check` needs
    no reference: this is for what no derivation says, such as values at the edge of a format.

    Parameters
    ----------
    claim_id, statement
        A name such as ``softmax.jacobian``, and what is claimed, with formulas between dollars.
    reference
        A name and a function; it is evaluated at 50 digits, and mpmath results are not rounded.
    witnesses
        The functions to compare with it, by name.
    at
        The argument of one call, or a tuple of its arguments; a *list* of these makes several
        calls. Each function gets copies.
    ulps, rtol, atol
        The tolerance, exactly one of the three. An ulp is that of the coarsest floating-point
        format among the arguments and the reference.
    fresh
        Makes other points, in the form of ``at``, from a `numpy.random.Generator`: exercises are
        graded there, too. Without it the points of the claim are mixed.
    settles
        The entries of the register of claims that this check decides.
    """

    evidence: Evidence = "computed"

    def __init__(
        self,
        claim_id: str,
        statement: str,
        *,
        reference: tuple[str, Function],
        witnesses: Mapping[str, Function],
        at: Any,
        ulps: float | None = None,
        rtol: float | None = None,
        atol: float | None = None,
        fresh: Fresh | None = None,
        settles: Iterable[str] = (),
    ) -> None:
        self.tolerance = Tolerance.of(ulps=ulps, rtol=rtol, atol=atol)
        super().__init__(claim_id, settles, statement)
        self.against, self.reference = reference
        self.witnesses, self.fresh = dict(witnesses), fresh
        self._insist_on_independence()
        self.calls = as_calls(at)
        self._samples: dict[int, Sample] = {}
        if len(set(map(_digits, self.calls))) < len(self.calls):
            raise ValueError(f"{self.id}: two of its {len(self.calls)} points are the same")
        if is_settled():
            return
        if not self.sample().excludes(self.tolerance):
            raise ValueError(f"{self.id}: a tolerance of {self.tolerance.allowed} excludes nothing")
        found = compared(self, self.against, self.witnesses, self.sample(), self.tolerance)
        emit(self.record(**found))

    def _insist_on_independence(self) -> None:
        if not self.witnesses:
            raise ValueError(f"{self.id}: a reference without a witness shows nothing")
        functions = [self.reference, *self.witnesses.values()]
        is_twice = any(f == g for f, g in combinations(map(_bare, functions), 2))
        if self.against in self.witnesses or is_twice:
            raise ValueError(f"{self.id}: a function cannot confirm itself, give it one name only")
        if any(w in _called(self.reference) for w in self.witnesses.values()):
            raise ValueError(f"{self.id}: the reference calls the witness that it is to judge")

    def judge(self, version: Function, fresh: int = 0) -> Verdict:
        """Compare ``version`` with the reference, at the points of the claim or at new ones."""
        return self.sample(fresh).judge(version, self.tolerance)

    def sample(self, fresh: int = 0) -> Sample:
        """Return the points of the page, or another set, with what the reference says there."""
        if fresh not in self._samples:
            calls = self._calls(self.generator(fresh)) if fresh else self.calls
            self._samples[fresh] = self._sampled(calls)
        return self._samples[fresh]

    def _sampled(self, calls: Sequence[Call]) -> Sample:
        """Ask the reference; where it is not here a witness, with which a build found it agree."""
        for function in (self.reference, *self.witnesses.values()):
            with suppress(NotHere), noting(f"this was the reference of {self.id}"):
                return Sample.of(function, calls)
        raise NotHere(f"{self.id} needs what is not here")

    def _calls(self, rng: np.random.Generator) -> Sequence[Call]:
        calls = as_calls(self.fresh(rng)) if self.fresh else mixed(self.calls, rng)
        if set(map(_digits, calls)) <= set(map(_digits, self.calls)):
            raise ValueError(f"{self.id}: its points make no new ones; say fresh=")
        return calls

    def version(self, answer: Any) -> Function:
        """Make a function of an expression."""
        return answer if callable(answer) else function_of(answer)


agree = Agreement  # as a page says it


def compared(
    claim: Claim,
    against: str,
    witnesses: Mapping[str, Function],
    sample: Sample,
    tolerance: Tolerance,
) -> dict[str, Any]:
    """Return what a record says of witnesses beside a reference; a wrong one is an error."""
    found = []
    for name, witness in witnesses.items():
        with noting(f"this was the witness {name!r} of {claim.id}"):
            verdict = sample.judge(witness, tolerance)
        if not verdict.accepted:
            raise Disagreement(
                f"{claim.id}: {name!r} is {verdict.gap:.3g} {tolerance.unit} away from "
                f"{against!r}, {tolerance.allowed:.4g} is allowed: {verdict.reason}"
            )
        found.append({"name": name, "gap": verdict.gap})
    return {
        "reference": against,
        "witnesses": found,
        "unit": tolerance.unit,
        "tolerance": tolerance.allowed,
        "calls": len(sample.calls),
        "numbers": sample.size,
    }


def as_calls(at: Any) -> list[Call]:
    """Read ``at``: a list holds the points of several calls, a tuple the arguments of one."""
    points = at if isinstance(at, list) else [at]
    return [p if isinstance(p, tuple) else (p,) for p in points]


def _digits(call: Call) -> tuple[object, ...]:
    lists = [a.tolist() if hasattr(a, "tolist") else a for a in call]
    return tuple((repr(v), str(getattr(a, "dtype", ""))) for v, a in zip(lists, call, strict=True))


def _bare(function: Function) -> Any:
    """Return what can be compared: a `partial` equals only itself, and so does a copied lambda."""
    if isinstance(function, partial):
        return function.func, function.args, function.keywords
    if isinstance(function, FunctionType):
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        return _formula(function.__code__), list(map(id, cells)), function.__defaults__
    return function


def _formula(code: CodeType) -> Any:
    constants = [_formula(c) if isinstance(c, CodeType) else c for c in code.co_consts]
    return code.co_code, constants, code.co_names


def _called(function: Function) -> Sequence[object]:
    """List what the code of a function, and of those beside it that it calls, may call."""
    found: list[object] = []
    waiting = [function]
    while waiting:
        f = waiting.pop()
        if not isinstance(f, FunctionType) or f.__module__ != function.__module__:
            continue
        names = set(names_in(f.__code__))
        reached = [f.__globals__[name] for name in names if name in f.__globals__]
        reached += [cell.cell_contents for cell in f.__closure__ or ()]
        new = [r for r in reached if callable(r) and not any(r is known for known in found)]
        found += new
        waiting += new
    return found

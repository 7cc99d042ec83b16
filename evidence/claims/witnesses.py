"""A derivation beside programs: its first line, to 50 digits, is the reference."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import Basic, Expr, Indexed, Symbol, sympify

from evidence.algebra.ranges import Ranges
from evidence.claims.agreement import compared
from evidence.claims.claim import Verdict
from evidence.claims.comparison import Function, Sample, Tolerance
from evidence.claims.domain import Argument, Domain
from evidence.claims.exact import function_of

if TYPE_CHECKING:
    from evidence.claims.derivation import Derivation

SPAN = 30.0
TO_THE_LAST_DIGIT = Tolerance("relative", 1e-40)


class Comparison:
    """The points at which versions of a derivation's last line are judged, and the judge."""

    def __init__(
        self,
        derivation: Derivation,
        of: Sequence[Argument] = (),
        axes: Sequence[Symbol] = (),
        tolerance: Tolerance | None = None,
        span: float = SPAN,
    ) -> None:
        self.derivation, self.span = derivation, span
        self.is_for_programs = tolerance is not None
        self.tolerance = tolerance or TO_THE_LAST_DIGIT
        self._samples: dict[int, Sample] = {}
        start, ranges = derivation.unfold(derivation.start), derivation.ranges()
        given = {s for h in derivation.hypotheses() for s in h.free_symbols}
        asked = [i for i in ranges.indices if i in given]
        self.of = list(of) or _arguments(start, ranges, asked)
        self.axes = list(axes) or [i for i in ranges.indices if i not in self.of and start.has(i)]
        if loose := [i for i in asked if i not in (*self.of, *self.axes)]:
            raise ValueError(
                f"{derivation.id}: a hypothesis speaks of the index {loose[0]}: name it in of=, "
                "or it is not kept at the points"
            )

    def sample(self, fresh: int = 0) -> Sample:
        """Return the points of the page, or another set."""
        if fresh not in self._samples:
            calls = self._own_domain.calls(self.derivation.generator(fresh))
            self._samples[fresh] = Sample.of(self._reference, calls)
        return self._samples[fresh]

    @cached_property
    def _own_domain(self) -> Domain:
        return self._domain()

    @cached_property
    def _reference(self) -> Function:
        return self._own_domain.function(self.derivation.unfold(self.derivation.reference))

    def _domain(self, *more: Expr) -> Domain:
        d = self.derivation
        return Domain(d.ranges(*more), d.hypotheses(), self.of, self.axes, self.span)

    def judge(self, version: Function, fresh: int = 0) -> Verdict:
        """Compare a function with the reference, at the points of the page or at new ones."""
        return self.sample(fresh).judge(self._related(version), self.tolerance)

    def _related(self, version: Function) -> Function:
        """Judge a bound by whether it is one: where it is not, the first line stands beside it."""
        relation = self.derivation.relation
        if relation == "=":
            return version

        def beside(*call: Any) -> Any:
            bound, value = np.asarray(version(*call)), np.asarray(self._reference(*call))
            is_kept = value <= bound if relation == "<=" else value >= bound
            return np.where(is_kept, value, bound)[()]

        return beside

    def version(self, answer: Any) -> Function:
        """Make a function of the arguments of an expression in the derivation's symbols."""
        if not isinstance(answer, Basic | int):
            if not self.is_for_programs:
                raise TypeError(f"{self.derivation.id}: check() says first how near a program is")
            return answer if callable(answer) else function_of(answer)
        e = self.derivation.unfold(sympify(answer))
        return self._domain(e).function(e)

    def compared(self, witnesses: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
        """Return what a record says of the witnesses; the last line itself is one of them."""
        if not self.sample().excludes(self.tolerance):
            raise ValueError(f"{self.derivation.id}: a tolerance that excludes nothing")
        derived = {"the last line": self.version(self.derivation.result)}
        named = {name: _with_tensors(name, f) for name, f in witnesses.items()}
        judged = {name: self._related(f) for name, f in (derived | named).items()}
        against = "the first line, to 50 digits"
        found = compared(self.derivation, against, judged, self.sample(), self.tolerance)
        return {**found, "domain": self._words()}

    def _words(self) -> str:
        found = self._own_domain.classes()
        edges = "ties, one dominant, wide and tiny spans" if found else "both ends"
        classes = f"n = {found[0]} … {found[-1]}, " if found else ""
        return f"{classes}{edges}, up to ±{self.span:g}"


def _arguments(start: Expr, ranges: Ranges, asked: Sequence[Symbol]) -> list[Argument]:
    """List by name what the first line is a function of, and indices that only hypotheses have."""
    free = start.free_symbols
    bases = {s.base for s in free if isinstance(s, Indexed)}
    labels = {base.label for base in bases}
    plain = {s for s in free if isinstance(s, Symbol) and s not in labels}
    lengths = {ranges.of_axis(base, m) for base in bases for m in range(ranges.rank(base))}
    arguments = {*bases, *plain} - {*lengths, *ranges.indices}
    only_asked = {i for i in asked if i not in free}
    return sorted(arguments | only_asked, key=str)


def _with_tensors(name: str, f: Callable[..., Any]) -> Callable[..., Any]:
    """Give PyTorch's functions tensors: they take no arrays."""
    if not name.startswith("torch"):
        return f

    def of_arrays(*call: Any) -> Any:
        as_tensor = sys.modules["torch"].as_tensor
        # as_tensor makes float32 of a number, and float64 of an array of one
        return f(*(a if isinstance(a, int) else as_tensor(np.asarray(a)) for a in call))

    return of_arrays

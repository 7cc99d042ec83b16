"""Exercises: an answer is graded against the claim that it must satisfy, not against a string.

One object serves the hole that the reader finds, the answer that the reader writes, and the
solution of the book: ``ex = Exercise(…)``, ``ex.grade(answer)``, ``@ex.solution``.
"""

from __future__ import annotations

import dis
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Literal, TypeVar

import numpy as np

from evidence.claims.agreement import Agreement, Claim, NotRefused, Sample, as_calls, judge_quietly
from evidence.claims.exact import exactly
from evidence.claims.points import mixed
from evidence.claims.shortcuts import shortcut
from evidence.page.html import inline
from evidence.page.records import check_id, emit

Answer = TypeVar("Answer")
Outcome = Literal["accepted", "refused", "forbidden", "hole"]

FRESH_SAMPLES = 3
_MARKS: dict[Outcome, str] = {"accepted": "✓", "refused": "✗", "forbidden": "✗", "hole": "…"}


class NotAccepted(AssertionError):  # noqa: N818
    """The solution that the book gives does not pass."""


@dataclass(frozen=True)
class Grade:
    """What became of an answer, and what its author is told."""

    outcome: Outcome
    message: str


class Exercise:
    """A question whose answers are put to the test of a claim.

    Parameters
    ----------
    exercise_id
        A name such as ``sigmoid-slope``.
    claim
        What the right answer satisfies. Where it comes from `agree`, the answer is a function or a
        SymPy expression; where it comes from `holds`, whatever its test takes.
    hint
        Shown with every refusal.
    wrong
        Wrong answers by the mistake that leads to them. Each must be refused, and a reader who
        gives one is told the mistake.
    forbid
        Modules that the answer must not call, and names that it must not use.
    symbols
        The symbols of an answer that is an expression, in the order of the arguments;
        not needed where there is only one.
    also
        Further claims that the answer must satisfy, such as one on the memory that it takes.
    fresh
        Makes points from a `numpy.random.Generator`, in the form of ``at`` of `agree`, to find out
        an answer that is right only at the points of the claim. Without it these are mixed, which
        is not enough where they are whole numbers, or the result is the same for every mixture.
    """

    def __init__(
        self,
        exercise_id: str,
        *,
        claim: Claim,
        hint: str,
        wrong: Mapping[str, Any],
        forbid: Iterable[str] = (),
        symbols: Sequence[Any] = (),
        also: Iterable[Claim] = (),
        fresh: Callable[[np.random.Generator], Any] | None = None,
    ) -> None:
        self.id = check_id(exercise_id)
        self.claim, self.hint, self.wrong = claim, hint, dict(wrong)
        self.forbid, self.symbols, self.fresh = tuple(forbid), tuple(symbols), fresh
        self.also = tuple(also)
        if not hint.strip() or not self.wrong:
            raise ValueError(f"{self.id}: an exercise needs a hint and a wrong answer")
        for mistake, answer in self.wrong.items():
            if not self._objection(self._version(answer)):
                raise NotRefused(f"{self.id}: the claim accepts the wrong answer {mistake!r}")
        if self._accepts_numbers_by_heart():
            raise NotRefused(
                f"{self.id}: an answer that knows the numbers by heart passes; say fresh="
            )
        answers, they = ("answer", "it") if len(self.wrong) == 1 else ("answers", "they")
        refused = f"✗ {len(self.wrong)} wrong {answers} refused, as {they} must be."
        folded = f"<details><summary>Hint</summary>{inline(hint)}</details>"
        self._emit("posed", refused, folded, wrong=list(self.wrong))

    def grade(self, answer: Any) -> None:
        """Tell the reader whether ``answer`` is right, and if not, where it fails."""
        grade = self.examine(answer)
        self._emit("graded", f"{_MARKS[grade.outcome]} {grade.message}", outcome=grade.outcome)

    def solution(self, answer: Answer) -> Answer:
        """Show that the book's own ``answer`` is accepted, or raise `NotAccepted`."""
        grade = self.examine(answer)
        if grade.outcome != "accepted":
            raise NotAccepted(f"{self.id}: the solution is not accepted: {grade.message}")
        self._emit("solved", "✓ The solution is accepted.", outcome=grade.outcome)
        return answer

    def examine(self, answer: Any) -> Grade:
        """Grade ``answer`` without showing anything."""
        if is_hole(answer):
            return Grade("hole", "Not answered yet: put your answer in place of the dots.")
        used = shortcut(answer, self.forbid, self._giveaways())
        if used:
            return Grade("forbidden", f"This uses {used}, which the exercise asks you to replace.")
        try:
            version = self._version(answer)
            objection = self._objection(version)
        except Exception as error:
            if "ellipsis" in str(error):
                return Grade("hole", "Not answered yet: there are dots left in your answer.")
            return self._refused(f"your answer stops with {type(error).__name__}: {error}")
        if objection:
            return self._refused(objection, self._mistake(version))
        return self._at_fresh_points(version)

    def _objection(self, version: Any) -> str:
        """Say what the claims have against ``version``, nothing if they accept it."""
        if reason := judge_quietly(self.claim, version).reason:
            return reason
        broken = (c for c in self.also if not judge_quietly(c, version).accepted)
        return next((f"this does not hold: {claim.statement}" for claim in broken), "")

    def _at_fresh_points(self, version: Any) -> Grade:
        """Find out an answer that knows the points of the check by heart."""
        for sample in self._fresh_samples():
            verdict = judge_quietly(self.claim, version, sample)
            if not verdict.accepted:
                return self._refused(
                    f"{verdict.reason}, though it is right at the points of the check"
                )
        return Grade("accepted", "Right.")

    def _accepts_numbers_by_heart(self) -> bool:
        """Tell whether the expected numbers, one after the other, pass at the fresh points too."""
        samples = list(self._fresh_samples())
        if not isinstance(self.claim, Agreement) or not samples:
            return False
        known = cycle(self.claim.sample.expected)
        return all(judge_quietly(self.claim, lambda *_: next(known), s).accepted for s in samples)

    def _refused(self, reason: str, mistake: str = "") -> Grade:
        known = f" That is what one gets by this mistake: {mistake}." if mistake else ""
        return Grade("refused", f"Not yet: {reason}.{known} Hint: {self.hint}")

    def _mistake(self, version: Any) -> str:
        """Name the listed mistake that leads to the same results."""
        return next((m for m, wrong in self.wrong.items() if self._is_same(version, wrong)), "")

    def _is_same(self, version: Any, wrong: Any) -> bool:
        if not isinstance(self.claim, Agreement):
            return np.array_equal(version, wrong)
        calls = self.claim.sample.calls
        with np.errstate(all="ignore"):
            sample = self.claim.sample_at(calls, self._version(wrong))
        return judge_quietly(self.claim, version, sample).accepted

    def _fresh_samples(self) -> Iterator[Sample]:
        """Make points that the reader has not seen; the seed is fixed, so that a grade is too."""
        if not isinstance(self.claim, Agreement):
            return
        rng = np.random.default_rng(zlib.crc32(self.id.encode()))
        for _ in range(FRESH_SAMPLES):
            calls = as_calls(self.fresh(rng)) if self.fresh else mixed(self.claim.sample.calls, rng)
            yield self.claim.sample_at(calls)

    def _giveaways(self) -> list[object]:
        functions = (
            [self.claim.reference, *self.claim.witnesses.values()]
            if isinstance(self.claim, Agreement)
            else []
        )
        return [self, self.claim, *functions]

    def _version(self, answer: Any) -> Any:
        if isinstance(self.claim, Agreement) and not callable(answer):
            return function_of(answer, self.symbols)
        return answer

    def _emit(self, event: str, message: str, below: str = "", **more: Any) -> None:
        record = {"kind": "exercise", "id": self.id, "statement": self.claim.statement}
        said = f"<strong>{self.id}</strong> {inline(message)}"
        emit(
            {**record, "event": event, "message": message, **more},
            f'<p class="sa-exercise sa-{event}">{said}</p>{below}',
            f"{self.id}: {message}",
        )


def is_hole(answer: Any) -> bool:
    """Tell whether ``answer`` is still ``...``, or a function that does nothing but return it."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return answer is ...
    steps = [i for i in dis.get_instructions(code) if i.opname not in ("RESUME", "COPY_FREE_VARS")]
    loaded = [i.argval for i in steps if i.opname in ("LOAD_CONST", "RETURN_CONST")]
    does_nothing = all(i.opname in ("LOAD_CONST", "RETURN_CONST", "RETURN_VALUE") for i in steps)
    return does_nothing and loaded[-1] in (None, ...)


def function_of(expression: Any, symbols: Sequence[Any] = ()) -> Callable[..., Any]:
    """Turn an expression into a function of numbers or arrays, evaluated exactly entry by entry."""
    if not hasattr(expression, "free_symbols"):
        raise TypeError(f"a function or an expression is asked for, not {expression!r}")
    import sympy

    arguments = list(symbols) or sorted(expression.free_symbols, key=str)
    unknown = expression.free_symbols - set(arguments)
    if unknown or (len(arguments) != 1 and not symbols):
        raise TypeError(f"it is not clear what {expression} is a function of")
    return exactly(sympy.lambdify(arguments, expression, "mpmath"))

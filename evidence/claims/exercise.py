"""Exercises: an answer is graded against the claim that it must satisfy, not against a string.

One object serves the hole that the reader finds, the answer that the reader writes, and the
solution of the book: ``ex = Exercise(…)``, ``ex.grade(answer)``, ``@ex.solution``.
"""

from __future__ import annotations

import dis
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from evidence.claims.claim import UNNAMED, Claim, NotHere, NotRefused, judge_quietly
from evidence.claims.shortcuts import shortcut
from evidence.page.records import check_id, emit, is_settled

Answer = TypeVar("Answer")
Outcome = Literal["accepted", "refused", "forbidden", "hole"]

FRESH_SETS = 2

_NUMBER = re.compile(r"\d+(\.\d+)?(e[-+]?\d+)?")


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
        What the right answer satisfies: any claim. It says itself what an answer may be.
    hint
        Shown with every refusal.
    wrong
        Wrong answers by the mistake that leads to them. Each must be refused, and a reader who
        gives one is told the mistake.
    forbid
        Modules that the answer must not call, and names that it must not use.
    also
        Further claims that the answer must satisfy, such as one on the memory that it takes.
    """

    def __init__(
        self,
        exercise_id: str,
        *,
        claim: Claim,
        hint: str,
        wrong: Mapping[str, Any],
        forbid: Iterable[str] = (),
        also: Iterable[Claim] = (),
    ) -> None:
        self.id = check_id(exercise_id)
        self.claim, self.hint, self.wrong = claim, hint, dict(wrong)
        self.forbid, self.claims = tuple(forbid), (claim, *also)
        self._known: dict[str, str] = {}  # mistakes, and what the claims object to them
        if not hint.strip() or not self.wrong:
            raise ValueError(f"{self.id}: an exercise needs a hint and a wrong answer")
        if not is_settled():
            self._insist_on_refusals()
        answers, they = ("answer", "it") if len(self.wrong) == 1 else ("answers", "they")
        refused = f"✗ {len(self.wrong)} wrong {answers} refused, as {they} must be."
        self._emit("posed", refused, hint=hint, wrong=list(self.wrong))

    def _insist_on_refusals(self) -> None:
        for mistake in self.wrong:
            if not self._objection_to(mistake):
                raise NotRefused(f"{self.id}: the claim accepts the wrong answer {mistake!r}")

    def grade(self, answer: Any) -> None:
        """Tell the reader whether ``answer`` is right, and if not, where it fails."""
        grade = self.examine(answer)
        self._emit("graded", grade.message, outcome=grade.outcome)

    def solution(self, answer: Answer) -> Answer:
        """Show that the book's own ``answer`` is accepted, or raise `NotAccepted`."""
        grade = self.examine(answer)
        if grade.outcome != "accepted":
            raise NotAccepted(f"{self.id}: the solution is not accepted: {grade.message}")
        self._emit("solved", "The solution is accepted.", outcome=grade.outcome)
        return answer

    def examine(self, answer: Any) -> Grade:
        """Grade ``answer`` without showing anything."""
        if is_hole(answer):
            return Grade("hole", "Not answered yet: put your answer in place of the dots.")
        if used := shortcut(answer, self.forbid):
            return Grade("forbidden", f"This uses {used}, which the exercise asks you to replace.")
        try:
            version = self.claim.version(answer)
            objection = self._objection(version)
        except NotHere:  # of the test, not of the answer
            raise
        except Exception as error:
            if "ellipsis" in str(error):
                return Grade("hole", "Not answered yet: there are dots left in your answer.")
            return self._refused(f"your answer stops with {type(error).__name__}: {error}")
        if not objection:
            return Grade("accepted", "Right.")
        return self._refused(objection, self._mistake(objection))

    def rehearse(self) -> Iterator[None]:
        """Do beforehand, in parts, what every grading needs: points, references, known mistakes."""
        for mistake in self.wrong:
            self._objection_to(mistake)
            yield
        known = next(iter(self.wrong.values()))
        for claim in self.claims:
            version = claim.version(known)
            for fresh in self._sets(claim):
                judge_quietly(claim, version, fresh)
                yield

    def _sets(self, claim: Claim) -> range:
        """Return the numbers of the sets of points at which a claim is asked."""
        return range(1 + FRESH_SETS * (claim is self.claim and claim.has_fresh_points))

    def _objection(self, version: Any) -> str:
        """Say what the claims have against ``version``, at the points of the page and elsewhere."""
        first, *others = self.claims
        for fresh in self._sets(first):
            if reason := judge_quietly(first, version, fresh).reason:
                known = ", though it is right at the points of the check" if fresh else ""
                return f"{reason}{known}"
        broken = (c for c in others if not judge_quietly(c, version).accepted)
        return next((f"this does not hold: {claim.statement}" for claim in broken), "")

    def _refused(self, reason: str, mistake: str = "") -> Grade:
        known = f" That is what one gets by this mistake: {mistake}." if mistake else ""
        return Grade("refused", f"Not yet: {reason}.{known} Hint: {self.hint}")

    def _mistake(self, objection: str) -> str:
        """Name the listed mistake to which the claim objects in the same words, if they tell."""
        if UNNAMED in objection:
            return ""
        found = _roughly(objection)
        return next((m for m in self.wrong if _roughly(self._objection_to(m)) == found), "")

    def _objection_to(self, mistake: str) -> str:
        if mistake not in self._known:
            version = self.claim.version(self.wrong[mistake])
            self._known[mistake] = self._objection(version)
        return self._known[mistake]

    def _emit(self, event: str, message: str, **more: Any) -> None:
        record = {"kind": "exercise", "id": self.id, "statement": self.claim.statement}
        emit({**record, "event": event, "message": message, **more})


def _roughly(objection: str) -> str:
    """Round the numbers: another way to the same mistake differs in the last digits."""
    return _NUMBER.sub(lambda number: f"{float(number[0]):.6g}", objection)


def is_hole(answer: Any) -> bool:
    """Tell whether ``answer`` is still ``...``, or a function that does nothing but return it."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return answer is ...
    steps = [i for i in dis.get_instructions(code) if i.opname not in ("RESUME", "COPY_FREE_VARS")]
    loaded = [i.argval for i in steps if i.opname in ("LOAD_CONST", "RETURN_CONST")]
    does_nothing = all(i.opname in ("LOAD_CONST", "RETURN_CONST", "RETURN_VALUE") for i in steps)
    return does_nothing and loaded[-1] in (None, ...)

"""The one idea of the engine: a statement with a test that can be put to any version of it.

A derivation, an agreement of functions, a fact, an enclosure and an experiment are claims. What
refuses, grades, registers and draws them asks none of them which kind it is.
"""

from __future__ import annotations

import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evidence.page.formula import formulas, normal
from evidence.page.html import inline
from evidence.page.records import Record, check_id, emit

Evidence = Literal["proved", "sampled", "enclosed", "exact", "computed", "measured"]
Cause = Literal["value", "not finite", "shape"]

UNNAMED = "this one"  # what a version is called that has no name, whichever it is
SETTLED = re.compile(r"[A-Z]+\d+(\.\d+)?")


class Disagreement(AssertionError):  # noqa: N818
    """A witness of a claim contradicts it."""


class NotRefused(AssertionError):  # noqa: N818
    """A check accepted a version that is known to be wrong, or refused it for another reason."""


class NotHere(ImportError):  # noqa: N818
    """What is asked for is a library that this Python does not have."""


@dataclass(frozen=True)
class Verdict:
    """What a test says about one version; ``reason`` tells why it was refused, if it was."""

    reason: str = ""
    gap: float = 0.0
    cause: Cause = "value"

    @property
    def accepted(self) -> bool:
        """Whether the version passed."""
        return not self.reason


@dataclass(frozen=True)
class Said:
    """What a claim says of a formula in a sentence: what confirms it, or why nothing does."""

    evidence: str = ""
    why: str = ""
    is_false: bool = False
    is_unread: bool = False


made: dict[str, Claim] = {}  # the claims of this page so far, to which its sentences refer


class Claim(ABC):
    """A statement, the entries of a register that it settles, and its test.

    ``evidence`` says what the statement rests on: proved for every n, enclosed on an interval,
    exact for the case at hand, computed to many digits, measured; or sampled, where a proof was
    tried and not found.
    """

    evidence: Evidence
    has_fresh_points = True  # or it asks the same however often it is asked

    def __init__(self, claim_id: str, settles: Iterable[str], statement: str = "") -> None:
        self.id = check_id(claim_id)
        self._statement = statement
        self.settles = list(settles)
        if isinstance(settles, str) or not all(map(SETTLED.fullmatch, self.settles)):
            raise ValueError(f"{self.id}: settles={settles!r} is no list of ids such as S0.16")
        made[self.id] = self

    @property
    def statement(self) -> str:
        """What is claimed, with formulas between dollars."""
        return self._statement

    @abstractmethod
    def judge(self, version: Any, fresh: int = 0) -> Verdict:
        """Put ``version`` to the test: at the points of the page, or at another set of points."""

    def generator(self, fresh: int) -> np.random.Generator:
        """Return the source of a set of points; its seed is fixed, so that a verdict is too."""
        return np.random.default_rng([zlib.crc32(self.id.encode()), fresh])

    def confirms(self, tex: str, notation: Mapping[Any, Any], *, under_hypotheses: bool) -> Said:
        """Say whether a sentence may write this formula: here, if the statement has it."""
        del notation, under_hypotheses  # which only a claim made of symbols has a use for
        if normal(tex) in map(normal, formulas(self.statement)):
            return Said(self.evidence)
        return Said(why=f"the statement of {self.id} does not have it", is_unread=True)

    def version(self, answer: Any) -> Any:
        """Return what an answer to an exercise has to be for `judge`."""
        return answer

    def refuse(
        self,
        name: str,
        wrong: Any,
        *,
        fails_by: Cause = "value",
        raises: type[Exception] | tuple[type[Exception], ...] = (),
    ) -> None:
        """Show that the test refuses a wrong version for the reason that is meant.

        A version that crashes, has another shape or is not finite proves nothing about the test:
        it must be wrong by value, unless ``fails_by`` or ``raises`` announces what else it does.
        """
        try:
            with noting(
                f"the wrong version {name!r} of {self.id} crashed; say raises= if it is to"
            ):
                verdict = judge_quietly(self, self.version(wrong))
        except raises as error:
            verdict = Verdict(f"it raises {type(error).__name__}: {error}", np.inf, fails_by)
        if verdict.accepted:
            raise NotRefused(f"{self.id}: the check accepts {name!r}, which is wrong")
        if verdict.cause != fails_by:
            raise NotRefused(
                f"{self.id}: {name!r} is refused by its {verdict.cause}, not by its {fails_by}: "
                f"{verdict.reason}; say fails_by={verdict.cause!r} if that is meant"
            )
        emit(self.record(kind="refusal", wrong=name, reason=verdict.reason))

    def record(self, *, kind: str = "claim", **more: Any) -> Record:
        """Return what the build has to know of the claim."""
        inline(self.statement)  # a formula without its second $ is reported here, not half-way
        return {
            "kind": kind,
            "id": self.id,
            "statement": self.statement,
            "settles": self.settles,
            "evidence": self.evidence,
            "anchor": f"claim-{self.id}",  # the HTML id under which it can be linked to
            **more,
        }

    def __repr__(self) -> str:
        """Name the claim."""
        return f"<claim {self.id}>"


def judge_quietly(claim: Claim, version: Any, fresh: int = 0) -> Verdict:
    """Judge a version that may overflow or divide by zero, without a warning about that."""
    with np.errstate(all="ignore"):
        return claim.judge(version, fresh)


@contextmanager
def noting(note: str) -> Iterator[None]:
    """Tell which function an error came from."""
    try:
        yield
    except Exception as error:
        error.add_note(note)
        raise

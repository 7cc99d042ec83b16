"""The claim that a predicate is true of a version."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import numpy as np

from evidence.claims.claim import UNNAMED, Claim, Disagreement, Evidence, Verdict
from evidence.page.records import emit, is_settled

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Fact(Claim):
    """Show that ``test`` is true of ``version``, or raise `Disagreement`.

    ``test`` must answer True or False. A version is whatever can be right or wrong: an interval, a
    number, a function, a piece of text. A test with a second argument is given a random generator
    for it, and an exercise gives it a new one.
    """

    def __init__(
        self,
        claim_id: str,
        statement: str,
        *,
        test: Callable[..., object],
        version: object,
        evidence: Evidence = "exact",
        settles: Iterable[str] = (),
    ) -> None:
        super().__init__(claim_id, settles, statement)
        self.evidence = evidence
        self.test = test
        self.has_fresh_points = sum(p.default is p.empty for p in _parameters(test)) > 1
        if is_settled():
            return
        verdict = self.judge(version)
        if not verdict.accepted:
            raise Disagreement(f"{self.id}: {verdict.reason}")
        emit(self.record(version=describe(version)))

    def judge(self, version: object, fresh: int = 0) -> Verdict:
        """Apply the predicate, with a generator where it draws its points from one.

        A function is at first also judged by another name: a test that knows its versions by
        identity (``f is not np.cosh``) tests nothing.
        """
        renamed = version if fresh else _renamed(version)
        for same in {id(v): v for v in (version, renamed)}.values():
            try:
                outcome = self.test(
                    same, *([self.generator(fresh)] if self.has_fresh_points else [])
                )
            except KeyError:
                if same is version:
                    raise
                continue  # a table of results by function, such as those of long trainings
            if not _is_truth_value(outcome):
                raise TypeError(f"{self.id}: the test must answer True or False, not {outcome!r}")
            if not outcome:
                return Verdict(f"it is not true of {describe(version) or UNNAMED}")
        return Verdict()


holds = Fact  # as a page says it


def describe(version: object) -> str:
    """Name a version on one line; a lambda has no name."""
    text = getattr(version, "__name__", None) or _ADDRESS.sub("", str(version))
    return "" if text == "<lambda>" else textwrap.shorten(text, 100)


def _renamed(version: object) -> object:
    if not inspect.isfunction(version):
        return version

    @wraps(version)
    def other(*args: Any, **kwargs: Any) -> Any:
        return version(*args, **kwargs)

    return other


def _is_truth_value(outcome: object) -> bool:
    is_symbolic = type(outcome).__name__ in ("BooleanTrue", "BooleanFalse")
    return isinstance(outcome, bool | np.bool_) or is_symbolic


def _parameters(test: Callable[..., object]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(test).parameters.values())
    except ValueError:  # a function written in C may not say
        return []

"""Claims: statements that the page puts to the test, and wrong versions that the same test refuses.

``agree`` compares functions with a reference at the same points; ``holds`` applies any predicate.
Both return the claim, which remembers its test, so that ``refuse`` can put a wrong version to it:
a test that accepts whatever it is given proves nothing.
"""

from __future__ import annotations

import copy
import math
import re
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import combinations
from typing import Any

import mpmath
import numpy as np

from evidence.claims.gaps import Array, Precision, Unit, coarsest, gaps, numbers
from evidence.page.html import breakable_name, inline, whole_numbers
from evidence.page.records import Record, anchor, check_id, emit

Function = Callable[..., Any]
Call = tuple[Any, ...]

REFERENCE_DIGITS = 50
_SETTLED = re.compile(r"[A-Z]+\d+(\.\d+)?")
_UNITS: dict[str, Unit] = {"ulps": "ulp", "rtol": "relative", "atol": "absolute"}
_PLURALS: dict[Unit, str] = {"ulp": "ulps", "relative": "relative", "absolute": "absolute"}
_SMALL = 8
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class Disagreement(AssertionError):  # noqa: N818
    """A witness of a claim contradicts it."""


class NotRefused(AssertionError):  # noqa: N818
    """A check accepted a version that is known to be wrong."""


@dataclass(frozen=True)
class Verdict:
    """What a test says about one version; ``reason`` tells why it was refused, if it was."""

    reason: str = ""
    gap: float = 0.0

    @property
    def accepted(self) -> bool:
        """Whether the version passed."""
        return not self.reason


class Claim(ABC):
    """A statement with a test that can be applied to any version of what it states."""

    def __init__(self, claim_id: str, statement: str, settles: Iterable[str]) -> None:
        self.id = check_id(claim_id)
        self.statement = statement
        if isinstance(settles, str) or not all(map(_SETTLED.fullmatch, settles)):
            raise ValueError(f"{self.id}: settles={settles!r} is no list of ids such as S0.16")
        self.settles = list(settles)
        inline(statement)  # a formula without its second $ is reported here, not half-way

    @abstractmethod
    def judge(self, version: Any, sample: Sample | None = None) -> Verdict:
        """Put ``version`` to the test, which may be one at points other than those of the claim."""

    def record(self, **more: Any) -> Record:
        """Return what the build has to know of the claim."""
        return {
            "kind": "claim",
            "id": self.id,
            "statement": self.statement,
            "settles": self.settles,
            "anchor": anchor(self.id),
            **more,
        }

    def __repr__(self) -> str:
        """Name the claim."""
        return f"<claim {self.id}>"

    def _ipython_display_(self) -> None:  # noqa: B027
        """Show nothing: the check has displayed itself already."""


@dataclass(frozen=True)
class Sample:
    """The arguments of some calls, what the reference returns, and how finely to compare it."""

    calls: Sequence[Call]
    expected: Sequence[Array]
    precisions: Sequence[Precision]

    @property
    def size(self) -> int:
        """How many numbers are compared."""
        return sum(e.size for e in self.expected)


class Agreement(Claim):
    """The claim that functions agree with a reference, within a tolerance, at some points."""

    def __init__(
        self,
        claim_id: str,
        statement: str,
        *,
        reference: tuple[str, Function],
        witnesses: Mapping[str, Function],
        at: Any,
        tolerance: tuple[Unit, float],
        settles: Iterable[str] = (),
    ) -> None:
        super().__init__(claim_id, statement, settles)
        self.against, self.reference = reference
        self.witnesses = dict(witnesses)
        self.unit, self.tolerance = tolerance
        self._insist_on_independence()
        self.sample = self.sample_at(as_calls(at))

    def _insist_on_independence(self) -> None:
        if not self.witnesses:
            raise ValueError(f"{self.id}: a reference without a witness shows nothing")
        functions = list(map(_bare, [self.reference, *self.witnesses.values()]))
        is_twice = any(f == g for f, g in combinations(functions, 2))
        if self.against in self.witnesses or is_twice:
            raise ValueError(f"{self.id}: a function cannot confirm itself, give it one name only")

    def sample_at(self, calls: Sequence[Call], reference: Function | None = None) -> Sample:
        """Evaluate the reference, or another function in its place, for ``calls``."""
        results = [_evaluate(reference or self.reference, call) for call in calls]
        sample = Sample(
            calls,
            [_numbers(result) for result in results],
            [coarsest(result, *call) for result, call in zip(results, calls, strict=True)],
        )
        if not sample.size:
            raise ValueError(f"{self.id}: there is nothing to compare, the points are empty")
        return sample

    def judge(self, version: Function, sample: Sample | None = None) -> Verdict:
        """Compare ``version`` with the reference, at the points of the claim unless told others."""
        sample = sample or self.sample
        rows = zip(sample.calls, sample.expected, sample.precisions, strict=True)
        return max((self._compare(version, *row) for row in rows), key=lambda v: v.gap)

    def _compare(
        self, version: Function, call: Call, expected: Array, precision: Precision
    ) -> Verdict:
        found = _numbers(_evaluate(version, call))
        if found.shape != expected.shape:
            reason = f"shape {found.shape} instead of {expected.shape} {_at(call)}"
            return Verdict(reason, np.inf)
        if not found.size:
            return Verdict()
        with mpmath.workdps(REFERENCE_DIGITS):
            gap = gaps(found, expected, self.unit, precision)
        worst = np.unravel_index(int(np.argmax(gap)), gap.shape)
        if gap[worst] <= self.tolerance:
            return Verdict(gap=float(gap[worst]))
        entry = f" in entry [{', '.join(map(str, worst))}]" if len(worst) else ""
        reason = (
            f"{_digits(found[worst])} instead of {_digits(expected[worst])}{entry} "
            f"{_at(call, expected.shape, worst)}"
        )
        return Verdict(reason, float(gap[worst]))

    def measure(self, gap: float) -> str:
        """Write a gap with its unit."""
        return f"{_short(gap)} {self.unit}"


class Fact(Claim):
    """The claim that a predicate is true of a version."""

    def __init__(
        self,
        claim_id: str,
        statement: str,
        *,
        test: Callable[[Any], object],
        settles: Iterable[str] = (),
    ) -> None:
        super().__init__(claim_id, statement, settles)
        self.test = test

    def judge(self, version: object, sample: Sample | None = None) -> Verdict:  # noqa: ARG002
        """Apply the predicate to ``version``; it knows of no points."""
        outcome = self.test(version)
        if not _is_truth_value(outcome):
            raise TypeError(f"{self.id}: the test must answer True or False, not {outcome!r}")
        if outcome:
            return Verdict()
        name = describe(version)
        return Verdict(f"it is not true of {name}" if name else "it is not true of this one")


def agree(
    claim_id: str,
    statement: str,
    *,
    reference: tuple[str, Function],
    witnesses: Mapping[str, Function],
    at: Any,
    ulps: float | None = None,
    rtol: float | None = None,
    atol: float | None = None,
    settles: Iterable[str] = (),
) -> Agreement:
    """Show that every witness agrees with the reference, or raise `Disagreement`.

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
    settles
        The entries of the register of claims that this check decides.
    """
    claim = Agreement(
        claim_id,
        statement,
        reference=reference,
        witnesses=witnesses,
        at=at,
        tolerance=_tolerance(ulps=ulps, rtol=rtol, atol=atol),
        settles=settles,
    )
    gaps_found = {name: _gap_of(claim, name, f) for name, f in claim.witnesses.items()}
    emit(
        claim.record(
            test="agree",
            reference=claim.against,
            witnesses=[{"name": name, "gap": gap} for name, gap in gaps_found.items()],
            unit=claim.unit,
            tolerance=claim.tolerance,
            calls=len(claim.sample.calls),
            numbers=claim.sample.size,
        ),
        _agreement_html(claim, gaps_found),
        _agreement_text(claim, gaps_found),
    )
    return claim


def _gap_of(claim: Agreement, name: str, witness: Function) -> float:
    with _noting(f"this was the witness {name!r} of {claim.id}"):
        verdict = claim.judge(witness)
    if not verdict.accepted:
        raise Disagreement(
            f"{claim.id}: {name!r} is {claim.measure(verdict.gap)} away from {claim.against!r}, "
            f"{_allowed(claim.tolerance)} {claim.unit} is allowed: {verdict.reason}"
        )
    return verdict.gap


def holds(
    claim_id: str,
    statement: str,
    *,
    test: Callable[[Any], object],
    version: object,
    settles: Iterable[str] = (),
) -> Fact:
    """Show that ``test`` is true of ``version``, or raise `Disagreement`.

    ``test`` must answer True or False. A version is whatever can be right or wrong:
    an interval, a number, a function, a piece of text.
    """
    claim = Fact(claim_id, statement, test=test, settles=settles)
    verdict = claim.judge(version)
    if not verdict.accepted:
        raise Disagreement(f"{claim.id}: {verdict.reason}")
    shown = describe(version)
    emit(
        claim.record(test="holds", version=shown),
        f'<p class="sa-check" id="{anchor(claim.id)}"><span class="sa-mark">✓</span> '
        f"{inline(statement)}{f' <code>{escape(shown)}</code>' if shown else ''}</p>",
        f"✓ {statement}: {shown}" if shown else f"✓ {statement}",
    )
    return claim


def refuse(
    claim: Claim,
    name: str,
    wrong: Any,
    *,
    raises: type[Exception] | tuple[type[Exception], ...] = (),
) -> None:
    """Show that the test of ``claim`` refuses a wrong version, or raise `NotRefused`.

    A wrong version that crashes proves nothing about the test, so its error is raised,
    unless it is of a type that is announced by ``raises``.
    """
    try:
        with _noting(f"the wrong version {name!r} of {claim.id} crashed; if it is to, say raises="):
            verdict = judge_quietly(claim, wrong)
    except raises as error:
        verdict = Verdict(f"it raises {type(error).__name__}: {error}", np.inf)
    if verdict.accepted:
        raise NotRefused(f"{claim.id}: the check accepts {name!r}, which is wrong")
    emit(
        {
            "kind": "refusal",
            "id": claim.id,
            "statement": claim.statement,
            "settles": claim.settles,
            "wrong": name,
            "reason": verdict.reason,
        },
        f'<p class="sa-refusal"><span class="sa-mark">✗</span> refused, as it must be: '
        f"<em>{breakable_name(name)}</em> "
        f'<span class="sa-reason">({whole_numbers(verdict.reason)})</span></p>',
        f"✗ refused, as it must be: {name} ({verdict.reason})",
    )


def judge_quietly(claim: Claim, version: Any, sample: Sample | None = None) -> Verdict:
    """Judge a version that may overflow or divide by zero, without a warning about that."""
    with np.errstate(all="ignore"):
        return claim.judge(version, sample)


def describe(version: object) -> str:
    """Name a version on one line; a lambda has no name."""
    text = getattr(version, "__name__", None) or _ADDRESS.sub("", str(version))
    return "" if text == "<lambda>" else textwrap.shorten(text, 100)


def _bare(function: Function) -> Any:
    """Return what can be compared: a `partial` equals only itself."""
    if isinstance(function, partial):
        return function.func, function.args, function.keywords
    return function


def _tolerance(**given: float | None) -> tuple[Unit, float]:
    chosen = {name: value for name, value in given.items() if value is not None}
    if len(chosen) != 1:
        raise ValueError(f"give one tolerance of ulps, rtol and atol, not {len(chosen)}")
    [(name, value)] = chosen.items()
    if not 0 <= value < np.inf:
        raise ValueError(f"{name}={value} is no tolerance")
    return _UNITS[name], float(value)


def as_calls(at: Any) -> list[Call]:
    """Read ``at``: a list holds the points of several calls, a tuple the arguments of one."""
    points = at if isinstance(at, list) else [at]
    return [p if isinstance(p, tuple) else (p,) for p in points]


def _evaluate(function: Function, call: Call) -> Any:
    with mpmath.workdps(REFERENCE_DIGITS):
        return function(*copy.deepcopy(call))


def _numbers(result: Any) -> Array:
    with mpmath.workdps(REFERENCE_DIGITS):
        return numbers(result)


@contextmanager
def _noting(note: str) -> Iterator[None]:
    """Tell which function an error came from."""
    try:
        yield
    except Exception as error:
        error.add_note(note)
        raise


def _is_truth_value(outcome: object) -> bool:
    is_symbolic = type(outcome).__name__ in ("BooleanTrue", "BooleanFalse")
    return isinstance(outcome, bool | np.bool_) or is_symbolic


def _at(call: Call, shape: tuple[int, ...] = (), worst: Sequence[Any] = ()) -> str:
    return f"at {', '.join(_argument(a, shape, tuple(worst)) for a in call)}"


def _argument(value: Any, shape: tuple[int, ...], worst: tuple[Any, ...]) -> str:
    """Write an argument, or of a long batch the part that the worst entry came from."""
    if not hasattr(value, "shape") or math.prod(value.shape) <= _SMALL:
        return _written(value)
    rank = len(value.shape)
    elementwise = rank == 1 and len(shape) == 1
    axes = 0
    while axes < min(len(shape), rank - (not elementwise)) and value.shape[axes] == shape[axes]:
        axes += 1
    return _written(value[worst[:axes]])


def _written(value: Any) -> str:
    if hasattr(value, "detach"):
        value = value.detach().cpu().double().numpy()
    if isinstance(value, float | np.floating):
        return f"{value:.8g}"
    if isinstance(value, np.ndarray | np.generic):
        value = np.array2string(np.asarray(value), precision=6, threshold=12, max_line_width=10**6)
    return textwrap.shorten(str(value), 120, placeholder=" …")


def _digits(number: Any) -> str:
    return mpmath.nstr(number, 20) if isinstance(number, mpmath.mpf) else repr(float(number))


def _short(number: float) -> str:
    if number == 0 or 1e-3 <= number < 1e4:
        return np.format_float_positional(number, precision=2, fractional=False, trim="-")
    return f"{number:.2g}"


def _allowed(tolerance: float) -> str:
    """Write a tolerance with more digits than a gap: 375 is not 380."""
    return f"{tolerance:.4g}" if 1e-3 <= tolerance < 1e4 else f"{tolerance:.3g}"


def _agreement_html(claim: Agreement, gaps_found: Mapping[str, float]) -> str:
    allowed, size = _allowed(claim.tolerance), f"{claim.sample.size:,}"
    rows = "".join(
        f'<tr><th scope="row">{breakable_name(name)}</th><td>{_short(gap)}</td><td>{allowed}</td>'
        f'<td>{size}</td><td class="sa-mark">✓</td></tr>'
        for name, gap in gaps_found.items()
    )
    return (
        f'<table class="sa-table sa-check" id="{anchor(claim.id)}">'
        f"<caption>{inline(claim.statement)}</caption>"
        f'<thead><tr><th scope="col">against {inline(claim.against)}</th>'
        f'<th scope="col">largest gap ({_PLURALS[claim.unit]})</th><th scope="col">allowed</th>'
        f'<th scope="col">numbers</th><th scope="col">agrees</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _agreement_text(claim: Agreement, gaps_found: Mapping[str, float]) -> str:
    width = max(map(len, gaps_found))
    rows = [f"  ✓ {name:{width}}  {claim.measure(gap)}" for name, gap in gaps_found.items()]
    head = (
        f"{claim.statement}\n  against {claim.against}: {claim.sample.size:,} numbers, "
        f"{_allowed(claim.tolerance)} {claim.unit} allowed"
    )
    return "\n".join([head, *rows])

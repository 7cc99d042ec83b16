"""A chain of steps a = b = c …, each applied by SymPy or claimed, each proved or refused."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Self, TypeAlias

from sympy import (
    Basic,
    Derivative,
    Eq,
    Expr,
    Float,
    IndexedBase,
    Lambda,
    S,
    Subs,
    Symbol,
    factor,
    latex,
    nan,
    sympify,
    zoo,
)
from sympy.core.function import AppliedUndef, UndefinedFunction
from sympy.core.relational import Relational

from evidence.algebra.deadline import Result, TimeUp, in_time
from evidence.algebra.proof import Prover
from evidence.algebra.ranges import Ranges
from evidence.algebra.read_tex import read
from evidence.algebra.search import CannotEvaluate, points, search
from evidence.algebra.sums import same_sum
from evidence.algebra.tex import tex
from evidence.claims.claim import Claim, Evidence, Said, Verdict
from evidence.claims.comparison import Tolerance
from evidence.claims.definitions import Name, body_of, check_definitions, signs_known, unfolded
from evidence.claims.domain import Argument
from evidence.claims.witnesses import SPAN, Comparison
from evidence.page.draw import RELATIONS, display_tex, drawn
from evidence.page.formula import normal, printed
from evidence.page.records import MIME, Record, bundle, emit, is_settled

How: TypeAlias = Expr | int | Callable[[Expr], Expr]

STEPS = ("=", "<=", ">=")


class StepError(Exception):
    """A step that does not stand."""


class FalseStep(StepError):  # noqa: N818
    """A step with a counterexample."""


class UnprovedStep(StepError):  # noqa: N818
    """A step without a counterexample and without a proof."""


class SlowStep(StepError):  # noqa: N818
    """A step that was stopped."""


@dataclass(frozen=True)
class Line:
    """One line of a derivation, and what it stands on."""

    expression: Expr
    relation: str
    reason: str
    evidence: str  # proved | sampled
    origin: str  # applied | claimed


class Derivation(Claim):
    """A chain of lines that starts at an expression.

    A step is refused unless two independent tests let it pass: a search for a counterexample with
    numbers, and a proof for every n. Both look through the definitions, under the hypotheses.

    Parameters
    ----------
    start : Expr
        The expression that the chain begins with.
    claim_id : str
        A name such as ``softmax_jacobian.entries``.
    n : Symbol, optional
        The number of classes; a free index lies in 0 … n−1 unless a Σ shows another range for it.
    define : mapping, optional
        Notation: `{s: Lambda(i, exp(z[i])/Z)}` for an IndexedBase, `{p: 1/(1 + exp(-x))}` for a
        Symbol, `{f: Lambda(x, …)}` for a Function.
    given : sequence, optional
        Hypotheses: `Eq(Sum(t[k], (k, 0, n-1)), 1)`; `Lambda(r, Eq(…))` for one that holds at every
        r; `Ne(i, j)`. An order such as `x < y` limits the numbers tried.
    settles : iterable of str
        The entries of the register of claims that the last line decides.
    in_words : str, optional
        What the result says in a notation that the engine does not read, such as ``$J 1 = 0$``.
    seconds : float, default 20
        When a step is stopped.

    Examples
    --------
    >>> from sympy import Derivative, Symbol, exp
    >>> from evidence.algebra.sums import differentiate
    >>> x, s = Symbol("x", real=True), Symbol("s", positive=True)
    >>> slope = Derivation(Derivative(s, x), "slope-of-sigma", define={s: 1 / (1 + exp(-x))})
    >>> _ = slope.step("definition", slope.unfold).step("chain rule", differentiate)
    >>> _ = slope.step("in terms of itself", s * (1 - s))
    >>> slope.result
    s*(1 - s)
    """

    def __init__(
        self,
        start: Expr,
        claim_id: str,
        *,
        n: Symbol | None = None,
        define: Mapping[Name, Expr] | None = None,
        given: Sequence[Basic] = (),
        settles: Iterable[str] = (),
        in_words: str = "",
        seconds: float = 20.0,
    ) -> None:
        super().__init__(claim_id, settles)
        self.n = n
        self.in_words = in_words
        self.seconds = seconds
        self.define = dict(define or {})
        self._unfolded: dict[Expr, Expr] = {}
        self.given = list(given)
        self.lines: list[Line] = []
        self.start = _checked_line(start, f"{self.id}: the start")
        check_definitions(self.define, self.id)
        try:
            self.unfold(self.start)
        except ValueError as error:
            raise ValueError(f"{self.id}: {error}") from None
        self._signs_known = signs_known(self.define)
        self._is_settled = is_settled()
        if not self._is_settled:
            self._in_time(f"{self.id}: the hypotheses", "checked", self._check_hypotheses)

    # ------------------------------------------------------------ steps

    @property
    def result(self) -> Expr:
        """The last line: it goes on to the next derivation, and to code."""
        return self.lines[-1].expression if self.lines else self.start

    @property
    def reference(self) -> Expr:
        """The first line; where a build has proved the last one, that: it has no slow slopes."""
        return self.result if self._is_settled and self.relation == "=" else self.start

    @property
    def relation(self) -> str:
        """How the start is related to the result: `=`, `<=` or `>=`."""
        return next((line.relation for line in self.lines if line.relation != "="), "=")

    def unfold(self, e: Expr) -> Expr:
        """Write the definitions out."""
        if e not in self._unfolded:
            self._unfolded[e] = unfolded(e, self.define)
        return self._unfolded[e]

    def assume(self, e: Expr) -> Expr:
        """Put the right side of every hypothesis for its left side."""
        for h in self.given:
            if isinstance(h, Eq):
                e = e.replace(partial(same_sum, h.lhs), lambda _, right=h.rhs: right)
        return e

    def step(self, reason: str, how: How, relation: str = "=", *, sampled_ok: bool = False) -> Self:
        """Add a line.

        Parameters
        ----------
        reason : str
            Why the line follows, with `$…$` for formulas.
        how : Expr or callable
            The new line, or a function that makes it from the last one.
        relation : {"=", "<=", ">="}, default "="
            How the last line is related to the new one.
        sampled_ok : bool, default False
            Accept a line that no counterexample was found for and no proof either.

        Returns
        -------
        Derivation
            This derivation.

        Raises
        ------
        FalseStep, UnprovedStep, SlowStep
            The line is not added then.
        """
        where = f"{self.id}, step {len(self.lines) + 1} ({reason})"
        self._check_relation(relation, where)
        new = self._in_time(where, "applied", lambda: self._made(how, where))
        is_proved = is_settled() or self._stands(new, relation, where)
        if not (is_proved or sampled_ok):
            raise UnprovedStep(
                f"{where}:\n{self._claim(new, relation)}\n"
                "  has no counterexample, but no proof was found; take a smaller step, "
                "or write sampled_ok=True"
            )
        evidence = "proved" if is_proved else "sampled"
        origin = "applied" if _is_tactic(how) else "claimed"
        self.lines.append(Line(new, relation, reason, evidence, origin))
        return self

    def _stands(self, new: Expr, relation: str, where: str) -> bool:
        """Refuse a line with a counterexample, and tell whether another one is proved."""
        left, right = self.unfold(self.result), self.unfold(new)
        try:
            ranges = self.ranges(new)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from None
        try:
            compared, found = self._in_time(
                where,
                "searched for a counterexample",
                lambda: search(left, right, relation, ranges, self.hypotheses()),
            )
        except CannotEvaluate as error:
            raise UnprovedStep(f"{where}: cannot be tested with numbers: {error}") from None
        if found is not None:
            raise FalseStep(
                f"{where}:\n{self._claim(new, relation)}\n"
                f"  is false at {found.point}:  {found.left}  against  {found.right}"
            )
        if compared == 0:
            raise UnprovedStep(f"{where}: no point was found at which both sides have a value")
        return self._in_time(where, "proved", lambda: self._proved(new, relation, ranges))

    def _made(self, how: How, where: str) -> Expr:
        new = how(self.result) if callable(how) and _is_tactic(how) else how
        line = _checked_line(new, where)
        if line == self.result:
            raise ValueError(f"{where}: the step changes nothing")
        return line

    def _check_relation(self, relation: str, where: str) -> None:
        if relation not in STEPS:
            raise ValueError(f"{where}: the relation {relation!r} is none of =, <= and >=")
        if {relation, self.relation} == {"<=", ">="}:
            raise ValueError(f"{where}: a chain that went {self.relation} cannot go {relation}")

    def _proved(self, new: Expr, relation: str, ranges: Ranges) -> bool:
        """Try the proof with the notation as it stands, then with the definitions written out."""
        gap = self.result - new if relation != "<=" else new - self.result
        sides = [(self.unfold(gap), self.hypotheses())]
        if self._can_stay_folded(gap):
            sides.insert(0, (gap, self.given))
        for is_thorough in (False, True):
            for e, given in sides:
                prover = Prover(ranges, given, is_thorough=is_thorough)
                if prover.vanishes(e) if relation == "=" else prover.nonnegative(e):
                    return True
        return False

    def _can_stay_folded(self, gap: Expr) -> bool:
        """Tell whether a proof may leave the definitions alone: no derivative, all signs known."""
        return bool(self.define) and self._signs_known and not gap.has(Derivative)

    def _claim(self, new: Expr, relation: str) -> str:
        return f"  {self.result}\n  {relation} {new}"

    def hypotheses(self) -> list[Basic]:
        """Return what is given, with the definitions written out."""
        return [self.unfold(h) for h in self.given]

    def ranges(self, *more: Expr) -> Ranges:
        """Return how far the indices of the chain run."""
        lines = [self.start, *(line.expression for line in self.lines), *more]
        return Ranges([*lines, *map(self.unfold, lines), *self.hypotheses()], self.n)

    def _check_hypotheses(self) -> None:
        for h in self.given:
            statement = body_of(h)
            if statement == S.false:
                raise ValueError(f"{self.id}: one of the hypotheses can never hold")
            if not isinstance(statement, Relational):
                raise TypeError(
                    f"{self.id}: the hypothesis {h} is not a relation such as Eq(sum, 1)"
                )
        if not self.given:
            return
        try:
            found = points(self.hypotheses(), self.ranges())
            # What holds for n = 1 only would leave every step true, but for one class.
            is_met = any(max(point.sizes.values(), default=2) > 1 for point, _ in found)
        except CannotEvaluate as error:
            raise ValueError(f"{self.id}: a hypothesis cannot be tested: {error}") from None
        if not is_met:
            raise ValueError(f"{self.id}: no numbers were found that satisfy the hypotheses")

    def _in_time(self, where: str, doing: str, work: Callable[[], Result]) -> Result:
        try:
            return in_time(self.seconds, work)
        except TimeUp:
            raise SlowStep(
                f"{where}: stopped after {self.seconds:g} s while being {doing}"
            ) from None

    # ------------------------------------------------------------ as a claim

    @property
    def evidence(self) -> Evidence:  # type: ignore[override]
        """The weakest of its steps."""
        return "proved" if all(line.evidence == "proved" for line in self.lines) else "sampled"

    @property
    def statement(self) -> str:
        """The first line and the last, with what relates them."""
        return f"${self._tex(self.start)} {RELATIONS[self.relation]} {self._tex(self.result)}$"

    def confirms(self, tex: str, notation: Mapping[Any, Any], *, under_hypotheses: bool) -> Said:
        """Say whether a sentence may write this formula: printed here, or read and proved here."""
        if normal(tex) in printed(self.record(), RELATIONS):
            return Said(self.evidence)
        if self.given and not under_hypotheses:
            return Said(why=f"{self.id} holds under hypotheses only", is_unread=True)
        define = {**notation, **self.define}
        try:
            steps = read(tex, self._vocabulary(define), self.n)
            for left, relation, right in steps:
                self._prove(_at_points(left, define), relation, _at_points(right, define), define)
        except FalseStep as error:
            return Said(why=f"in the setting of {self.id}: {error}", is_false=True)
        except (StepError, TypeError) as error:
            return Said(why=f"in the setting of {self.id}: {error}")
        except ValueError as error:
            return Said(why=f"{self.id} cannot read it: {error}", is_unread=True)
        return Said("proved")

    def _prove(self, left: Expr, relation: str, right: Expr, define: Mapping[Name, Expr]) -> None:
        """Prove what a sentence says of two expressions, or raise what is wrong with it."""
        weak = relation if relation == "=" else f"{relation[0]}="
        chain = Derivation(left, "as-written", n=self.n, define=define, given=self.given, seconds=5)
        if left != right:
            chain.step("as written", right, weak)
        gap = (right - left) * (-1 if relation == ">" else 1)
        if relation in ("<", ">") and not factor(chain.unfold(gap)).is_positive:
            raise UnprovedStep(f"{left} {relation} {right}: that the two are never equal")

    def _vocabulary(self, define: Mapping[Name, Expr]) -> dict[str, Any]:
        """Name everything that the chain or a definition speaks of, as TeX prints it."""
        used = [self.start, *(line.expression for line in self.lines), *self.given]
        used += [*define.values(), *([self.n] if self.n else [])]
        atoms = {a for e in used for a in e.atoms(Symbol, IndexedBase, AppliedUndef)}
        names = {a.func if isinstance(a, AppliedUndef) else a for a in atoms} | set(define)
        bases = {b.label for b in names if isinstance(b, IndexedBase)}
        return {latex(Symbol(str(name))): name for name in sorted(names - bases, key=str)}

    @cached_property
    def comparison(self) -> Comparison:
        """What judges a version; `check` says more of it than that the arguments are by name."""
        return Comparison(self)

    def judge(self, version: Any, fresh: int = 0) -> Verdict:
        """Put an expression, or a function of the arguments, beside the first line."""
        return self.comparison.judge(version, fresh)

    def version(self, answer: Any) -> Any:
        """Make a function of an expression, in which the definitions are written out."""
        return self.comparison.version(answer)

    def check(
        self,
        *,
        of: Sequence[Argument] = (),
        axes: Sequence[Symbol] = (),
        ulps: float | None = None,
        rtol: float | None = None,
        atol: float | None = None,
        span: float = SPAN,
        **witnesses: Callable[..., Any],
    ) -> None:
        """Put programs beside the first line, evaluated to 50 digits on its whole domain.

        Parameters
        ----------
        of
            The arguments of the programs, in order; by name where it is left out.
        axes
            The free indices, in the order of the axes of the result.
        ulps, rtol, atol
            The tolerance, exactly one of the three.
        span
            How far from 0 the numbers go.
        **witnesses
            Functions of arrays, by name; one whose name begins with ``torch`` is given tensors.
        """
        tolerance = Tolerance.of(ulps=ulps, rtol=rtol, atol=atol)
        self.comparison = Comparison(self, of, axes, tolerance, span)
        if not is_settled():
            emit(self.record(kind="check", **self.comparison.compared(witnesses)))

    # ------------------------------------------------------------ on the page

    def __repr__(self) -> str:
        """Return the chain as plain text."""
        return drawn(self.record())[1]

    def _tex(self, e: Basic) -> str:
        return tex(e, self.n)

    def record(self, *, kind: str = "claim", **more: Any) -> Record:
        """Return what the build reads."""
        if kind != "claim":
            return super().record(kind=kind, **more)
        steps = [
            {
                "relation": line.relation,
                "latex": self._tex(line.expression),
                "text": str(line.expression),
                "reason": line.reason,
                "evidence": line.evidence,
                "origin": line.origin,
            }
            for line in self.lines
        ]
        start = {"latex": self._tex(self.start), "text": str(self.start)}
        sizes = list(map(str, self.ranges().sizes))
        return super().record(
            start=start, steps=steps, where=self._where(), in_words=self.in_words, sizes=sizes
        )

    def _where(self) -> list[str]:
        """List the definitions, hypotheses and assumptions under which the chain holds."""
        used = [self.start, *(line.expression for line in self.lines), *self.given]
        defined = {
            key: body
            for key, body in self.define.items()
            if any(e.has(key) for e in [*used, *self.define.values()])
        }
        used += defined.values()
        found = [
            f"${self._tex(_applied(key, body))} = {self._tex(body_of(body))}$"
            for key, body in defined.items()
        ]
        found += [f"${self._tex(body_of(h))}$" for h in self.given]
        symbols = {s for e in used for s in e.free_symbols if isinstance(s, Symbol)}
        signed = sorted((s for s in symbols if s.is_nonnegative and not s.is_integer), key=str)
        signs = {s.name: ">" if s.is_positive else r"\ge" for s in signed}
        return found + [f"${latex(Symbol(name))} {sign} 0$" for name, sign in signs.items()]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        shown = bundle(self.record())
        return {**shown, "text/latex": display_tex(shown[MIME])}


def _at_points(e: Expr, define: Mapping[Name, Expr]) -> Expr:
    """Work out the slopes that a sentence writes at a point, such as f'(0)."""
    return e.replace(
        Subs,
        lambda d, old, new: unfolded(d, define).doit().xreplace(dict(zip(old, new, strict=True))),
    )


def _applied(key: Name, body: Basic) -> Basic:
    if not isinstance(body, Lambda):
        return key
    return key(*body.variables) if isinstance(key, UndefinedFunction) else key[body.variables]


# ---------------------------------------------------------------- input


def _is_tactic(how: object) -> bool:
    return callable(how) and not isinstance(how, Basic)


def _checked_line(e: object, where: str) -> Expr:
    """Return `e` as one scalar expression, or say what is wrong with it."""
    if isinstance(e, int) and not isinstance(e, bool):
        e = sympify(e)
    if isinstance(e, float) or (isinstance(e, Basic) and e.has(Float)):
        raise TypeError(f"{where}: {e} has a float in it; write Rational(1, 2) for 0.5")
    if not isinstance(e, Expr) or isinstance(e, (IndexedBase, Lambda)) or e.is_Matrix:
        kind = "None" if e is None else f"a {type(e).__name__}"
        raise TypeError(f"{where}: a line is one SymPy expression for one number, not {kind}")
    if e.has(nan, zoo):
        raise ValueError(f"{where}: the line contains a division by zero")
    return e

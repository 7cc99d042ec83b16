"""A chain of steps a = b = c …, each applied by SymPy or claimed, each proved or refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self, TypeAlias

from sympy import (
    Basic,
    Derivative,
    Eq,
    Expr,
    Float,
    Indexed,
    IndexedBase,
    Lambda,
    S,
    Symbol,
    nan,
    sympify,
    zoo,
)
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import UndefinedFunction
from sympy.core.relational import Relational

from evidence.algebra.deadline import Result, TimeUp, in_time
from evidence.algebra.proof import Prover
from evidence.algebra.ranges import Ranges
from evidence.algebra.search import SIGNS, CannotEvaluate, points, search
from evidence.algebra.sums import rename_bound, same_sum
from evidence.algebra.tex import tex
from evidence.page.html import attribute, inline
from evidence.page.records import bundle

Name: TypeAlias = Symbol | IndexedBase | UndefinedFunction
How: TypeAlias = Expr | int | Callable[[Expr], Expr]

RELATIONS = {"=": "=", "<=": r"\le", ">=": r"\ge"}
MARKS = {"proved": ("✓", r"\checkmark"), "sampled": ("≈", r"\approx")}
WORDS = {"proved": "proved", "sampled": "true at every point tried, not proved"}


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


class Derivation:
    """A chain of lines that starts at an expression.

    A step is refused unless two independent tests let it pass: a search for a counterexample with
    numbers, and a proof for every n. Both look through the definitions, under the hypotheses.

    Parameters
    ----------
    start : Expr
        The expression that the chain begins with.
    name : str
        What messages and the page call this derivation.
    n : Symbol, optional
        The number of classes; a free index lies in 0 … n−1 unless a Σ shows another range for it.
    define : mapping, optional
        Notation: `{s: Lambda(i, exp(z[i])/Z)}` for an IndexedBase, `{p: 1/(1 + exp(-x))}` for a
        Symbol, `{f: Lambda(x, …)}` for a Function.
    given : sequence, optional
        Hypotheses: `Eq(Sum(t[k], (k, 0, n-1)), 1)`; `Lambda(r, Eq(…))` for one that holds at every
        r; `Ne(i, j)`. An order such as `x < y` limits the numbers tried.
    seconds : float, default 20
        When a step is stopped.

    Examples
    --------
    >>> from sympy import Derivative, Symbol, exp
    >>> from evidence.algebra.sums import differentiate
    >>> x, s = Symbol("x", real=True), Symbol("s", positive=True)
    >>> slope = Derivation(Derivative(s, x), "slope of sigma", define={s: 1 / (1 + exp(-x))})
    >>> _ = slope.step("definition", slope.unfold).step("chain rule", differentiate)
    >>> _ = slope.step("in terms of itself", s * (1 - s))
    >>> slope.result
    s*(1 - s)
    """

    def __init__(
        self,
        start: Expr,
        name: str,
        *,
        n: Symbol | None = None,
        define: Mapping[Name, Expr] | None = None,
        given: Sequence[Basic] = (),
        seconds: float = 20.0,
    ) -> None:
        self.name = name
        self.n = n
        self.seconds = seconds
        self.define = dict(define or {})
        self.given = list(given)
        self.lines: list[Line] = []
        self.start = _checked_line(start, f"{name}: the start")
        _check_definitions(self.define, name)
        try:
            self.unfold(self.start)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        self._signs_known = all(_has_sign(key, body) for key, body in self.define.items())
        self._in_time(f"{name}: the hypotheses", "checked", self._check_hypotheses)

    # ------------------------------------------------------------ steps

    @property
    def result(self) -> Expr:
        """The last line: it goes on to the next derivation, and to code."""
        return self.lines[-1].expression if self.lines else self.start

    @property
    def relation(self) -> str:
        """How the start is related to the result: `=`, `<=` or `>=`."""
        return next((line.relation for line in self.lines if line.relation != "="), "=")

    def unfold(self, e: Expr) -> Expr:
        """Write the definitions out."""
        return unfolded(e, self.define)

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
        where = f"{self.name}, step {len(self.lines) + 1} ({reason})"
        self._check_relation(relation, where)
        new = self._in_time(where, "applied", lambda: self._made(how, where))
        left, right = self.unfold(self.result), self.unfold(new)
        try:
            ranges = self._ranges(new)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from None
        self._in_time(
            where,
            "searched for a counterexample",
            lambda: self._refuse_if_false(left, right, new, relation, ranges, where),
        )
        is_proved = self._in_time(where, "proved", lambda: self._proved(new, relation, ranges))
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

    def _made(self, how: How, where: str) -> Expr:
        new = how(self.result) if callable(how) and _is_tactic(how) else how
        line = _checked_line(new, where)
        if line == self.result:
            raise ValueError(f"{where}: the step changes nothing")
        return line

    def _check_relation(self, relation: str, where: str) -> None:
        if not isinstance(relation, str) or relation not in RELATIONS:
            raise ValueError(f"{where}: the relation {relation!r} is none of =, <= and >=")
        if {relation, self.relation} == {"<=", ">="}:
            raise ValueError(f"{where}: a chain that went {self.relation} cannot go {relation}")

    def _refuse_if_false(
        self, left: Expr, right: Expr, new: Expr, relation: str, ranges: Ranges, where: str
    ) -> None:
        try:
            compared, found = search(left, right, relation, ranges, self._given())
        except CannotEvaluate as error:
            raise UnprovedStep(f"{where}: cannot be tested with numbers: {error}") from None
        if found is not None:
            raise FalseStep(
                f"{where}:\n{self._claim(new, relation)}\n"
                f"  is false at {found.point}:  {found.left}  against  {found.right}"
            )
        if compared == 0:
            raise UnprovedStep(f"{where}: no point was found at which both sides have a value")

    def _proved(self, new: Expr, relation: str, ranges: Ranges) -> bool:
        """Try the proof with the notation as it stands, then with the definitions written out."""
        gap = self.result - new if relation != "<=" else new - self.result
        sides = [(self.unfold(gap), self._given())]
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

    def _given(self) -> list[Basic]:
        return [unfolded(h, self.define) for h in self.given]

    def _ranges(self, *more: Expr) -> Ranges:
        lines = [self.start, *(line.expression for line in self.lines), *more]
        return Ranges([*lines, *map(self.unfold, lines), *self._given()], self.n)

    def _check_hypotheses(self) -> None:
        for h in self.given:
            statement = h.expr if isinstance(h, Lambda) else h
            if statement == S.false:
                raise ValueError(f"{self.name}: one of the hypotheses can never hold")
            if not isinstance(statement, Relational):
                raise TypeError(
                    f"{self.name}: the hypothesis {h} is not a relation such as Eq(sum, 1)"
                )
        if not self.given:
            return
        try:
            found = points(self._given(), self._ranges())
            # What holds for n = 1 only would leave every step true, but for one class.
            is_met = any(max(point.sizes.values(), default=2) > 1 for point, _ in found)
        except CannotEvaluate as error:
            raise ValueError(f"{self.name}: a hypothesis cannot be tested: {error}") from None
        if not is_met:
            raise ValueError(f"{self.name}: no numbers were found that satisfy the hypotheses")

    def _in_time(self, where: str, doing: str, work: Callable[[], Result]) -> Result:
        try:
            return in_time(self.seconds, work)
        except TimeUp:
            raise SlowStep(
                f"{where}: stopped after {self.seconds:g} s while being {doing}"
            ) from None

    # ------------------------------------------------------------ on the page

    def __repr__(self) -> str:
        """Return the chain as plain text."""
        rows = [f"  {line.relation} {line.expression}" for line in self.lines]
        width = max(map(len, rows), default=0)
        reasons = [f"{MARKS[line.evidence][0]} {line.reason}" for line in self.lines]
        body = [f"{row:<{width}}  {reason}" for row, reason in zip(rows, reasons, strict=True)]
        return "\n".join([self.name, f"    {self.start}", *body])

    def _tex(self, e: Expr) -> str:
        return tex(e, self.n)

    def _repr_latex_(self) -> str:
        rows = [self._tex(self.start)]
        for m, line in enumerate(self.lines):
            mark = MARKS[line.evidence][1]
            row = f"&{RELATIONS[line.relation]} {self._tex(line.expression)}"
            row += rf" && \text{{{_in_text(line.reason)}}}\;{mark}"
            rows[m:] = [f"{rows[0]} {row}"] if m == 0 else [*rows[m:], row]
        body = " \\\\[4pt]\n".join(rows)
        return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"

    def _repr_html_(self) -> str:
        start = self._formula("", self.start)
        rows = [f'<li class="sa-step"><div class="sa-formula">{start}</div></li>']
        for line in self.lines:
            # In braces it is no place to end a line.
            formula = self._formula(rf"{{{RELATIONS[line.relation]}}}\;", line.expression)
            mark, word = MARKS[line.evidence][0], WORDS[line.evidence]
            rows.append(
                f'<li class="sa-step sa-{line.evidence}">'
                f'<div class="sa-formula">{formula}</div> '
                f'<div class="sa-reason">{inline(line.reason)}\N{NO-BREAK SPACE}'
                f'<span class="sa-mark" role="img" aria-label="{word}" title="{word}">{mark}</span>'
                "</div></li>"
            )
        name = attribute(self.name)
        return (
            f'<div class="sa-derivation" role="group" aria-label="Derivation: {name}">'
            f'<ol class="sa-steps">{"".join(rows)}</ol></div>'
        )

    def _formula(self, relation: str, e: Expr) -> str:
        return inline(rf"$\displaystyle {relation}{self._tex(e)}$")

    def record(self) -> dict[str, Any]:
        """Return what the build reads."""
        steps = [
            {
                "relation": line.relation,
                "latex": self._tex(line.expression),
                "reason": line.reason,
                "evidence": line.evidence,
                "origin": line.origin,
            }
            for line in self.lines
        ]
        relation = RELATIONS[self.relation]
        statement = f"${self._tex(self.start)} {relation} {self._tex(self.result)}$"
        return {"kind": "derivation", "id": self.name, "statement": statement, "steps": steps}

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        shown = bundle(self.record(), self._repr_html_(), repr(self))
        return {**shown, "text/latex": self._repr_latex_()}


# ---------------------------------------------------------------- definitions


def unfolded(e: Basic, define: Mapping[Name, Expr]) -> Any:
    """Write every defined symbol in `e` out, until none is left."""
    return _unfold(e, define, frozenset()) if define else e


def _unfold(e: Basic, define: Mapping[Name, Expr], bound: frozenset[Symbol]) -> Basic:
    if isinstance(e, Derivative) and (blocked := _defined_variable(e, define)) is not None:
        raise ValueError(
            f"cannot differentiate by {blocked}, which is defined; leave it out of define here"
        )
    body, arguments = _definition(e, define)
    if body is not None:
        if len(body.variables) != len(arguments):
            raise ValueError(
                f"the definition does not fit {e}: it has {len(body.variables)} indices"
            )
        taken = bound | {s for a in arguments for s in a.free_symbols}
        body = rename_bound(body.expr, taken - set(body.variables)), body.variables
        written = body[0].xreplace(dict(zip(body[1], arguments, strict=True)))
        return _unfold(written, define, bound)
    if not e.args or isinstance(e, Indexed):
        return e
    inner = bound | set(e.variables) if isinstance(e, ExprWithLimits) else bound
    return e.func(*(_unfold(a, define, inner) for a in e.args))


def _definition(e: Basic, define: Mapping[Name, Expr]) -> tuple[Lambda | None, tuple[Expr, ...]]:
    if isinstance(e, Indexed) and e.base in define:
        return define[e.base], e.indices
    if isinstance(e, Symbol) and e in define:
        return Lambda((), define[e]), ()
    if isinstance(e.func, UndefinedFunction) and e.func in define:
        return define[e.func], e.args
    return None, ()


def _defined_variable(e: Derivative, define: Mapping[Name, Expr]) -> Expr | None:
    return next((v for v in e.variables if _definition(v, define)[0] is not None), None)


def _check_definitions(define: Mapping[Name, Expr], name: str) -> None:
    for key, body in define.items():
        needs_lambda = not isinstance(key, Symbol)
        if not isinstance(key, (Symbol, IndexedBase, UndefinedFunction)):
            raise TypeError(f"{name}: {key} cannot be defined; use a Symbol or an IndexedBase")
        if not isinstance(body, Expr) or needs_lambda != isinstance(body, Lambda):
            wanted = "Lambda(i, …)" if needs_lambda else "an expression, not a Lambda"
            raise TypeError(f"{name}: the definition of {key} must be {wanted}")
    for key in define:
        path = _circle(key, define, [])
        if path:
            raise ValueError(f"{name}: the definition is circular: {' → '.join(map(str, path))}")


def _has_sign(key: Name, body: Expr) -> bool:
    """Tell whether a definition is sure to satisfy the assumptions of its name."""
    value = body.expr if isinstance(body, Lambda) else body
    name = key(*body.variables) if isinstance(key, UndefinedFunction) else key
    wanted = {sign: name.assumptions0.get(sign) for sign in SIGNS}
    return all(getattr(value, f"is_{s}") == w for s, w in wanted.items() if w is not None)


def _circle(key: Name, define: Mapping[Name, Expr], path: list[Name]) -> list[Name]:
    if key in path:
        return [*path[path.index(key) :], key]
    body = define[key]
    for other in define:
        uses = body.has(other) if not isinstance(body, Lambda) else body.expr.has(other)
        if uses and (found := _circle(other, define, [*path, key])):
            return found
    return []


# ---------------------------------------------------------------- input


def _is_tactic(how: object) -> bool:
    return callable(how) and not isinstance(how, Basic)


def _checked_line(e: object, where: str) -> Expr:
    """Return `e` as one scalar expression, or say what is wrong with it."""
    if isinstance(e, int) and not isinstance(e, bool):
        e = sympify(e)
    if isinstance(e, (float, Float)) or (isinstance(e, Basic) and e.has(Float)):
        raise TypeError(f"{where}: {e} has a float in it; write Rational(1, 2) for 0.5")
    if (
        not isinstance(e, Expr)
        or isinstance(e, (IndexedBase, Lambda))
        or getattr(e, "is_Matrix", False)
    ):
        kind = "None" if e is None else f"a {type(e).__name__}"
        raise TypeError(f"{where}: a line is one SymPy expression for one number, not {kind}")
    if e.has(nan, zoo):
        raise ValueError(f"{where}: the line contains a division by zero")
    return e


def _in_text(reason: str) -> str:
    """Escape what TeX would not print outside `$…$`."""
    special = str.maketrans({c: rf"\{c}" for c in "%#&_{}"} | {"\\": r"\textbackslash{}"})
    parts = reason.split("$")
    return "$".join(part if m % 2 else part.translate(special) for m, part in enumerate(parts))


__all__ = [
    "Derivation",
    "FalseStep",
    "Line",
    "SlowStep",
    "StepError",
    "UnprovedStep",
    "unfolded",
]

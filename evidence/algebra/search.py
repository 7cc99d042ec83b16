"""The search for a counterexample: two expressions, many points, thirty digits.

It shares nothing with the proof but the two expressions. Sums are added up term by term with
mpmath and derivatives are taken as differences in high precision, so a wrong rule of SymPy, or of
`evidence.algebra.proof`, has a second chance to be seen. Values depend on a name and a trial only:
the same search finds the same point in every run.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations, product
from random import Random
from typing import Any, TypeAlias

from mpmath.ctx_mp import MPContext
from sympy import (
    Abs,
    Add,
    And,
    Basic,
    Derivative,
    Eq,
    Expr,
    Ge,
    Gt,
    Indexed,
    KroneckerDelta,
    Lambda,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Ne,
    Not,
    NumberSymbol,
    Or,
    Piecewise,
    Pow,
    Product,
    Rational,
    S,
    Sum,
    Symbol,
    ceiling,
    cos,
    floor,
    log,
    sign,
    sin,
)
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from evidence.algebra.ranges import Ranges

Number: TypeAlias = Any  # a number of mpmath's own types, which have no stubs
Key: TypeAlias = tuple[str, tuple[int, ...]]
Indices: TypeAlias = Mapping[Symbol, int]

DIGITS = 30
SURE_DIGITS = 3000  # where 50 digits disagree, in which 1 + e^−1000 is 1
SIZES = (2, 3, 1)
# Tried at a few tuples: what is true up to n = 3 may be false for every larger n.
LARGE = {5: 3, 4: 2, 6: 1, 7: 1, 8: 1, 9: 1}
POLE_SIZES = range(10, 60)  # tried where a denominator is nought at one of them
TRIALS = 2  # values tried at each tuple of indices
POINTS = {"=": 16, "<=": 64, ">=": 64}  # at least so many in all: a scalar has one tuple only
ATTEMPTS = 24
WIDE_POINTS = 5  # with a magnitude of its own for each value
TIED_POINTS = 3  # with few different values
CRITICAL_TUPLES = 3  # at which a denominator is made nought
HUGE = 10**40  # next to a pole that no number here hits exactly
MAGNITUDES = (-6, 3)  # as powers of ten
CALM_MAGNITUDES = (-6, 1)  # under an equation, whose solution has 120 digits only
STARTS = ((1, 2), (-1, -2), (9, 12), (-9, -12), (60, 66), (-60, -66))  # of secants, in sixths
TIES = (Rational(3, 4), Rational(3, 2), Rational(-3, 4), Rational(-5, 2))
SCALES = (Rational(1), Rational(1, 4), Rational(3), Rational(1, 16))
PLAIN = (Rational(0), Rational(1), Rational(-1))  # where a value may not exist, or jump
SIGNS = ("positive", "negative", "nonnegative", "nonpositive", "nonzero", "zero", "integer", "real")

mp = MPContext()  # its own precision: what a reader sets in mpmath.mp changes nothing here
mp.dps = DIGITS + 20


class Undefined(Exception):  # noqa: N818
    """A value does not exist at this point."""


class CannotEvaluate(Exception):  # noqa: N818
    """An expression contains something that has no numerical value here."""


class TooLarge(CannotEvaluate):
    """A value has more digits before the point than memory."""


@dataclass(frozen=True)
class Counterexample:
    """A point, and what the two sides are there."""

    point: str
    left: str
    right: str


@dataclass
class Point:
    """A value for every symbol, made when it is first asked for.

    A `scale` that is a pair of powers of ten gives every symbol a magnitude of its own between
    them; `plain` holds the only values that there are, if a symbol admits one of them. At a
    `critical` point something is nought, to some digits, that stands in a denominator.
    """

    sizes: Indices
    ranges: Ranges
    trial: int
    scale: Rational | tuple[int, int]
    plain: Sequence[Rational] = ()
    critical: bool = False
    values: dict[Key, Rational | Number] = field(default_factory=dict)
    seen: dict[Key, Expr] = field(default_factory=dict)

    def value(self, key: Key, e: Expr) -> Number:
        """Return the value of a symbol; `e` knows its assumptions."""
        known = self.seen.setdefault(key, e)
        if known is not e and _named(known) != _named(e):
            raise CannotEvaluate(f"two different symbols are called {key[0]}")
        if key not in self.values:
            self.values[key] = self._sample(key, e)
        return _as_number(self.values[key])

    def _sample(self, key: Key, e: Expr) -> Rational:
        random = Random(f"{self.trial} {self.scale} {key}")
        if allowed := [value for value in self.plain if admits(e, value)]:
            return random.choice(allowed)
        is_wide = isinstance(self.scale, tuple)
        farthest = 40 if is_wide else 5
        for _ in range(200):
            if e.is_integer:
                value = Rational(random.randint(-farthest, farthest))
            else:
                scale = Rational(10) ** random.randint(*self.scale) if is_wide else self.scale
                value = Rational(random.randint(-999, 999), random.randint(450, 550)) * scale
            value = abs(value) if e.is_nonnegative else value
            if admits(e, value):
                return value
        raise CannotEvaluate(f"no number found for {e}")

    @contextmanager
    def moved(self, keys: Sequence[Key], values: Sequence[Number]) -> Iterator[None]:
        """Give some symbols other values for a while."""
        before = {key: self.values[key] for key in keys}
        self.values.update(zip(keys, values, strict=True))
        try:
            yield
        finally:
            self.values.update(before)

    def described(self, at: Indices) -> str:
        """Return the point in words: sizes, indices, then what was looked at."""
        names = [*self.sizes.items(), *sorted(at.items(), key=str)]
        whole = [f"{name} = {value}" for name, value in names]
        return ", ".join([*whole, *(self._shown(key) for key in sorted(self.seen))])

    def _shown(self, key: Key) -> str:
        value = self.values[key]
        number = str(value) if isinstance(value, Rational) else mp.nstr(value, 10)
        name, indices = key
        return f"{name}{list(indices) if indices else ''} = {number}"


def _named(e: Expr) -> Expr:
    return e.base if isinstance(e, Indexed) else e


def admits(e: Expr, value: Expr) -> bool:
    """Tell whether a symbol may have a value, by the assumptions it was made with."""
    wanted = {name: known for name, known in e.assumptions0.items() if name in SIGNS}
    return all(getattr(value, f"is_{name}") == known for name, known in wanted.items())


# ---------------------------------------------------------------- one value


def evaluate(e: Basic, point: Point, at: Indices) -> Number:
    """Return the value of `e`; `at` says what its indices are."""
    rule = RULES.get(Symbol if isinstance(e, Symbol) else type(e))
    if rule is not None:
        return rule(e, point, at)
    if isinstance(e, Rational):
        return mp.mpf(e.p) / e.q
    if isinstance(e, NumberSymbol) or e is S.ImaginaryUnit:
        return mp.mpmathify(e._to_mpmath(mp.prec)) if e is not S.ImaginaryUnit else mp.j
    function = getattr(mp, FUNCTIONS.get(type(e).__name__, ""), None)
    if function is None:
        raise CannotEvaluate(f"{type(e).__name__} has no value at a point; evaluate it first")
    values = list(_parts(e, point, at))
    try:
        value = function(*values)
    except ValueError:
        raise Undefined(f"{e} has a pole here") from None
    except OverflowError:
        raise TooLarge(f"{e} becomes too large") from None
    if point.critical and abs(1 / values[0] if isinstance(e, log) else value) > HUGE:
        raise Undefined(f"{e} has a pole here")
    return value


def _symbol(e: Symbol, point: Point, at: Indices) -> Number:
    if e in at:
        return mp.mpf(at[e])
    if e in point.sizes:
        return mp.mpf(point.sizes[e])
    return point.value((e.name, ()), e)


def _whole(e: Expr, point: Point, at: Indices) -> int:
    if e in at:
        return at[e]
    value = e if e.is_Integer else evaluate(e, point, at)
    if value != int(value):
        raise CannotEvaluate(f"the index {e} is not a whole number")
    return int(value)


def _index(e: Expr, size: Symbol | None, point: Point, at: Indices) -> int:
    value = _whole(e, point, at)
    composite = not isinstance(e, Symbol) and e.free_symbols & set(point.ranges.offsets)
    if composite and size is not None and not 0 <= value < point.sizes[size]:
        raise Undefined(f"the index {e} is outside its range")
    return value


def _key(e: Indexed, point: Point, at: Indices) -> Key:
    axes = [point.ranges.of_axis(e.base, m) for m in range(e.rank)]
    indices = (_index(i, n, point, at) for i, n in zip(e.indices, axes, strict=True))
    return e.base.label.name, tuple(indices)


def _parts(e: Expr, point: Point, at: Indices) -> Iterator[Number]:
    return (evaluate(a, point, at) for a in e.args)


def _pow(e: Expr, point: Point, at: Indices) -> Number:
    base, power = e.as_base_exp() if e.exp == -1 else e.args
    try:
        value = evaluate(base, point, at) ** evaluate(power, point, at)
    except OverflowError:
        raise TooLarge(f"{e} becomes too large") from None
    if point.critical and abs(value) > HUGE:
        raise Undefined(f"{e} has a pole here")
    return value


def _delta(e: KroneckerDelta, point: Point, at: Indices) -> Number:
    a, b = (_index(i, point.ranges.default, point, at) for i in e.args[:2])
    return mp.mpf(a == b)


def _over_range(e: Sum | Product, point: Point, at: Indices) -> Iterator[Number]:
    """Yield the terms: none where `upper` is `lower` − 1, and less is no range."""

    def terms(limits: Sequence[Any], inner: Indices) -> Iterator[Number]:
        if not limits:
            yield evaluate(e.function, point, inner)
            return
        *rest, (k, lower, upper) = limits
        first, last = _whole(lower, point, inner), _whole(upper, point, inner)
        if last < first - 1:
            raise Undefined(f"the range {lower} … {upper} runs backwards")
        for value in range(first, last + 1):
            yield from terms(rest, {**inner, k: value})

    return terms(list(e.limits), at)


def _derivative(e: Derivative, point: Point, at: Indices) -> Number:
    orders: dict[Key, int] = {}
    for variable, order in e.variable_count:
        if variable.is_integer or variable in at or variable in point.sizes:
            raise CannotEvaluate(f"{variable} is a whole number: nothing has a slope along it")
        is_indexed = isinstance(variable, Indexed)
        key = _key(variable, point, at) if is_indexed else (str(variable), ())
        point.value(key, variable)
        orders[key] = orders.get(key, 0) + int(order)
    keys = list(orders)

    def f(*values: Number) -> Number:
        with point.moved(keys, values):
            return evaluate(e.expr, point, at)

    where = tuple(_as_number(point.values[key]) for key in keys)
    value = mp.diff(f, where, tuple(orders.values()))
    if e.expr.has(*KINKS) and list(orders.values()) == [1]:
        sides = [mp.diff(f, where[0], 1, direction=side) for side in (1, -1)]
        if abs(sides[0] - sides[1]) > mp.mpf(10) ** -(DIGITS // 2) * (1 + abs(value)):
            raise Undefined(f"{e} has a kink here")
    return value


def _as_number(value: Rational | Number) -> Number:
    return mp.mpf(value.p) / value.q if isinstance(value, Rational) else value


def _piecewise(e: Piecewise, point: Point, at: Indices) -> Number:
    for value, condition in e.args:
        if holds_at(condition, point, at):
            return evaluate(value, point, at)
    raise Undefined("no case of a Piecewise holds")


RULES: dict[type, Callable[[Any, Point, Indices], Number]] = {
    Symbol: _symbol,
    Indexed: lambda e, point, at: point.value(_key(e, point, at), e),
    Add: lambda *here: mp.fsum(_parts(*here)),
    Mul: lambda *here: mp.fprod(_parts(*here)),
    Pow: _pow,
    KroneckerDelta: _delta,
    Sum: lambda *here: mp.fsum(_over_range(*here)),
    Product: lambda *here: mp.fprod(_over_range(*here)),
    Derivative: _derivative,
    Piecewise: _piecewise,
    Max: lambda *here: max(_parts(*here)),
    Min: lambda *here: min(_parts(*here)),
}

KINKS = (Abs, sign, Max, Min, Piecewise, floor, ceiling)

_SAME = """exp log sin cos tan sinh cosh tanh coth sech csch asinh acosh atanh sign floor factorial
binomial gamma erf"""
FUNCTIONS = {name: name for name in _SAME.split()}
FUNCTIONS |= {"Abs": "fabs", "ceiling": "ceil", "LambertW": "lambertw"}


def holds_at(condition: Basic, point: Point, at: Indices) -> bool:
    """Tell whether a relation holds at a point."""
    if condition in (S.true, S.false):
        return bool(condition)
    if isinstance(condition, And | Or | Not):
        return bool(condition.func(*(holds_at(c, point, at) for c in condition.args)))
    test = _TESTS.get(type(condition))
    if test is None:
        raise CannotEvaluate(f"{condition} is not a relation that can be tested")
    left, right = (evaluate(a, point, at) for a in condition.args)
    return bool(test(left - right))


_TESTS: dict[type, Callable[[Number], bool]] = {
    Eq: lambda gap: abs(gap) < mp.mpf(10) ** -DIGITS,
    Ne: lambda gap: abs(gap) > mp.mpf(10) ** -DIGITS,
    Lt: lambda gap: gap < 0,
    Le: lambda gap: gap <= 0,
    Gt: lambda gap: gap > 0,
    Ge: lambda gap: gap >= 0,
}


# ---------------------------------------------------------------- hypotheses


def impose(hypotheses: Sequence[Basic], point: Point, at: Indices) -> bool:
    """Make a point satisfy the hypotheses; tell whether that succeeded."""
    solved: set[Key] = set()
    equations = [(h, a) for h, a in _instances(hypotheses, point, at) if isinstance(h, Eq)]
    if not all(_solve(h, point, a, solved) for h, a in equations):
        return False
    return all(holds_at(h, point, a) for h, a in _instances(hypotheses, point, at))


def _instances(
    hypotheses: Sequence[Basic], point: Point, at: Indices
) -> Iterator[tuple[Basic, Indices]]:
    """Yield each hypothesis, one with `Lambda` at every index."""
    for h in hypotheses:
        if not isinstance(h, Lambda):
            yield h, at
            continue
        sizes = [point.ranges.of_bound(h, v) for v in h.variables]
        for values in product(*(range(point.sizes[size]) for size in sizes)):
            yield h.expr, {**at, **dict(zip(h.variables, values, strict=True))}


def _solve(equation: Eq, point: Point, at: Indices, solved: set[Key]) -> bool:
    """Give the last symbol of an equation the value that makes it true."""
    before = point.seen
    point.seen = {}
    gap = evaluate(equation.lhs - equation.rhs, point, at)
    candidates = sorted(set(point.seen) - solved)
    point.seen = {**before, **point.seen}
    if abs(gap) < mp.mpf(10) ** -(DIGITS + 10):
        return True
    for key in reversed(candidates):
        start = Random(f"root {point.trial}").choice(STARTS)
        value = _root(partial(_gap_at, equation, point, at, key), start)
        if value is not None and admits(point.seen[key], _exact(value)):
            point.values[key] = value
            solved.add(key)
            return True
    return False


def _gap_at(equation: Eq, point: Point, at: Indices, key: Key, x: Number) -> Number:
    with point.moved([key], [x]):
        return evaluate(equation.lhs - equation.rhs, point, at)


def _root(gap: Callable[[Number], Number], start: tuple[int, int]) -> Number | None:
    """Return the zero of a linear function, or one found by Newton's secants."""
    with mp.workdps(4 * DIGITS):
        try:
            at_zero, at_one = gap(mp.mpf(0)), gap(mp.mpf(1))
            x = at_zero / (at_zero - at_one)
            if abs(gap(x)) > mp.mpf(10) ** -(3 * DIGITS):
                x = mp.findroot(gap, tuple(mp.mpf(m) / 6 for m in start))
        except (ZeroDivisionError, ValueError, Undefined):
            return None
        return x


def _exact(value: Number) -> Expr:
    if mp.im(value) != 0:
        return S.ImaginaryUnit
    nearest = mp.nint(value)
    if abs(value - nearest) < mp.mpf(10) ** -(2 * DIGITS):
        return Rational(int(nearest))
    return Rational(str(mp.nstr(value, 2 * DIGITS)))


# ---------------------------------------------------------------- the search


def points(
    hypotheses: Sequence[Basic],
    ranges: Ranges,
    wanted: int = 1,
    doubtful: Sequence[tuple[Expr, Indices]] = (),
) -> Iterator[tuple[Point, Indices]]:
    """Yield points that satisfy the hypotheses.

    Every tuple of indices is tried at n = 2, 3 and 1 and a few at n = 4 to 9, with random numbers;
    some with magnitudes from 10⁻⁶ to 10³, some with few different values, one tuple with the same
    plain number for all symbols; and a few where one of the `doubtful` expressions is nought.
    """
    tuples = [(sizes, at) for sizes in _sizes(ranges) for at in _index_tuples(sizes, ranges)]
    large = list(_large_tuples(ranges, [d for d, _ in doubtful]))
    every = [*tuples, *large]
    trials = max(TRIALS, 1 + wanted // len(tuples))
    is_calm = any(isinstance(h.expr if isinstance(h, Lambda) else h, Eq) for h in hypotheses)
    wide = CALM_MAGNITUDES if is_calm else MAGNITUDES
    tied = enumerate(_spread(every, TIED_POINTS))
    plans = [
        *((here, (), None, None) for here in tuples for _ in range(trials)),
        *((here, (), None, None) for here in large),
        *((tuples[0], (number,), None, None) for number in PLAIN),
        *((here, (), wide, None) for here in _spread(every, WIDE_POINTS)),
        *((here, TIES[m % 2 :][:3], None, None) for m, here in tied),
        *((here, (), None, d) for d in doubtful for here in _spread(every, CRITICAL_TUPLES)),
    ]
    for trial, ((sizes, at), plain, scale, nought) in enumerate(plans):
        point = _satisfying(hypotheses, ranges, sizes, at, trial, plain, scale, nought)
        if point is not None:
            yield point, at


def _spread(tuples: Sequence[Any], count: int) -> list[Any]:
    """Return so many, from the first to the last."""
    return [tuples[m * (len(tuples) - 1) // max(count - 1, 1)] for m in range(count)]


def _index_tuples(sizes: Indices, ranges: Ranges) -> Iterator[dict[Symbol, int]]:
    spans = [range(sizes[_size(i, ranges)]) for i in ranges.indices]
    widest = max(sizes.values(), default=1)
    spans += [range(1 - widest, widest) for _ in ranges.offsets]
    for values in product(*spans):
        at = dict(zip([*ranges.indices, *ranges.offsets], values, strict=True))
        if all(admits(i, Rational(at[i])) for i in ranges.offsets):
            yield at


def _size(index: Symbol, ranges: Ranges) -> Symbol:
    size = ranges.of_index(index)
    if size is None:
        raise CannotEvaluate(f"nothing shows how far the index {index} runs; pass n")
    return size


def _large_tuples(
    ranges: Ranges, doubtful: Sequence[Expr]
) -> Iterator[tuple[dict[Symbol, int], dict[Symbol, int]]]:
    """Yield one tuple with all indices equal, then others with all of them apart."""
    poles = {
        m: 1
        for d in doubtful
        if d.free_symbols and d.free_symbols <= set(ranges.sizes)
        for m in POLE_SIZES
        if d.xreplace(dict.fromkeys(ranges.sizes, Rational(m))) == 0
    }
    for large, tuples in (LARGE | poles).items():
        sizes = dict.fromkeys(ranges.sizes, large)
        for m in range(tuples if ranges.indices or ranges.offsets else 1):
            turn = m if tuples > 1 else 1
            at = {i: turn * (p + 1) % large for p, i in enumerate(ranges.indices)}
            at |= dict.fromkeys(ranges.offsets, m - 1)
            if sizes and all(admits(i, Rational(value)) for i, value in (sizes | at).items()):
                yield sizes, at


def _sizes(ranges: Ranges) -> Iterator[dict[Symbol, int]]:
    choices = [*product(SIZES[:2], repeat=len(ranges.sizes)), SIZES[2:] * len(ranges.sizes)]
    for values in dict.fromkeys(choices):
        sizes = dict(zip(ranges.sizes, values, strict=True))
        if all(admits(size, Rational(value)) for size, value in sizes.items()):
            yield sizes


def _satisfying(
    hypotheses: Sequence[Basic],
    ranges: Ranges,
    sizes: Indices,
    at: Indices,
    trial: int,
    plain: Sequence[Rational],
    wide: tuple[int, int] | None,
    nought: tuple[Expr, Indices] | None,
) -> Point | None:
    attempts = 1 if len(plain) == 1 or not (hypotheses or nought) else 4 if nought else ATTEMPTS
    for attempt in range(attempts):
        scale = wide or SCALES[(trial + attempt) % len(SCALES)]
        number = trial + 10_000 * attempt
        point = Point(sizes, ranges, number, scale, plain, critical=nought is not None)
        try:
            if nought is not None:
                expression, inner = nought
                if not impose([Eq(expression, 0, evaluate=False)], point, {**at, **inner}):
                    continue
            if impose(hypotheses, point, at):
                return point
        except (Undefined, ZeroDivisionError, TooLarge):
            continue
    return None


def doubtful_parts(*sides: Expr) -> list[tuple[Expr, Indices]]:
    """Return what, when it is nought, may leave a side without a value, or without a slope.

    Each comes with the indices that a Σ binds around it, at 0.
    """
    found: dict[Expr, Indices] = {}

    def walk(e: Basic, bound: Indices) -> None:
        if isinstance(e, ExprWithLimits):
            bound = {**bound, **dict.fromkeys(e.variables, 0)}
        for part in _doubtful(e):
            if not (part.is_nonzero or part.is_number):
                found.setdefault(part, bound)
        if not isinstance(e, Indexed):
            for a in e.args:
                walk(a, bound)

    for side in sides:
        walk(side, {})
    return list(found.items())


def _doubtful(e: Basic) -> list[Expr]:
    if isinstance(e, Pow) and not e.exp.is_nonnegative:
        return [e.base]
    if isinstance(e, Piecewise):
        return [r.lhs - r.rhs for r in e.atoms(Relational)]
    if isinstance(e, Max | Min):
        return [a - b for a, b in combinations(e.args, 2)]
    part = DOUBTS.get(type(e).__name__)
    return [] if part is None else [part(e.args[0])]


DOUBTS: dict[str, Callable[[Expr], Expr]] = {
    **dict.fromkeys(("log", "Abs", "sign", "coth", "csch"), lambda x: x),
    **dict.fromkeys(("tan", "sec"), cos),
    **dict.fromkeys(("cot", "csc"), sin),
}


def search(
    left: Expr, right: Expr, relation: str, ranges: Ranges, given: Sequence[Basic] = ()
) -> tuple[int, Counterexample | None]:
    """Look for a point at which `left relation right` is false.

    Returns
    -------
    tuple of int and Counterexample or None
        How many points were compared, and the first that contradicts.
    """
    compared = 0
    for point, at in points(given, ranges, POINTS[relation], doubtful_parts(left, right)):
        try:
            a, b = _two_values(left, right, relation, point, at)
        except TooLarge:
            if isinstance(point.scale, tuple):
                continue
            raise
        if a is None and b is None:
            continue
        compared += 1
        if not _related(a, b, relation):
            return compared, Counterexample(point.described(at), _shown(a), _shown(b))
    return compared, None


def _two_values(
    left: Expr, right: Expr, relation: str, point: Point, at: Indices
) -> tuple[Number | None, Number | None]:
    """Return the values of both sides, with more digits if few let them disagree."""
    values = value_or_none(left, point, at), value_or_none(right, point, at)
    if not isinstance(point.scale, tuple) or _related(*values, relation):
        return values
    with mp.workdps(SURE_DIGITS):
        return value_or_none(left, point, at), value_or_none(right, point, at)


def value_or_none(e: Expr, point: Point, at: Indices) -> Number | None:
    """Return the value of `e`, None where it has none."""
    try:
        value = evaluate(e, point, at)
    except (Undefined, ZeroDivisionError):
        return None
    return value if mp.isfinite(value) else None


def _related(a: Number | None, b: Number | None, relation: str) -> bool:
    if a is None or b is None:
        return a is b
    slack = mp.mpf(10) ** -DIGITS * max(1, abs(a), abs(b))
    if abs(a - b) <= slack:
        return True
    if relation == "=" or mp.im(a) != 0 or mp.im(b) != 0:
        return False
    return bool(a < b if relation == "<=" else a > b)


def _shown(value: Number | None) -> str:
    return "undefined" if value is None else str(mp.nstr(value, 10))

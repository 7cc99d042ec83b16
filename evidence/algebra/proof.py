"""Is an expression zero, or never negative, for every n: a normal form of sums, then cases of δ.

Nothing here samples: what `Prover` answers with True follows from SymPy's algebra and from the
rules in this file. It may answer False for something true; it must never do the opposite.
"""

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import TypeAlias

from sympy import (
    Add,
    Basic,
    Derivative,
    Dummy,
    Eq,
    Expr,
    Ge,
    Gt,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    Le,
    Lt,
    Mul,
    Ne,
    Poly,
    Pow,
    Product,
    S,
    Sum,
    Symbol,
    Wild,
    default_sort_key,
    exp,
    expand,
    expand_log,
    factor,
    factor_terms,
    fraction,
    log,
    nan,
    oo,
    powsimp,
    simplify,
    together,
    zoo,
)
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from evidence.algebra.ranges import Ranges, runs_forwards, size_of_limit
from evidence.algebra.sums import (
    differentiate,
    hold,
    is_index,
    partner,
    rename_bound,
    runs_over,
    split_exp,
    with_own_names,
)

MOST_TRIED = 24  # inequalities on the way to one: what takes more is left unproved
DEPTH = 3  # inequalities used one after the other
MOST_PLACES = 3  # at which a tangent is tried, and symbols along which a slope is taken
MOST_CASES = 8  # of two indices being different, on one branch of a proof

Rule: TypeAlias = tuple[Expr, Expr]
Bounds: TypeAlias = dict[Symbol, Symbol]
Merged: TypeAlias = dict[tuple[Expr, ...], Expr]


class Unprovable(Exception):  # noqa: N818
    """Something that has no normal form here; the answer is then False."""


def bound_symbol(level: int) -> Symbol:
    """Return the canonical name of a bound index."""
    return Symbol(f"#{level}", integer=True)


SPREAD = bound_symbol(99)  # the name under which the summands of several sums are put together


def is_defined(e: Expr) -> bool:
    """Tell whether an expression is free of 1/0 and the like."""
    return not e.has(nan, zoo, oo, -oo)


class Prover:
    """Proofs about expressions under hypotheses.

    Parameters
    ----------
    ranges : Ranges
        Which index runs over what.
    given : iterable
        `Eq(expression, value)`, or `Lambda(r, Eq(…))` for one that holds at every r; `Ne(i, j)`;
        `a <= b`, which inequalities use. Others are left unused, which is safe.
    is_thorough : bool
        Use SymPy's `simplify` in the end, which is slow.
    """

    def __init__(
        self, ranges: Ranges, given: Iterable[Basic] = (), *, is_thorough: bool = True
    ) -> None:
        self.ranges = ranges
        self.is_thorough = is_thorough
        self.given = list(map(with_own_names, given))
        self.spans: Bounds = {}  # which bound names stay inside the range of which size
        self.distinct = [expand(h.lhs - h.rhs) for h in self.given if isinstance(h, Ne)]
        self.rules: list[Rule] = []
        for hypothesis in self.given:
            self.rules += self._rules(hypothesis)

    # ------------------------------------------------------------ hypotheses

    def _rules(self, hypothesis: Basic) -> list[Rule]:
        if isinstance(hypothesis, Lambda):
            wild = {v: Wild(v.name, properties=[is_index]) for v in hypothesis.variables}
            rules = self._rules(hypothesis.expr)
            return [(left.xreplace(wild), right.xreplace(wild)) for left, right in rules]
        if not isinstance(hypothesis, Eq):
            return []
        try:
            gap = expand(self.normal(differentiate(hypothesis.lhs - hypothesis.rhs)))
        except Unprovable:
            return []
        for unknown in _unknowns(gap, hypothesis.lhs):
            held = Dummy()
            line = expand(gap.xreplace({unknown: held}))
            slope = line.coeff(held)
            rest = expand(line - slope * held)
            if slope.is_Number and slope != 0 and not rest.has(held):
                return [(unknown, -rest / slope)]
        return []

    def _ruled(self, e: Expr) -> Expr:
        for left, right in self.rules:
            if not left.has(Wild):
                if e == left:
                    return right
            elif type(e) is type(left):
                found = e.match(left)
                if found and all(map(self._is_inside, found.values())):
                    return right.xreplace(found)
        return e

    def _is_inside(self, index: Expr) -> bool:
        """Tell whether a hypothesis for every index speaks of this one: it may be past the end."""
        return index == 0 or index in self.ranges.indices or index in self.spans

    # ------------------------------------------------------------ the normal form

    def normal(self, e: Expr) -> Expr:
        """Return `e` with every sum linear, free of constants and δ, its indices renamed."""
        if isinstance(e, (Symbol, Indexed)):
            return self._ruled(e)
        if isinstance(e, KroneckerDelta):
            return S.Zero if self._differ(*e.args[:2]) else e
        if not e.args:
            return e
        if isinstance(e, Sum):
            return self._sum(e.function, list(e.limits))
        if isinstance(e, Product):
            return self._product(e)
        if isinstance(e, Derivative):
            raise Unprovable(f"{e} has no closed form")
        e = e.func(*(self.normal(a) if isinstance(a, Expr) else a for a in e.args))
        if isinstance(e, log):
            return expand_log(e.func(factor_terms(together(e.args[0]))))
        return split_exp(e)

    def _differ(self, a: Expr, b: Expr) -> bool:
        gap = expand(a - b)
        return any(gap in (known, -known) for known in self.distinct)

    def _product(self, e: Product) -> Expr:
        # SymPy does not know that a δ is a real number.
        deltas = {d: Dummy(integer=True) for d in e.function.atoms(KroneckerDelta)}
        body = e.function.xreplace(deltas)
        if not body.is_positive:
            raise Unprovable("a product of factors that need not be positive")
        logarithm = expand_log(log(body))
        back = {dummy: d for d, dummy in deltas.items()}
        exponent = self.normal(Sum(logarithm.xreplace(back), *e.limits))
        return split_exp(exp(exponent))

    def _sum(self, body: Expr, limits: list[tuple[Symbol, Expr, Expr]]) -> Expr:
        (k, lower, upper), *outer = limits
        if (lower - upper).free_symbols & {v for v, *_ in outer}:
            raise Unprovable(f"a sum over {lower} … {upper}, which is itself an index")
        d = Dummy(integer=True)
        size = size_of_limit(upper)
        if size is not None and lower.is_nonnegative and (upper - size).is_negative:
            self.spans[d] = size
        total = self._sum_over(self.normal(body.xreplace({k: d})), d, lower, upper)
        return self._sum(total, outer) if outer else total

    def _sum_over(self, f: Expr, d: Dummy, lower: Expr, upper: Expr) -> Expr:
        if lower.is_Integer and not runs_forwards(lower, upper):
            raise Unprovable(f"the range {lower} … {upper} may run backwards")
        if lower.is_Integer and upper.is_Integer:
            return self._terms_at(f, d, range(int(lower), int(upper) + 1))
        size = size_of_limit(upper)
        if size is None or not lower.is_Integer or isinstance(size, Dummy):
            raise Unprovable(f"a sum over {lower} … {upper}")
        beyond = int(upper - size)
        total = self._full_sum(f, {d: size})
        # Any other range is 0 … n−1 with terms added or taken away at its ends.
        total -= self._terms_at(f, d, range(int(lower)))
        total += self._terms_at(f, d, range(int(lower), 0))
        total += self._terms_at(f, d, [size + m for m in range(beyond + 1)])
        total -= self._terms_at(f, d, [size + m for m in range(beyond + 1, 0)])
        return total

    def _terms_at(self, f: Expr, d: Dummy, values: Iterable[Expr | int]) -> Expr:
        terms = [self.normal(f.xreplace({d: S(value)})) for value in values]
        if not all(is_defined(term) for term in terms):
            raise Unprovable("a term that is not defined at the end of its range")
        return Add(*terms)

    def _full_sum(self, f: Expr, bounds: Bounds) -> Expr:
        return Add(*(self._sum_of_term(t, bounds) for t in Add.make_args(_multiplied_out(f))))

    def _sum_of_term(self, term: Expr, bounds: Bounds) -> Expr:
        factors, bounds = _opened(term, bounds)
        self.spans |= bounds
        deltas = [f for f in factors if isinstance(f, KroneckerDelta)]
        if (pinned := self._pinned(deltas, bounds)) is not None:
            delta, value, left = pinned
            factors.remove(delta)
            return self._again(Mul(*factors).xreplace(value), left)
        if (moved := self._shifted(Mul(*factors), bounds)) is not None:
            return moved
        # Another δ may stand inside a power, a logarithm or a denominator.
        inside = Mul(*(f for f in factors if f not in deltas)).atoms(KroneckerDelta)
        if (pinned := self._pinned(sorted(inside, key=default_sort_key), bounds)) is not None:
            # Σ_k f(k, δ_ki) = Σ_k f(k, 0) + f(i, 1) − f(i, 0)
            delta, value, left = pinned
            off, on = (Mul(*factors).xreplace({delta: d}) for d in (S.Zero, S.One))
            return (
                self._again(off, bounds)
                + self._again(on.xreplace(value), left)
                - self._again(off.xreplace(value), left)
            )
        return self._components(factors, bounds)

    def _shifted(self, f: Expr, bounds: Bounds) -> Expr | None:
        """Σ_k f(k + m) over 0 … n−1 is Σ_k f(k) over m … n−1+m."""
        if len(bounds) != 1:
            return None
        ((k, size),) = bounds.items()
        shifts = [i - k for a in f.atoms(Indexed) for i in a.indices if k in i.free_symbols]
        if not shifts or not all(m.is_Integer for m in shifts) or (m := min(shifts)) == 0:
            return None
        return self._sum_over(f.xreplace({k: k - m}), k, m, size - 1 + m)

    def _geometric(self, factors: Sequence[Expr], bounds: Bounds) -> Expr | None:
        """Σ_k c^k over 0 … n−1 is (1 − c^n)/(1 − c) where c is not 1."""
        if len(bounds) != 1:
            return None
        ((k, size),) = bounds.items()
        f = powsimp(Mul(*factors), combine="exp")
        ratio = powsimp(f.xreplace({k: k + 1}) / f, combine="exp")
        if ratio.has(k) or not ratio.is_positive or f.has(Sum, Indexed, KroneckerDelta):
            return None
        may_be_one = not (log(ratio).is_nonzero or self._differ(ratio, S.One))
        if may_be_one or simplify(f / ratio**k).has(k):
            return None
        return f.xreplace({k: S.Zero}) * (1 - ratio**size) / (1 - ratio)

    def _again(self, f: Expr, bounds: Bounds) -> Expr:
        if not is_defined(f):
            raise Unprovable("a term that is not defined where δ picks it")
        f = self.normal(f)
        return self._full_sum(f, bounds) if bounds else f

    def _covers(self, value: Expr, size: Symbol) -> bool:
        if isinstance(value, Symbol) and value not in self.ranges.indices:
            return bool(self.spans.get(value) == size)
        return runs_over(value, size, self.ranges)

    def _pinned(
        self, deltas: Iterable[KroneckerDelta], bounds: Bounds
    ) -> tuple[KroneckerDelta, dict[Symbol, Expr], Bounds] | None:
        """Find a δ that picks one value of a bound name; the other names are left."""
        for delta in deltas:
            for k, size in bounds.items():
                value = partner(delta, k)
                if value is not None and self._covers(value, size):
                    return delta, {k: value}, {v: m for v, m in bounds.items() if v != k}
        return None

    def _components(self, factors: Sequence[Expr], bounds: Bounds) -> Expr:
        """Split Σ_kΣ_l f_k g_l h into h (Σ_k f_k) (Σ_l g_l)."""
        total = S.One
        waiting = list(factors)
        names = dict(bounds)
        while names:
            group = {next(iter(names))}
            members: list[Expr] = []
            while joined := [f for f in waiting if f.free_symbols & group]:
                waiting = [f for f in waiting if f not in joined]
                members += joined
                group |= {v for f in joined for v in f.free_symbols if v in names}
            limits = {v: names.pop(v) for v in bounds if v in group}
            closed = self._geometric(members, limits) if members else Mul(*limits.values())
            total *= closed or self._ruled(_canonical(members, limits))
        return total * Mul(*waiting)

    # ------------------------------------------------------------ zero

    def vanishes(self, e: Expr) -> bool:
        """Tell whether `e` is proved to be zero."""
        try:
            return self._zero(_carried_out(e))
        except Unprovable:
            return False

    def _zero(self, e: Expr) -> bool:
        e = self.normal(e)
        delta = self._free_delta(e)
        if delta is None:
            return self._zero_without_delta(e)
        return all(case._zero(changed) for case, changed in self._cases(e, delta))

    def _free_delta(self, e: Expr) -> KroneckerDelta | None:
        deltas = [d for d in e.atoms(KroneckerDelta) if not _bound(d)]
        return min(deltas, key=default_sort_key, default=None)

    def _cases(self, e: Expr, delta: KroneckerDelta) -> list[tuple["Prover", Expr]]:
        """Return the case of equal indices and the case of different ones."""
        if len(self.distinct) > MOST_CASES:
            raise Unprovable("too many cases of indices")
        a, b = delta.args[:2]
        old, new = (a, b) if isinstance(a, Symbol) and a not in self.ranges.sizes else (b, a)
        if not isinstance(old, Symbol) or old in {*self.ranges.sizes, *new.free_symbols}:
            raise Unprovable(f"cannot split the cases of {delta}")
        same = [h.xreplace({old: new}) for h in self.given]
        # A difference that the substitution turns into Ne(j, j) marks an empty case.
        cases = []
        if S.false not in same:
            equal = self._under([h for h in same if h not in (S.true, S.false)])
            cases.append((equal, rename_bound(e, {new}).xreplace({old: new})))
        different = self._under([*self.given, Ne(a, b)])
        cases.append((different, e.xreplace({delta: S.Zero})))
        return cases

    def _under(self, given: list[Basic]) -> "Prover":
        return Prover(self.ranges, given, is_thorough=self.is_thorough)

    def _zero_without_delta(self, e: Expr) -> bool:
        e = _multiplied_out(e)
        held, sums = hold(e)
        if self._flat_zero(held):
            return True
        merged = _merged(held, sums)
        return merged is not None and all(self._flat_zero(hold(f)[0]) for f in merged.values())

    def _flat_zero(self, e: Expr) -> bool:
        """Decide an expression without sums or δ."""
        e = expand(e)
        if e == 0:
            return True
        top = expand(fraction(together(e))[0])
        if top == 0:
            return True
        return self.is_thorough and bool(simplify(expand_log(top)) == 0)

    # ------------------------------------------------------------ inequalities

    def nonnegative(self, e: Expr) -> bool:
        """Tell whether `e` is proved to be >= 0."""
        # Of a sum SymPy looks at the summand alone, whichever way its range runs.
        limits = [limit for s in e.atoms(Sum, Product) for limit in s.limits]
        if all(runs_forwards(*ends) for _, *ends in limits) and e.is_nonnegative:
            return True
        provers = [self]
        if (equations := list(map(_with_slack, self.given))) != self.given:
            provers.append(self._under(equations))
        try:
            e = _carried_out(e)
            return any(prover._at_least_zero(e, DEPTH, set()) for prover in provers)
        except Unprovable:
            return False

    def _at_least_zero(self, e: Expr, depth: int, seen: set[Expr]) -> bool:
        lower = _below_tangents_of_terms(e)
        e = self.normal(e)
        if e in seen or len(seen) >= MOST_TRIED or not is_defined(e):
            return False
        seen.add(e)
        delta = self._free_delta(e)
        if delta is not None:
            return all(case._at_least_zero(f, depth, seen) for case, f in self._cases(e, delta))
        if self._by_sign(e) or self._zero_without_delta(e):
            return True
        held, sums = hold(_multiplied_out(e))
        spreads = [g for w in (None, *self._weights()) if (g := _merged(held, sums, w)) is not None]
        if any(all(map(self._by_sign, g.values())) for g in spreads) or self._by_pairs(held, sums):
            return True
        if depth == 0:
            return False
        grounds = spreads or [{(): e}]
        weaker = [
            *lower,
            *_without_logarithm(e),
            *_as_logarithms(held, sums),
            *(f for g in grounds for f in _below_tangents(g)),
            *(f for g in grounds for f in _above_tangents(e, g)),
            *self._one_term_of_each_sum(held, sums),
        ]
        return any(self._at_least_zero(f, depth - 1, seen) for f in weaker) or any(
            self._by_slope(e, p, depth - 1, seen) for p in _movable(e)
        )

    def _weights(self) -> list[tuple[Expr, Symbol]]:
        """Return each summand w_k, with the size of its range, of which Σ_k w_k = 1 is given."""
        return [
            (left.function.xreplace({left.variables[0]: SPREAD}), left.limits[0][2] + 1)
            for left, right in self.rules
            if right == 1 and isinstance(left, Sum) and len(left.limits) == 1 and not left.has(Wild)
        ]

    def _by_sign(self, e: Expr) -> bool:
        """Look at the signs, where every weight is at most one as well."""
        if _by_assumptions(e):
            return True
        bases = {
            w.base
            for w, _ in self._weights()
            if isinstance(w, Indexed) and w.indices == (SPREAD,) and w.is_positive
        }
        table: dict[Basic, Expr] = {}
        for w in e.atoms(Indexed):
            (index, *others) = w.indices
            is_inside = self._is_inside(index) or (index.is_Symbol and _bound(index))
            if w.base in bases and is_inside and not others:
                table[w] = 1 / (1 + Dummy(nonnegative=True))
        return bool(table) and not e.has(Sum, Product) and _by_assumptions(e.xreplace(table))

    def _by_pairs(self, held: Expr, sums: dict[Dummy, Expr]) -> bool:
        """Σ_kΣ_l f(k, l) is not negative if no f(k, l) + f(l, k) is."""
        ranges = {tuple(limit[1:] for limit in s.limits) for s in sums.values()}
        if len(ranges) != 1 or not all(isinstance(s, Sum) for s in sums.values()):
            return False
        ((_, upper), *others) = ranges.pop()
        if others:
            return False
        size = upper + 1
        held = expand(held)
        if not held.is_polynomial(*sums):
            return False
        for w in (1 / size, *(w for w, n in self._weights() if n == size)):
            f = S.Zero
            for powers, slope in Poly(held, *sums).terms():
                parts = [
                    s.function.xreplace({s.variables[0]: SPREAD})
                    for s, m in zip(sums.values(), powers, strict=True)
                    for _ in range(m)
                ]
                parts += [S(w)] * (2 - len(parts))
                if len(parts) > 2:
                    return False
                f += slope * parts[0] * parts[1].xreplace({SPREAD: bound_symbol(98)})
            swapped = f.xreplace({SPREAD: bound_symbol(98), bound_symbol(98): SPREAD})
            if self._by_sign(f + swapped):
                return True
        return False

    def _by_slope(self, e: Expr, p: Symbol, depth: int, seen: set[Expr]) -> bool:
        """Whatever is not negative at 0 and does not fall on either side of it is not negative."""
        return all(
            self._grows(e.xreplace({p: sign * d}), d, depth, seen)
            for sign in ((1,) if p.is_nonnegative else (1, -1))
            for d in [Dummy(nonnegative=True)]
        )

    def _grows(self, f: Expr, d: Symbol, depth: int, seen: set[Expr]) -> bool:
        if not _is_smooth(f, d):
            return False
        start, slope = f.xreplace({d: S.Zero}), together(f.diff(d))
        return (
            is_defined(start)
            and self._at_least_zero(start, 0, seen)
            and is_defined(slope)
            and self._at_least_zero(slope, min(depth, 1), seen)
        )

    def _one_term_of_each_sum(self, held: Expr, sums: dict[Dummy, Expr]) -> list[Expr]:
        """Σ_k f_k >= f_i when no term is negative."""
        weaker = []
        for dummy, s in sorted(sums.items(), key=lambda pair: default_sort_key(pair[1])):
            slope = expand(held).coeff(dummy)
            is_full = len(s.limits) == 1 and s.limits[0][1] == 0
            if not (is_full and s.function.is_nonnegative and _by_assumptions(slope)):
                continue
            if (expand(held) - slope * dummy).has(dummy):
                continue
            k, _, upper = s.limits[0]
            for i in self.ranges.indices:
                if runs_over(i, size_of_limit(upper), self.ranges):
                    term = self.normal(s.function.xreplace({k: i}))
                    weaker.append(held.xreplace({dummy: term}).xreplace(sums))
        return weaker


def _carried_out(e: Expr) -> Expr:
    """Take the slopes, and write a tanh or a cosh with exponentials."""
    if any(v.is_integer for d in e.atoms(Derivative) for v in d.variables):
        raise Unprovable("a slope along whole numbers")
    e = differentiate(e)
    return e.replace(lambda f: isinstance(f, HyperbolicFunction), lambda f: f.rewrite(exp))


def _with_slack(h: Basic, variables: Sequence[Symbol] = ()) -> Basic:
    """Write a >= b as a = b + d with a d that is not negative, and a > b with a positive d."""
    if isinstance(h, Lambda):
        return Lambda(h.variables, _with_slack(h.expr, h.variables))
    if not isinstance(h, Ge | Gt | Le | Lt):
        return h
    sign = "positive" if isinstance(h, Gt | Lt) else "nonnegative"
    slack: Expr = Dummy("d", **{sign: True})
    if variables:
        slack = IndexedBase(slack)[tuple(variables)]
    gap = slack if isinstance(h, Ge | Gt) else -slack
    left, right = h.lhs, h.rhs
    if not left.free_symbols:
        left, right, gap = right, left, -gap
    return Eq(left, right + gap, evaluate=False)


def _bound(e: Expr) -> bool:
    return any(s.name.startswith("#") for s in e.free_symbols)


def _unknowns(gap: Expr, left: Expr) -> list[Expr]:
    """Return what a hypothesis may be solved for: a sum of its left side before a symbol."""
    sums = sorted(gap.atoms(Sum), key=default_sort_key)
    return [*sums, *([left] if isinstance(left, (Symbol, Indexed)) else [])]


def _multiplied_out(e: Expr) -> Expr:
    held, sums = hold(e)
    held = held.replace(
        lambda p: isinstance(p, Pow) and isinstance(p.base, Add) and not p.exp.is_positive,
        lambda p: Pow(factor_terms(p.base), p.exp),
    )
    return expand(held).xreplace(sums)


def _opened(term: Expr, bounds: Bounds) -> tuple[list[Expr], Bounds]:
    """Turn a factor Σ_l g(k, l) under Σ_k into g(k, l) under Σ_kΣ_l."""
    bounds = dict(bounds)
    factors: list[Expr] = []
    for f in Mul.make_args(term):
        base, power = f.as_base_exp()
        is_inside = bool(f.free_symbols & set(bounds))
        if is_inside and isinstance(base, KroneckerDelta) and power.is_positive:
            factors.append(base)
        elif is_inside and isinstance(base, Sum) and power.is_Integer and power > 0:
            for _ in range(int(power)):
                names = {v: Dummy(integer=True) for v in base.variables}
                bounds |= {names[v]: upper + 1 for v, _, upper in base.limits}
                factors += Mul.make_args(base.function.xreplace(names))
        else:
            factors.append(f)
    return factors, bounds


def _canonical(factors: Sequence[Expr], bounds: Bounds) -> Expr:
    body = Mul(*factors)
    inside = [int(v.name[1:]) for s in body.atoms(Sum) for v in s.variables]
    start = max(inside, default=-1) + 1
    new = [bound_symbol(start + m) for m in range(len(bounds))]
    choices = []
    for order in permutations(bounds):
        f = body.xreplace(dict(zip(order, new, strict=True)))
        limits = [(v, 0, bounds[old] - 1) for old, v in zip(order, new, strict=True)]
        choices.append(Sum(f, *limits))
    best: Sum = min(choices, key=default_sort_key)
    k = best.variables[0]
    is_number_sum = len(bounds) == 1 and best.function.is_polynomial(k) and not best.has(Indexed)
    return best.doit() if is_number_sum else best


def _merged(
    held: Expr, sums: dict[Dummy, Expr], weight: tuple[Expr, Symbol] | None = None
) -> Merged | None:
    """Return one summand for each range when `held` is Σ_m c_m S_m + rest; None when it is not.

    Σ_m c_m S_m + rest is zero, or not negative, if every summand is. The rest is spread over a
    range evenly, or by a weight w_k of which Σ_k w_k = 1 is given.
    """
    held = expand(held)
    groups: Merged = {}
    rest = held
    for dummy, s in sums.items():
        slope = held.coeff(dummy)
        if slope == 0 and held.has(dummy):
            continue  # inside a function: it stays in the rest
        if len(s.limits) != 1 or not isinstance(s, Sum) or slope == 0:
            return None
        k, *limits = s.limits[0]
        key = tuple(limits)
        groups[key] = groups.get(key, S.Zero) + slope * s.function.xreplace({k: SPREAD})
        rest = expand(rest - slope * dummy)
    if weight is not None:
        groups.setdefault((S.Zero, weight[1] - 1), S.Zero)
    linear = {d for d, s in sums.items() if held.coeff(d) != 0}
    if not groups or any(rest.has(d) or f.has(d) for d in linear for f in groups.values()):
        return None
    place = next(iter(groups)) if weight is None else (S.Zero, weight[1] - 1)
    groups[place] += rest * (1 / (place[1] + 1) if weight is None else weight[0])
    return {limits: f.xreplace(sums) for limits, f in groups.items()}


def _by_assumptions(e: Expr) -> bool:
    if e.is_nonnegative:
        return True
    held, sums = hold(e)
    held = _without_exponentials(held)
    return any(f(held).xreplace(sums).is_nonnegative for f in (factor, together, _squares))


def _without_exponentials(e: Expr) -> Expr:
    """Write 1 + u + w for e^u, with a w that is not negative, where u is not."""
    table: dict[Basic, Expr] = {}
    above: dict[Expr, Expr] = {}
    for f in e.atoms(exp):
        u = f.args[0]
        size = u if u.is_nonnegative else -u if u.is_nonpositive else None
        if size is None:
            continue
        number, base = size.as_coeff_Mul()
        if not number.is_Integer:
            number, base = S.One, size
        more = above.setdefault(base, 1 + base + Dummy(nonnegative=True))
        table[f] = more ** (number if u.is_nonnegative else -number)
    return e.xreplace(table)


def _squares(e: Expr) -> Expr:
    above, below = fraction(together(e))
    return factor(above) / factor(below)


def _without_logarithm(e: Expr) -> list[Expr]:
    """Return e^e − 1, multiplied by its denominator: it has the same sign as `e`."""
    held, sums = hold(_multiplied_out(e))
    power = S.One
    rest = held
    for f in sorted(held.atoms(log), key=default_sort_key):
        slope = held.coeff(f)
        if not (slope.is_Rational and f.args[0].is_positive):
            return []
        power *= f.args[0] ** slope
        rest = expand(rest - slope * f)
    if power == 1 or not rest.is_real:
        return []
    above, below = fraction(together(power * split_exp(exp(rest)), deep=True))
    return [(above - below).xreplace(sums)] if below.is_positive else []


def _as_logarithms(held: Expr, sums: dict[Dummy, Expr]) -> list[Expr]:
    """Return log a − log b for a − b: it has the same sign where both are positive."""
    terms = Add.make_args(held)
    if len(terms) != 2:
        return []
    values = [term.xreplace(sums) for term in terms]
    for a, b in (values, values[::-1]):
        if a.is_positive and b.is_negative:
            return [expand_log(log(a)) - expand_log(log(-b))]
    return []


def _added(summands: Merged) -> Expr:
    """Return the sum over each range; what has no range stands as it is."""
    return Add(*(Sum(f, (SPREAD, *limits)) if limits else f for limits, f in summands.items()))


def _above_tangents(e: Expr, merged: Merged) -> list[Expr]:
    """Return what is left of `e` when e^u >= e^m (1 + u − m) is used on each of its powers."""
    exponents = [f.args[0] for f in e.atoms(exp) if f.args[0].is_real]
    places = [S.Zero, *(u for u in exponents if not _bound(u))]
    places = sorted(dict.fromkeys(places), key=default_sort_key)[:MOST_PLACES]
    weaker = []
    for place in places:
        raised = {limits: _above_tangent(f, place) for limits, f in merged.items()}
        if raised != merged:
            weaker.append(_added(raised))
    return weaker


def _above_tangent(e: Expr, place: Expr) -> Expr:
    held, sums = hold(_multiplied_out(e))
    held = rest = expand(powsimp(held, combine="exp"), power_exp=False)
    for f in sorted(rest.atoms(exp), key=default_sort_key):
        slope = rest.coeff(f)
        u = f.args[0].xreplace(sums)
        if u != place and u.is_real and slope != 0 and slope.xreplace(sums).is_nonnegative:
            rest = expand(rest - slope * f, power_exp=False) + slope * exp(place) * (1 + u - place)
    return e if rest == held else rest.xreplace(sums)


def _movable(e: Expr) -> list[Symbol]:
    """Return the symbols of which `e` is a function with a slope: few, free of every Σ."""
    held, sums = hold(e)
    inside = {a for s in sums.values() for a in s.free_symbols}
    labels = {a.base.label for a in e.atoms(Indexed)}
    free = [a for a in held.free_symbols if a not in sums and a not in inside and a not in labels]
    named = [a for a in free if a.is_real and not a.is_integer]
    return sorted(named, key=default_sort_key)[:MOST_PLACES]


def _is_smooth(e: Expr, d: Symbol) -> bool:
    """Tell whether `e` has a slope at every d >= 0."""
    if not e.has(d):
        return True
    if isinstance(e, Pow) and not (e.exp.is_Integer and e.exp.is_nonnegative):
        return bool(e.base.is_positive or (e.exp.is_Integer and e.base.is_nonzero)) and all(
            _is_smooth(a, d) for a in e.args
        )
    if isinstance(e, log) and not e.args[0].is_positive:
        return False
    return e == d or (
        isinstance(e, Add | Mul | Pow | exp | log) and all(_is_smooth(a, d) for a in e.args)
    )


def _below_tangents(merged: Merged) -> list[Expr]:
    """Return what is left when log u <= u − 1 is used on each of the logarithms."""
    lowered = {limits: _below_tangent(f) for limits, f in merged.items()}
    return [] if None in lowered.values() else [_added(lowered)]


def _below_tangents_of_terms(e: Expr) -> list[Expr]:
    """Use log u <= u − 1 term by term, on the logarithms as they are written."""
    lowered = []
    for term in Add.make_args(e):
        factors = Mul.make_args(term)
        sums = [f for f in factors if isinstance(f, Sum)]
        if len(sums) > 1:
            return []
        weight, inner, limits = term, S.One, []
        if sums:
            # A weight such as s_k must not be caught by the name that the sum binds.
            weight = term / sums[0]
            inner, *limits = rename_bound(sums[0], weight.free_symbols).args
        inner *= weight
        bound = _below_tangent(inner) if inner.has(log) else inner
        if bound is None:
            return []
        lowered.append(Sum(bound, *limits) if sums else bound)
    return [] if (total := Add(*lowered)) == e else [total]


def _below_tangent(e: Expr) -> Expr | None:
    held, sums = hold(_multiplied_out(e))
    arguments: dict[Expr, Expr] = {}
    rest = held
    for f in sorted(held.atoms(log), key=default_sort_key):
        slope = held.coeff(f)
        number, weight = slope.as_coeff_Mul()
        arguments[weight] = arguments.get(weight, S.One) * f.args[0] ** number
        rest = expand(rest - slope * f)
    if not arguments or rest.has(log):
        return None
    for weight, u in arguments.items():
        w = weight.xreplace(sums)
        if not (u.is_positive and (w.is_nonnegative or w.is_nonpositive)):
            return None
        rest += weight * (1 - 1 / u if w.is_nonnegative else u - 1)
    return rest.xreplace(sums)

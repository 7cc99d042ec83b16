"""The algebra of Σ over a symbolic range: what a derivation does to a line, and how it is proved.

The tactics `differentiate`, `collapse`, `fold` and `combine` each change one thing and leave the
rest as it stands. `Prover` decides whether an expression is zero, or at least not negative, by
bringing its sums to one normal form. A free index stands for any number in its range 0 … n−1.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from sympy import (
    Add,
    Basic,
    Derivative,
    Dummy,
    Expr,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    Mul,
    Product,
    S,
    Sum,
    Symbol,
    Wild,
    exp,
    expand,
    factor_terms,
)

from evidence.algebra.ranges import Ranges, size_of_limit

Tactic: TypeAlias = Callable[[Expr], Expr]

LETTERS = "klmqruvw"


# ---------------------------------------------------------------- bound names


def bound_names(e: Basic) -> set[Symbol]:
    """Return the names that a Σ or Π in `e` binds."""
    return {limit[0] for s in e.atoms(Sum, Product) for limit in s.limits}


def fresh_name(taken: Iterable[Symbol]) -> Symbol:
    """Return an index whose letter occurs in none of the names."""
    names = {symbol.name for symbol in taken}
    rounds = ("", *(f"_{i}" for i in range(1, 99)))
    name = next(a + r for r in rounds for a in LETTERS if a + r not in names)
    return Symbol(name, integer=True)


def rename_bound(e: Expr, taken: Iterable[Symbol]) -> Expr:
    """Give every bound name of `e` that is in `taken` a fresh letter."""
    clash = sorted(bound_names(e) & set(taken), key=str)
    for old in clash:
        new = fresh_name({*taken, *e.atoms(Symbol)})
        e = e.replace(
            lambda s, old=old: isinstance(s, (Sum, Product)) and old in s.variables,
            lambda s, old=old, new=new: _rename(s, old, new),
        )
    return e


def _rename(s: Expr, old: Symbol, new: Symbol) -> Expr:
    place = s.variables.index(old)
    # The ranges of the names inside it may depend on it, as in Σ_l Σ_{k ≤ l}.
    inner = [limit.xreplace({old: new}) for limit in s.limits[:place]]
    _, lower, upper = s.limits[place]
    limits = [*inner, (new, lower, upper), *s.limits[place + 1 :]]
    return s.func(s.function.xreplace({old: new}), *limits)


def with_own_names(e: Basic) -> Basic:
    """Give all that a Σ, a Π or a Lambda in `e` binds a name that occurs nowhere else."""
    if isinstance(e, Lambda):
        new = {v: Dummy(v.name, integer=True) for v in e.variables}
        return Lambda(tuple(new.values()), with_own_names(e.expr).xreplace(new))
    return e.replace(lambda s: isinstance(s, (Sum, Product)), _with_own_names)


def _with_own_names(s: Expr) -> Expr:
    for name in s.variables:
        s = _rename(s, name, Dummy(name.name, integer=True))
    return s


# ---------------------------------------------------------------- tactics


def differentiate(e: Expr) -> Expr:
    """Carry out the derivatives in `e` and nothing else."""
    return e.replace(lambda d: isinstance(d, Derivative), _carry_out)


def _carry_out(d: Derivative) -> Expr:
    # SymPy captures: Σ_k exp(z_k) differentiated by z_k gives the whole sum back.
    f = rename_bound(d.expr, {s for v in d.variables for s in v.free_symbols})
    return f.diff(*d.variables)


def collapse(e: Expr) -> Expr:
    """Σ_k δ_jk f_k = f_j; sums of sums are split, and constants pulled out of them."""
    ranges = Ranges([e])
    return e.replace(lambda s: isinstance(s, Sum), lambda s: _collapse(s, ranges))


def _collapse(s: Sum, ranges: Ranges) -> Expr:
    body, *limits = s.args
    for k, lower, upper in limits:
        body = _collapse_one(body, k, lower, upper, ranges)
    return body


def _collapse_one(body: Expr, k: Symbol, lower: Expr, upper: Expr, ranges: Ranges) -> Expr:
    size = size_of_limit(upper) if lower == 0 else None
    is_full = size is not None and upper == size - 1
    total = S.Zero
    for term in Add.make_args(_expand(body)):
        constant, inner = term.as_independent(k, as_Add=False)  # a Σ_k binds its own k
        delta = next((d for d in Mul.make_args(inner) if _pins(d, k)), None)
        pinned = None if delta is None else partner(delta, k)
        if is_full and pinned is not None and runs_over(pinned, size, ranges):
            rest = rename_bound(inner / delta, pinned.free_symbols)
            total += constant * rest.subs(k, pinned)
        elif inner == 1 and is_full:
            total += constant * size
        else:
            total += constant * Sum(inner, (k, lower, upper))
    return total


def _pins(d: Expr, k: Symbol) -> bool:
    return isinstance(d, KroneckerDelta) and partner(d, k) is not None


def partner(delta: KroneckerDelta, k: Symbol) -> Expr | None:
    """Return the value of k at which the δ is one, or None when it does not say."""
    gap = delta.args[0] - delta.args[1]
    slope = gap.coeff(k)
    if slope not in (1, -1):
        return None
    value = expand(k - gap / slope)
    return None if k in value.free_symbols else value


def runs_over(index: Expr, size: Symbol, ranges: Ranges) -> bool:
    """Tell whether an index is sure to lie in 0 … size−1, for every size from 1 on.

    A free index does, and so does j + d, another one, written as the first plus a free difference.
    """
    if isinstance(index, Symbol):
        return index not in ranges.sizes and bool(ranges.of_index(index) == size)
    if index == 0 or expand(index - size + 1) == 0:
        return True
    symbols = index.free_symbols
    is_free = symbols <= {*ranges.indices, *ranges.offsets}
    return is_free and bool(symbols & set(ranges.offsets)) and ranges.sizes == [size]


def _expand(e: Expr) -> Expr:
    """Multiply out, with the sums in `e` held fixed."""
    held, sums = hold(e)
    return expand(held).xreplace(sums)


def fold(s: IndexedBase, z: IndexedBase | Lambda, Z: Expr) -> Tactic:  # noqa: N803
    """Return the tactic that writes s_a Z for every e^{z_a}.

    Parameters
    ----------
    s : IndexedBase
        The name to fold into.
    z : IndexedBase or Lambda
        The exponent; `Lambda(k, z[k] / T)` when it is more than z itself.
    Z : Expr
        The normaliser, such as Σ_l e^{z_l}.

    Returns
    -------
    Callable
        A function for `Derivation.step`.
    """
    pattern, power = Wild("a", properties=[is_index]), Wild("p", properties=[_is_number])
    exponent = (z(pattern) if isinstance(z, Lambda) else z[pattern]) * power
    mask = Dummy("Z", positive=True)

    def unexp(e: Expr) -> Expr:
        m = e.args[0].match(exponent)
        return e if not m else (s[m[pattern]] * mask) ** m[power]

    def tactic(e: Expr) -> Expr:
        masked = e.replace(lambda f: isinstance(f, Sum), lambda f: mask if same_sum(f, Z) else f)
        masked = masked.replace(lambda f: isinstance(f, exp), split_exp)
        masked = masked.replace(lambda f: isinstance(f, exp), unexp)
        masked = masked.replace(lambda f: isinstance(f, Sum), _pull_out)
        return _expand(masked).xreplace({mask: Z})

    return tactic


def split_exp(e: Expr) -> Expr:
    """Write e^{a+b} as e^a e^b; SymPy's own expand makes a Π of the e^Σ in it."""
    if not isinstance(e, exp):
        return e
    return Mul(*(exp(term) for term in Add.make_args(_expand(e.args[0]))))


def is_index(e: Expr) -> bool:
    """Tell whether an expression may stand where an index stands."""
    return bool(e.is_integer)


def _is_number(e: Expr) -> bool:
    return bool(e.is_Rational) and e != 0


def same_sum(a: Expr, b: Expr) -> bool:
    """Tell whether two expressions are equal up to the names that sums bind."""
    return bool(a == b or a.as_dummy() == b.as_dummy())


def _pull_out(s: Sum) -> Expr:
    f = factor_terms(s.function)
    constant, inner = f.as_independent(*s.variables, as_Add=False)
    return constant * Sum(inner, *s.limits)


def combine(e: Expr) -> Expr:
    """Merge the sums over one range: Σf − cΣg becomes Σ(f − cg)."""
    groups: dict[tuple[Expr, ...], list[tuple[Sum, Expr]]] = {}
    rest = S.Zero
    for term in Add.make_args(_expand(e)):
        sums = [f for f in Mul.make_args(term) if isinstance(f, Sum)]
        if len(sums) != 1:
            rest += term
            continue
        (s,) = sums
        key = tuple(b for limit in s.limits for b in limit[1:])
        groups.setdefault(key, []).append((s, term / s))
    return rest + Add(*(_merged(members) for members in groups.values()))


def _merged(members: Sequence[tuple[Sum, Expr]]) -> Sum:
    # A weight such as v_j must not be caught by the common names, nor a Σ inside.
    taken = {symbol for s, weight in members for symbol in (s * weight).free_symbols}
    sums = sorted((s for s, _ in members), key=lambda s: str(s.variables))
    first = next((s for s in sums if not taken & set(s.variables)), None)
    if first is None:
        first = rename_bound(sums[0], taken)
    names = first.variables
    total = S.Zero
    for s, weight in members:
        inner = rename_bound(s.function, names).xreplace(dict(zip(s.variables, names, strict=True)))
        total += inner * rename_bound(weight, names)
    return Sum(total, *first.limits)


def hold(e: Expr) -> tuple[Expr, dict[Dummy, Expr]]:
    """Put a plain symbol of the same sign for every outermost Σ and Π."""
    table: dict[Expr, Dummy] = {}

    def walk(a: Basic) -> Basic:
        if isinstance(a, (Sum, Product)):
            return table.setdefault(a, _stand_in(a))
        if not a.args or isinstance(a, Indexed) or not a.has(Sum, Product):
            return a
        return a.func(*(walk(b) for b in a.args))

    held = walk(e)
    return held, {dummy: s for s, dummy in table.items()}


def _stand_in(e: Expr) -> Dummy:
    if e.is_positive:
        return Dummy(positive=True)
    if e.is_nonnegative:
        return Dummy(nonnegative=True)
    return Dummy(real=True) if e.is_real else Dummy()

"""TeX as a textbook sets it: s_i(δ_ij − s_j), sums last, minus signs where they read best."""

# ruff: noqa: N802  (the names of the methods are SymPy's)

import re
from collections.abc import Sequence
from typing import Any

from sympy import (
    Add,
    Derivative,
    Expr,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Mul,
    Pow,
    Product,
    Sum,
    Symbol,
    exp,
    fraction,
    log,
)
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

DIGITS_MEET = re.compile(r"(\d) (?=\d)")
ATOMS = (Symbol, Indexed, AppliedUndef)


class TextbookPrinter(LatexPrinter):  # type: ignore[misc]
    """SymPy's printer with the habits of a textbook.

    Parameters
    ----------
    n : Symbol, optional
        A sum over the whole range 0 … n−1 is written Σ_k.
    """

    def __init__(self, n: Symbol | None = None) -> None:
        super().__init__({"fold_short_frac": False})
        self.n = n

    def _print_Indexed(self, e: Indexed) -> str:
        name, below, own = str(self._print(e.base)).partition("_")
        indices = [self._print(i) for i in e.indices]
        if below:  # W_0 with the index q: two marks at one foot
            indices = [own.strip("{}"), *indices]
            return f"{name}_{{{','.join(indices)}}}"
        return f"{name}_{{{_side_by_side(indices)}}}"

    def _print_IndexedBase(self, e: IndexedBase) -> str:
        return str(self._print(e.label))

    def _print_KroneckerDelta(self, e: KroneckerDelta, exp: str | None = None) -> str:
        delta = rf"\delta_{{{_side_by_side([self._print(i) for i in e.args[:2]])}}}"
        return delta if exp is None else f"{delta}^{{{exp}}}"

    # ------------------------------------------------------------ + and ·

    def _print_Add(self, e: Add, order: Any = None) -> str:
        terms = [(self._grouped(t), t) for t in self._as_ordered_terms(e, order=order)]
        terms.sort(key=lambda term: (term[0].startswith("-"), term[1].has(Sum)))
        text = str(terms[0][0])
        for term, _ in terms[1:]:
            text += f" - {term[1:].lstrip()}" if term.startswith("-") else f" + {term}"
        return text

    def _print_Mul(self, e: Mul) -> str:
        coefficient, rest = e.as_coeff_Mul()
        factors = list(Mul.make_args(rest))
        if coefficient.is_negative and (coefficient, len(factors)) != (-1, 1):
            coefficient, factors = _without_minus(-coefficient, factors)
        sign = "" if coefficient.is_positive or not coefficient.is_comparable else "- "
        above, below = fraction(Mul(abs(coefficient), *factors, evaluate=False), exact=True)
        if below.is_Integer and below != 1 and above.has(Sum):
            # ½ Σ rather than a sum above a 2.
            number, above = above.as_coeff_Mul()
            return f"{sign}{self._print(number / below)} {self._row(above, has_company=True)}"
        if below == 1:
            return sign + self._row(above, has_company=bool(sign))
        return rf"{sign}\frac{{{self._row(above)}}}{{{self._row(below)}}}"

    def _row(self, e: Expr, *, has_company: bool = False) -> str:
        """Print factors side by side, the ones that reach farthest last."""
        factors = sorted(Mul.make_args(e), key=_rank)
        if not all(f.is_Number for f in factors):
            factors = [f for f in factors if f != 1]
        *others, last = factors
        texts = [self._grouped(f) if isinstance(f, Add) else self._closed(f) for f in others]
        texts.append(self._grouped(last) if others or has_company else self._print(last))
        first = 0 if has_company else 1
        texts[first:] = [rf"\left({t}\right)" if t.startswith("-") else t for t in texts[first:]]
        return DIGITS_MEET.sub(r"\1 \\cdot ", " ".join(texts))

    def _grouped(self, e: Expr) -> str:
        """Print a sum of terms in brackets, anything else as it is."""
        text = self._print(e)
        return rf"\left({text}\right)" if isinstance(e, Add) else str(text)

    def _closed(self, e: Expr) -> str:
        """Print what may stand before a factor: nothing that would reach over it."""
        reaches_far = isinstance(e, (Mul, Sum, Product, Derivative)) or _is_bare_log(e)
        return rf"\left({self._print(e)}\right)" if reaches_far else str(self._print(e))

    # ------------------------------------------------------------ functions

    def _print_log(self, e: log, exp: str | None = None) -> str:
        text = self._print(e.args[0])
        text = rf"\log {text}" if _is_bare_log(e) else rf"\log\left({text}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _print_ExpBase(self, e: Expr, exp: str | None = None) -> str:
        above, below = fraction(e.args[0], exact=True)
        power = self._print(e.args[0])
        if below != 1 and _is_short(below):
            over = self._print(above)
            far = above.has(Add, Sum, Product, log)
            power = (f"({over})" if far else over) + f" / {self._print(below)}"
        text = rf"e^{{{power}}}"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _print_Sum(self, e: Sum) -> str:
        return self._big(r"\sum", e)

    def _print_Product(self, e: Product) -> str:
        return self._big(r"\prod", e)

    def _big(self, sign: str, e: Sum | Product) -> str:
        text = "".join(f"{sign}{self._range(*limit)} " for limit in reversed(e.limits))
        body = self._print(e.function)
        needs_brackets = isinstance(e.function, Add) or body.startswith("-")
        return text + (rf"\left({body}\right)" if needs_brackets else body)

    def _range(self, k: Symbol, lower: Expr, upper: Expr) -> str:
        if self.n is not None and lower == 0 and upper == self.n - 1:
            return rf"_{{{self._print(k)}}}"
        return rf"_{{{self._print(k)}={self._print(lower)}}}^{{{self._print(upper)}}}"

    def _print_Derivative(self, e: Derivative) -> str:
        d = r"\partial" if _is_partial(e) else "d"
        order = sum(count for _, count in e.variable_count)
        power = "" if order == 1 else f"^{{{order}}}"
        below = r" \, ".join(
            f"{d} {self._print(v)}" + ("" if count == 1 else f"^{{{count}}}")
            for v, count in reversed(e.variable_count)
        )
        if isinstance(e.expr, ATOMS):
            return rf"\frac{{{d}{power} {self._print(e.expr)}}}{{{below}}}"
        body = self.parenthesize(e.expr, PRECEDENCE["Mul"], strict=True)
        if body.startswith("-"):
            body = rf"\left({body}\right)"
        return rf"\frac{{{d}{power}}}{{{below}}} {body}"


def tex(e: Expr, n: Symbol | None = None) -> str:
    r"""Return the TeX of an expression.

    >>> from sympy import IndexedBase, KroneckerDelta, symbols
    >>> i, j = symbols("i j", integer=True)
    >>> s = IndexedBase("s")
    >>> print(tex((KroneckerDelta(i, j) - s[j]) * s[i]))
    s_{i} \left(\delta_{ij} - s_{j}\right)
    """
    return str(TextbookPrinter(n).doprint(e))


def _side_by_side(indices: Sequence[str]) -> str:
    is_plain = all(len(i) == 1 for i in indices) and not all(i.isdigit() for i in indices)
    return ("" if is_plain else ",").join(indices)


def _without_minus(coefficient: Expr, factors: list[Expr]) -> tuple[Expr, list[Expr]]:
    """Write −s(s − 1) as s(1 − s); without such a factor the minus stays."""
    for m, f in enumerate(factors):
        if isinstance(f, Add) and any(t.could_extract_minus_sign() for t in f.args):
            return coefficient, [*factors[:m], -f, *factors[m + 1 :]]
    return -coefficient, factors


def _rank(f: Expr) -> tuple[int, str]:
    kinds: list[Any] = [
        Symbol,
        (Indexed, AppliedUndef),
        exp,
        KroneckerDelta,
        Pow,
        Add,
        log,
        Derivative,
        Product,
        Sum,
    ]
    if f.is_Number:
        return -1, ""
    goes_by_base = isinstance(f, Pow) and not isinstance(f, exp) and not isinstance(f.base, Sum)
    base = f.base if goes_by_base else f
    return next((m for m, kind in enumerate(kinds) if isinstance(base, kind)), 4), str(f)


def _is_bare_log(f: Expr) -> bool:
    """Tell whether the logarithm is written without brackets."""
    return isinstance(f, log) and isinstance(f.args[0], (*ATOMS, Sum))


def _is_short(e: Expr) -> bool:
    return isinstance(e, Symbol) or bool(e.is_Integer)


def _is_partial(e: Derivative) -> bool:
    if isinstance(e.expr, Symbol):
        return False
    names = {s for s in e.expr.free_symbols if isinstance(s, Symbol) and not s.is_integer}
    return len(names) > 1 or any(isinstance(v, Indexed) for v in e.variables)

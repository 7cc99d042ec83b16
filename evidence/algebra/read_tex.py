r"""TeX as an author writes it in a sentence, read as SymPy; no code of the printer's is used.

>>> from sympy import Symbol
>>> x = Symbol("x", real=True)
>>> read(r"\tanh x \le \tfrac12 x^2", {"x": x})
[(tanh(x), '<=', x**2/2)]

What the reader does not know to be one thing only is `Unreadable`: it never guesses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy import (
    Abs,
    Derivative,
    Expr,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Product,
    Rational,
    Subs,
    Sum,
    Symbol,
)
from sympy.core.function import UndefinedFunction

Vocabulary = Mapping[str, Any]
Relation = tuple[Expr, str, Expr]

RELATIONS = {"=": "=", "<": "<", ">": ">", r"\le": "<=", r"\leq": "<=", r"\ge": ">=", r"\geq": ">="}
TOKEN = re.compile(r"\\(?:left|right)?[|()\[\]]|\\[A-Za-z]+|\d+(?:\.\d+)?|[A-Za-zͰ-Ͽ]|'|\S")
SPACE = re.compile(r"\\[,;:! ]|~|\\(?:q?quad|displaystyle|textstyle|[bB]igg?[lr]?)(?![A-Za-z])")
SHORT = re.compile(r"\\[tdc]?frac(?![A-Za-z])")
NAMED = re.compile(r"\\(?:operatorname|mathrm|text)\{(\w+)\}")
OPEN = {"(": ")", r"\left(": r"\right)", "[": "]", r"\left[": r"\right]"}
FUNCTIONS = ("exp", "log", "sin", "cos", "tanh", "sinh", "cosh", "erf")
ENDS = {"", "+", "-", ")", "]", "}", ",", "|", r"\right)", r"\right]", r"\right|", *RELATIONS}


class Unreadable(ValueError):  # noqa: N818
    """A formula that has no single meaning here."""


def read(tex: str, vocabulary: Vocabulary, n: Symbol | None = None) -> list[Relation]:
    """Read a = b or a chain a ≤ b ≤ c; ``vocabulary`` says what each name of the TeX stands for."""
    return _Reader(tex, vocabulary, n).relations()


class _Reader:
    def __init__(self, tex: str, vocabulary: Vocabulary, n: Symbol | None) -> None:
        text = NAMED.sub(r"\\\1 ", SHORT.sub(r"\\frac", SPACE.sub(" ", tex)))
        self.tokens: list[str] = [*TOKEN.findall(text.strip().rstrip(".,;")), ""]
        self.at = 0
        self.vocabulary = vocabulary
        self.n = n

    @property
    def next(self) -> str:
        return self.tokens[self.at]

    def take(self, *wanted: str) -> str:
        token = self.next
        if wanted and token not in wanted:
            raise Unreadable(f"{token or 'the end'!r} where {' or '.join(wanted)} was expected")
        self.at += 1
        return token

    def relations(self) -> list[Relation]:
        sides, signs = [self.sum()], []
        while self.next in RELATIONS:
            signs.append(RELATIONS[self.take()])
            sides.append(self.sum())
        self.take("")
        if not signs:
            raise Unreadable("it states nothing")
        return list(zip(sides, signs, sides[1:], strict=False))

    def sum(self) -> Expr:
        value = Integer(0) if self.next == "-" else self.product()
        while self.next in ("+", "-"):
            sign = -1 if self.take() == "-" else 1
            value += sign * self.product()
        return value

    def product(self) -> Expr:
        value = self.factor()
        while self.next not in ENDS:
            if self.next == "/":
                self.take()
                value = value / self.factor()
                if self.next not in ENDS:
                    raise Unreadable("how far a / reaches is not clear: write \\frac")
            else:
                if self.next in (r"\cdot", r"\times"):
                    self.take()
                value = value * self.factor()
        return value

    def factor(self) -> Expr:
        value = self.atom()
        while self.next == "^":
            self.take()
            value = value ** self.group()
        return value

    def group(self) -> Expr:
        """Read {a + b}, or the one digit or letter that TeX takes without braces."""
        if self.next == "{":
            self.take()
            value = self.sum()
            self.take("}")
            return value
        if self.next.isdigit() and len(self.next) > 1:  # \frac12 is a half
            first, rest = self.next[0], self.next[1:]
            self.tokens[self.at : self.at + 1] = [first, rest]
        return self.atom()

    def atom(self) -> Expr:
        token = self.take()
        if token in OPEN:
            value = self.sum()
            self.take(OPEN[token])
            return value
        if token in ("|", r"\left|"):
            value = self.sum()
            self.take("|" if token == "|" else r"\right|")
            return Abs(value)
        if token == "{":
            self.at -= 1
            return self.group()
        if token[0].isdigit():
            return Rational(token)
        if token == "e" and self.next == "^":
            self.take()
            return sympy.exp(self.group())
        reader: Callable[[], Expr] | None = {
            r"\frac": self.fraction,
            r"\partial": self.slope,
            r"\sum": lambda: self.big(Sum),
            r"\prod": lambda: self.big(Product),
            r"\delta": self.delta,
            r"\sqrt": self.root,
        }.get(token)
        if reader is not None and token not in self.vocabulary:
            return reader()
        return self.named(token)

    def named(self, token: str) -> Expr:
        known = self.vocabulary.get(token)
        if known is None and token.removeprefix("\\") in FUNCTIONS and token[0] == "\\":
            known = getattr(sympy, token[1:])
        if known is None:
            raise Unreadable(f"{token!r} has no meaning here")
        if isinstance(known, IndexedBase):
            return known[self.indices()]
        if isinstance(known, Expr):
            return known
        return self.applied(known)

    def applied(self, function: Any) -> Expr:
        """Read f(x), f'(x), f²(x) or log x."""
        order, power = 0, Integer(1)
        while self.next == "'":
            self.take()
            order += 1
        if self.next == "^":
            self.take()
            power = self.group()
        if self.next in OPEN or self.next == "{":
            value = self.atom()
        elif isinstance(function, UndefinedFunction):
            raise Unreadable(f"{function} of what?")
        else:  # log Σ_k a_k takes the sum with it, log x y is not clear
            value = self.product() if self.next in (r"\sum", r"\prod") else self.factor()
            if self.next not in ENDS:
                raise Unreadable("how far a function without brackets reaches is not clear")
        result = function(value)
        if order:
            variable = value if isinstance(value, Symbol) else Symbol("xi", real=True)
            result = Derivative(function(variable), (variable, order))
            result = result if value == variable else Subs(result, variable, value)
        return result**power

    def indices(self) -> tuple[Expr, ...]:
        self.take("_")
        if self.next != "{":
            return (self.group(),)
        self.take("{")
        found = [self.sum_of_index()]
        while self.next != "}":
            are_apart = self.next == ","
            if are_apart:
                self.take()
            found.append(self.sum_of_index())
            if not are_apart and any(index.is_Add for index in found[-2:]):
                raise Unreadable("where one index ends and the next begins is not clear")
        self.take("}")
        return tuple(found)

    def sum_of_index(self) -> Expr:
        """Read one of the indices side by side in ij, or n − 1."""
        value = self.group()
        while self.next in ("+", "-"):
            sign = -1 if self.take() == "-" else 1
            value += sign * self.group()
        return value

    def delta(self) -> Expr:
        indices = self.indices()
        if len(indices) != 2:
            raise Unreadable("δ takes two indices")
        return KroneckerDelta(*indices)

    def fraction(self) -> Expr:
        derivative = self.tokens[self.at : self.at + 2] in (["{", r"\partial"], ["{", "d"])
        if not derivative:
            above = self.group()
            return above / self.group()
        self.take("{")
        d = self.take()
        body = None if self.next == "}" else self.product()
        self.take("}")
        self.take("{")
        self.take(d)
        variable = self.factor()
        self.take("}")
        return Derivative(self.product() if body is None else body, variable)

    def root(self) -> Expr:
        order: Expr = Integer(2)
        if self.next == "[":
            self.take()
            order = self.sum()
            self.take("]")
        return self.group() ** (1 / order)

    def slope(self) -> Expr:
        """Read ∂a/∂b on one line."""
        body = self.factor()
        self.take("/")
        self.take(r"\partial")
        return Derivative(body, self.factor())

    def big(self, kind: type[Sum | Product]) -> Expr:
        self.take("_")
        braces = self.next == "{"
        if braces:
            self.take()
        name = self.take()
        first: Expr = Integer(0)
        if self.next == "=":
            self.take()
            first = self.sum()
        if braces:
            self.take("}")
        last = None if self.n is None else self.n - 1
        if self.next == "^":
            self.take()
            last = self.group()
        if last is None:
            raise Unreadable("a sum over how many?")
        outside, index = self.vocabulary, Symbol(name, integer=True)
        if not getattr(outside.get(name, index), "is_integer", False):
            raise Unreadable(f"{name} is no index")
        self.vocabulary = {**outside, name: index}
        body = self.product()
        self.vocabulary = outside
        return kind(body, (index, first, last))

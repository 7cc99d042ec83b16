"""Read TeX back as a reader of the page does, and work it out: no code of the printer's is used.

Spaces mean nothing; a Σ reaches to the end of its product and not over a plus; a logarithm without
brackets must stand last in its product, so that nobody wonders how far it reaches.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

import mpmath

TOKEN = re.compile(r"\\left\(|\\cdot|\\right\)|\\[a-z]+|\d+|[a-zA-Z]|[-+^_{}()/,=\[\]]")
GREEK = {r"\epsilon", r"\sigma", r"\lambda"}


class Reader:
    """The value of some TeX where the symbols and indices have values."""

    def __init__(self, text: str, values: Mapping, size: int) -> None:
        self.tokens = [*TOKEN.findall(text), ""]
        # Two numbers side by side are one number to the eye.
        both = [(a, b) for a, b in pairwise(self.tokens) if a.isdigit() and b.isdigit()]
        assert not both, f"{text} reads as if {both} were one number"
        self.at = 0
        self.values = dict(values)
        self.size = size

    def read(self):
        """Return the value of the whole."""
        value = self.sum()
        assert self.next == "", f"left over: {self.tokens[self.at :]}"
        return value

    @property
    def next(self) -> str:
        return self.tokens[self.at]

    def take(self, *wanted: str) -> str:
        """Go on by one token, which must be one of those named."""
        token = self.next
        assert not wanted or token in wanted, f"{token!r} where {wanted} was expected"
        self.at += 1
        return token

    def sum(self):
        """a + b − c."""
        value = mpmath.mpf(0)
        if self.next != "-":
            value = self.product()
        while self.next in ("+", "-"):
            sign = -1 if self.take() == "-" else 1
            value += sign * self.product()
        return value

    def product(self):
        """A b c, a · b, or a / b in an exponent."""
        value = self.factor()
        is_open = self.was_bare_log
        while self.next not in ("", "+", "-", "}", r"\right)", ")", ",", "=", "]"):
            assert not is_open, "something follows a logarithm without brackets"
            if self.next == "/":
                self.take()
                value = value / self.factor()
            else:
                if self.next == r"\cdot":
                    self.take()
                value = value * self.factor()
            is_open = self.was_bare_log
        return value

    def factor(self):
        """An atom and its exponent."""
        is_log = self.next == r"\log"
        value = self.atom()
        was_bare_log = is_log and self.was_bare_log
        if self.next == "^":
            self.take()
            value = mpmath.power(value, self.group())
        self.was_bare_log = was_bare_log
        return value

    def group(self):
        """{a + b}."""
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def atom(self):
        token = self.take()
        if token.isdigit():
            return mpmath.mpf(token)
        if token in (r"\left(", "("):
            value = self.sum()
            self.take(r"\right)" if token == r"\left(" else ")")
            return value
        if token == "{":
            self.at -= 1
            return self.group()
        if token == r"\frac":
            above = self.group()
            return above / self.group()
        if token == r"\sqrt":
            order = 2
            if self.next == "[":
                self.take()
                order = self.sum()
                self.take("]")
            return mpmath.power(self.group(), 1 / mpmath.mpf(order))
        if token == "e" and self.next == "^":
            self.take()
            return mpmath.exp(self.group())
        if token == "e":
            return mpmath.e
        if token == r"\log":
            return self.logarithm()
        if token in (r"\sum", r"\prod"):
            return self.big(token)
        if token == r"\delta":
            a, b = self.indices()
            return mpmath.mpf(a == b)
        assert token.isalpha() or token in GREEK, f"{token!r} is no atom"
        if self.next == "_":
            return self.values[token, *self.indices()]
        return self.values[token]

    def logarithm(self):
        if self.next in (r"\left(", "("):
            value, self.was_bare_log = self.atom(), False
            return mpmath.log(value)
        bare = self.product() if self.next in (r"\sum", r"\prod") else self.atom()
        self.was_bare_log = True
        return mpmath.log(bare)

    def indices(self) -> tuple[int, ...]:
        """_{ij}, _{i,j} or _{n − 1}."""
        self.take("_")
        self.take("{")
        start, depth = self.at, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self.take(), 0)
        inside = self.tokens[start : self.at - 1]
        if len(inside) > 1 and all(token.isalnum() for token in inside):
            return tuple(int(token) if token.isdigit() else self.values[token] for token in inside)
        self.at = start
        found = [int(self.sum())]
        while self.next == ",":
            self.take()
            found.append(int(self.sum()))
        self.take("}")
        return tuple(found)

    def big(self, sign: str):
        self.take("_")
        self.take("{")
        name, first, last = self.take(), 0, self.size - 1
        if self.next == "=":
            self.take()
            first = int(self.sum())
        self.take("}")
        if self.next == "^":
            self.take()
            last = int(self.group())
        start, before, parts = self.at, self.values.get(name), []
        for value in range(first, last + 1):
            self.at = start
            self.values[name] = value
            parts.append(self.product())
        self.values[name] = before
        assert parts, "an empty range"
        return mpmath.fsum(parts) if sign == r"\sum" else mpmath.fprod(parts)

"""What a sentence writes is read as what a reader would take it for, or not at all."""

from random import Random

import pytest
from sympy import (
    Abs,
    Derivative,
    Function,
    I,
    KroneckerDelta,
    Rational,
    S,
    Subs,
    Symbol,
    cos,
    exp,
    log,
    pi,
    sqrt,
    tanh,
)

from evidence.algebra.ranges import Ranges
from evidence.algebra.read_tex import Unreadable, read
from evidence.algebra.search import CannotEvaluate, Point, Undefined, evaluate
from evidence.algebra.tex import tex
from tests.evidence.algebra.test_tex import AT, SIZE, W, numbers, p, some_expression
from tests.evidence.notation import T, i, j, k, l, n, over, s, t, v, x, z

sigma = Function(r"\sigma")
KNOWN = {symbol.name: symbol for symbol in (i, j, k, l, n, T, x, p)}
KNOWN |= {"W": W, "z": z, "s": s, "t": t, "v": v, r"\sigma": sigma}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"x = \tfrac12", [(x, "=", S.Half)]),
        (r"x = \frac 34", [(x, "=", Rational(3, 4))]),
        (r"0.25 \le x \leq 1", [(Rational(1, 4), "<=", x), (x, "<=", S.One)]),
        (r"0 < x", [(S.Zero, "<", x)]),
        (r"x \geq 2x^2", [(x, ">=", 2 * x**2)]),
        (r"\sigma'(x) = \sigma(x)(1-\sigma(x))", [
            (Derivative(sigma(x), x), "=", sigma(x) * (1 - sigma(x)))
        ]),
        (r"\sigma''(x) = 0", [(Derivative(sigma(x), (x, 2)), "=", S.Zero)]),
        (r"\partial s_i/\partial z_j = s_i (\delta_{ij} - s_j)", [
            (Derivative(s[i], z[j]), "=", s[i] * (KroneckerDelta(i, j) - s[j]))
        ]),
        (r"\frac{\partial s_i}{\partial z_j} = 0", [(Derivative(s[i], z[j]), "=", S.Zero)]),
        (r"\sum_k s_k = 1", [(over(s[k]), "=", S.One)]),
        (r"\sum_{k} s_k v_k + x = 1", [(over(s[k] * v[k]) + x, "=", S.One)]),
        (r"\log\sum_l e^{z_l} = x", [(log(over(exp(z[l]), l)), "=", x)]),
        (r"|x| = \left|x\right|", [(Abs(x), "=", Abs(x))]),
        (r"\tanh x = \cos{x}", [(tanh(x), "=", cos(x))]),
        (r"\sqrt{x} = T", [(sqrt(x), "=", T)]),
        (r"x / T = \bigl(x\bigr) \cdot 2", [(x / T, "=", 2 * x)]),
        (r"W_{ij} = W_{i,j}", [(W[i, j], "=", W[i, j])]),
        (r"z_{n-1} = z_0", [(z[n - 1], "=", z[0])]),
        (r"W_{i,n-1} = W_{i-1,j}", [(W[i, n - 1], "=", W[i - 1, j])]),
    ],
)  # fmt: skip
def test_formulas_of_sentences(text, expected):
    assert read(text, KNOWN, n) == expected


def test_a_slope_at_a_point():
    [(left, _, right)] = read(r"\sigma'(0) = \frac14", KNOWN, n)
    assert isinstance(left, Subs)
    assert (left.point[0], right) == (0, Rational(1, 4))


@pytest.mark.parametrize(
    "text",
    [
        "x",  # nothing is stated
        "Q = 3",  # unknown
        r"J \mathbf 1 = 0",
        r"\log x y = 1",  # how far does it reach?
        r"x/2 y = 1",
        r"\sigma = 1",  # of what?
        r"x \approx 1",
        r"x = 1, 2",
        r"(x = 1",
        r"x \to 0",
        r"\sum_x s_x = 1",  # x is no index
        "W_{in-1} = x",  # (i, n − 1), or (in, −1)?
        "W_{i-1j} = x",
    ],
)
def test_what_is_not_one_thing_only_is_not_read(text):
    with pytest.raises(Unreadable):
        read(text, KNOWN, n)


def test_a_sum_without_an_end_is_not_read():
    with pytest.raises(Unreadable, match="how many"):
        read(r"\sum_k s_k = 1", KNOWN)


def test_what_the_printer_prints_is_read_as_what_was_meant():
    """The printer and the reader share no code, so each is a second source for the other."""
    random, values = Random(7), numbers()
    count, unread, wrong = 0, 0, []
    while count < 1500:
        e = some_expression(random, random.choice([1, 2, 2, 3]))
        point = Point({n: SIZE}, Ranges([], n), 0, S.One)
        point.values = dict(values)
        if e.has(Abs, I, pi):
            continue
        try:
            expected = evaluate(e, point, AT)
        except (ArithmeticError, CannotEvaluate, Undefined, ValueError):
            continue
        count += 1
        text = f"{tex(e, n)} = {tex(Symbol('x', real=True))}"
        try:
            [(found, _, _)] = read(text, KNOWN, n)
            value = evaluate(found, point, AT)
        except (ArithmeticError, CannotEvaluate, Undefined, Unreadable):
            unread += 1
            continue
        if abs(value - expected) > 1e-9 * (1 + abs(expected)):
            wrong.append(f"{e}: {text}: {found}")
    assert not wrong, "\n".join(wrong[:10])
    assert unread < count / 4

"""TeX as a textbook sets it; every expected string is what a textbook would print."""

from random import Random

import mpmath
import pytest
from sympy import (
    Abs,
    Derivative,
    Function,
    I,
    IndexedBase,
    KroneckerDelta,
    Mul,
    Pow,
    Product,
    Rational,
    S,
    Sum,
    Symbol,
    exp,
    expand,
    factor_terms,
    log,
    pi,
    together,
)

from evidence.algebra.ranges import Ranges
from evidence.algebra.search import CannotEvaluate, Point, Undefined, evaluate
from evidence.algebra.tex import tex
from tests.evidence.algebra.tex_reader import Reader
from tests.evidence.notation import D, T, i, j, k, l, n, over, q, s, t, v, x, z

p = Symbol("p", positive=True)
W = IndexedBase("W")


@pytest.mark.parametrize(
    ("e", "expected"),
    [
        ((KroneckerDelta(i, j) - s[j]) * s[i], r"s_{i} \left(\delta_{ij} - s_{j}\right)"),
        (-p * (p - 1), r"p \left(1 - p\right)"),
        (-p * (p - 1) * (2 * p - 1), r"p \left(1 - p\right) \left(2 p - 1\right)"),
        (-s[i] * s[j], r"- s_{i} s_{j}"),
        (s[j] - t[j], r"s_{j} - t_{j}"),
        (-t[j] + s[j], r"s_{j} - t_{j}"),
        (-t[i] / s[i], r"- \frac{t_{i}}{s_{i}}"),
        (W[i, q] * x, r"x W_{iq}"),
        (IndexedBase("W_0")[q], r"W_{0,q}"),
        (v[n - 1], r"v_{n - 1}"),
        (W[i, n - 1], r"W_{i,n - 1}"),
        (exp(z[i]) / over(exp(z[l]), l), r"\frac{e^{z_{i}}}{\sum_{l} e^{z_{l}}}"),
        (exp(z[i] / T), r"e^{z_{i} / T}"),
        (1 / (1 + exp(-x)), r"\frac{1}{1 + e^{- x}}"),
        (Sum(v[q], (q, 0, D - 1)), r"\sum_{q=0}^{D - 1} v_{q}"),
        (Sum(v[k], (k, 1, n - 1)), r"\sum_{k=1}^{n - 1} v_{k}"),
        (over(v[k] - t[k]), r"\sum_{k} \left(v_{k} - t_{k}\right)"),
        (over(v[k]) ** 2, r"\left(\sum_{k} v_{k}\right)^{2}"),
        (over(v[k]) * over(t[k]), r"\left(\sum_{k} t_{k}\right) \sum_{k} v_{k}"),
        (over(over(s[i] * s[j], i), j) / 2, r"\frac{1}{2} \sum_{j} \sum_{i} s_{i} s_{j}"),
        (-over(t[k] * log(s[k])), r"- \sum_{k} t_{k} \log s_{k}"),
        (log(over(exp(z[k]))) - z[i], r"\log \sum_{k} e^{z_{k}} - z_{i}"),
        (log(1 + x), r"\log\left(x + 1\right)"),
        (log(p) * over(t[k]), r"\left(\log p\right) \sum_{k} t_{k}"),
        (Derivative(s[i], z[j]), r"\frac{\partial s_{i}}{\partial z_{j}}"),
        (Derivative(p, x), r"\frac{d p}{d x}"),
        (Derivative(Function("f")(x), (x, 2)), r"\frac{d^{2} f{\left(x \right)}}{d x^{2}}"),
        (
            Derivative(-over(t[k]), z[j]),
            r"\frac{\partial}{\partial z_{j}} \left(- \sum_{k} t_{k}\right)",
        ),
        (Rational(1, 4) * x, r"\frac{x}{4}"),
        (-x / 2, r"- \frac{x}{2}"),
    ],
)
def test_textbook_form(e, expected):
    assert " ".join(tex(e, n).split()) == expected


def some_expression(random, depth):
    """Make an expression of this field: sums, products, powers, fractions, exp, log, δ, indices."""

    def some():
        return some_expression(random, depth - 1)

    if depth == 0 or random.random() < 0.1:
        index = random.choice([i, j, k, l, n - 1, S(0), S(2)])
        one = [x, T, p, n, W[i, index], KroneckerDelta(i, index), *(b[index] for b in (z, s, t, v))]
        return random.choice([*one, S(random.randint(-3, 12)), Rational(random.randint(-5, 5), 3)])
    a, b = some(), some()
    makers = [
        lambda: a + b,
        lambda: a - b,
        lambda: a * b,
        lambda: -(a + b),
        lambda: Mul(-1, a + b, evaluate=False),
        lambda: a / b,
        lambda: a ** random.choice([2, 3, -1, -2, S.Half, -S.Half, Rational(2, 3), n, -x]),
        lambda: random.choice([2, 3, 10, Rational(2, 3), p]) ** a,
        lambda: exp(a),
        lambda: exp(a / random.choice([2, T, x])),
        lambda: log(a),
        lambda: log(a) ** random.choice([2, -1]) * b,
        lambda: Sum(a, (random.choice([k, l]), 0, n - 1)),
        lambda: Sum(a * b, (k, random.choice([0, 1]), n - 1)) / 2,
        lambda: Product(a, (k, 0, n - 1)),
        lambda: factor_terms(a - b),
        lambda: together(a + b),
        lambda: expand(a * b),
    ]
    return random.choice(makers)()


def read_back(text, point):
    known = {
        name if not indices else (name, *indices): value for (name, indices), value in point.items()
    }
    return Reader(text, known, SIZE).read()


SIZE = 3
AT = {i: 1, j: 2, k: 0, l: 1}


def numbers():
    random = Random(0)
    names = [(name, (m,)) for name in "zstv" for m in range(SIZE)]
    names += [("W", (a, b)) for a in range(SIZE) for b in range(SIZE)]
    names += [(name, ()) for name in ("x", "T", "p")]
    return {name: mpmath.mpf(random.randint(100, 900)) / 512 for name in names}


def test_what_is_printed_is_what_is_meant():
    random, values, count, wrong = Random(1), numbers(), 0, []
    known = values | {(symbol.name, ()): m for symbol, m in {**AT, n: SIZE}.items()}
    while count < 5000:
        e = some_expression(random, random.choice([1, 2, 2, 2, 3, 3]))
        point = Point({n: SIZE}, Ranges([], n), 0, S.One)
        point.values = dict(values)
        if e.has(Abs, I, pi):
            continue
        try:
            expected = evaluate(e, point, AT)
        except (ArithmeticError, CannotEvaluate, Undefined, ValueError):
            continue
        if not mpmath.isfinite(expected) or abs(expected) > 1e30:
            continue
        count += 1
        text = tex(e, random.choice([n, None]))
        try:
            found = read_back(text, known)
        except (ArithmeticError, AssertionError, KeyError, ValueError) as error:
            wrong.append(f"{e}: {text}: {error}")
            continue
        if abs(found - expected) > 1e-9 * (1 + abs(expected)):
            wrong.append(f"{e}: {text}: {found} for {expected}")
    assert not wrong, "\n".join(wrong[:10])


def test_the_reader_tells_wrong_from_right():
    known = {("x", ()): mpmath.mpf(2), ("p", ()): mpmath.mpf(3), ("n", ()): 3}
    known |= {("z", (m,)): mpmath.mpf(m + 1) for m in range(3)}
    for text, value in {
        "3 x - p": 3,
        r"3 \cdot 2^{n}": 24,
        r"- \left(x + p\right)": -5,
        "- x + p": 1,
        r"\sum_{k} z_{k} x + p": 15,
        r"\sum_{k=1}^{n - 1} z_{k}^{2}": 13,
        r"e^{(x + p) / 5}": mpmath.e,
        r"\frac{x}{p} p": 2,
        r"x \log p": 2 * mpmath.log(3),
        r"\left(\log p\right)^{2}": mpmath.log(3) ** 2,
    }.items():
        assert abs(read_back(text, known) - value) < 1e-9, text
    for text in ("3 2^{n}", r"\log p x", "x +", r"\left(x"):
        with pytest.raises((AssertionError, KeyError)):
            read_back(text, known)


@pytest.mark.parametrize(
    ("e", "expected"),
    [
        (factor_terms(-log(p) - 1), r"- \left(\log p + 1\right)"),
        (Mul(-1, x + p, evaluate=False), r"- \left(p + x\right)"),
        (
            over(Mul(-1, s[k] - 1, evaluate=False)),
            r"\sum_{k} \left(- \left(s_{k} - 1\right)\right)",
        ),
        (3 * 2**n, r"3 \cdot 2^{n}"),
        (log(p) ** 2, r"\left(\log p\right)^{2}"),
        (Pow(KroneckerDelta(i, j), 2, evaluate=False), r"\delta_{ij}^{2}"),
        (
            Mul(S.Half, over(v[k]) + x, evaluate=False),
            r"\frac{1}{2} \left(x + \sum_{k} v_{k}\right)",
        ),
        (exp(log(p) / T), r"e^{(\log p) / T}"),
        (W[1, 2], r"W_{1,2}"),
    ],
)
def test_what_was_printed_wrong(e, expected):
    assert " ".join(tex(e, n).split()) in (expected, expected.replace("p + x", "x + p"))

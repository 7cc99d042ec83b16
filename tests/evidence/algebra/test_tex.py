"""TeX as a textbook sets it; every expected string is what a textbook would print."""

import pytest
from sympy import Derivative, Function, IndexedBase, KroneckerDelta, Rational, Sum, Symbol, exp, log

from evidence.algebra.tex import tex
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

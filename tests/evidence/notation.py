# ruff: noqa: E741
"""The symbols that the tests of the engine share."""

from sympy import Eq, IndexedBase, Lambda, Sum, Symbol, exp, symbols

n, D, M = symbols("n D M", integer=True, positive=True)
a, b, c, i, j, k, l, q, r = symbols("a b c i j k l q r", integer=True)
z, t, v = (IndexedBase(name, real=True) for name in "ztv")
s = IndexedBase("s", positive=True)
T = Symbol("T", positive=True)
x = Symbol("x", real=True)


def over(f, index=k, size=n):
    """Return Σ of f over a whole range."""
    return Sum(f, (index, 0, size - 1))


Z = over(exp(z[l]), l)
SOFTMAX = {s: Lambda(i, exp(z[i]) / Z)}
ONE_T = Eq(over(t[k]), 1)
ONE_S = Eq(over(s[k]), 1)

"""Forty true steps, each proved, and forty false ones, each refused with a point."""

import pytest
from sympy import (
    Derivative,
    Eq,
    KroneckerDelta,
    Lambda,
    Ne,
    Product,
    Rational,
    Sum,
    Symbol,
    cosh,
    exp,
    log,
    sqrt,
    tanh,
)

from evidence import Derivation, FalseStep, StepError
from tests.evidence.notation import (
    ONE_S,
    ONE_T,
    SOFTMAX,
    D,
    T,
    Z,
    a,
    b,
    c,
    i,
    j,
    k,
    l,
    n,
    over,
    q,
    r,
    s,
    t,
    v,
    x,
    z,
)

delta = KroneckerDelta
p = Symbol("p", positive=True)
eps = Symbol("epsilon", positive=True)
y = Symbol("y", real=True)
sigma = 1 / (1 + exp(-x))
mean = over(s[l] * v[l], l)
entropy = -over(t[k] * log(s[k]))

TRUE = {
    "softmax sums to one": (over(s[k]), 1, SOFTMAX, []),
    "Jacobian": (Derivative(s[i], z[j]), s[i] * (delta(i, j) - s[j]), SOFTMAX, []),
    "Jacobian is symmetric": (Derivative(s[i], z[j]), s[j] * (delta(i, j) - s[i]), SOFTMAX, []),
    "rows of J sum to zero": (over(s[i] * (delta(i, k) - s[k])), 0, {}, [ONE_S]),
    "columns of J sum to zero": (over(s[k] * (delta(k, j) - s[j])), 0, {}, [ONE_S]),
    "trace of J": (over(s[k] * (1 - s[k])), 1 - over(s[k] ** 2), {}, [ONE_S]),
    "log Jacobian": (Derivative(log(s[i]), z[j]), delta(i, j) - s[j], SOFTMAX, []),
    "ratio": (s[i] / s[j], exp(z[i] - z[j]), SOFTMAX, []),
    "log ratio": (log(s[i] / s[j]), z[i] - z[j], SOFTMAX, []),
    "cross-entropy": (Derivative(entropy, z[j]), s[j] - t[j], SOFTMAX, [ONE_T]),
    "cross-entropy, any targets": (
        Derivative(entropy, z[j]),
        s[j] * over(t[k]) - t[j],
        SOFTMAX,
        [],
    ),
    "gradient sums to zero": (over(s[k] - t[k]), 0, {}, [ONE_S, ONE_T]),
    "one-hot loss": (-over(delta(k, c) * log(s[k])), -log(s[c]), {}, []),
    "one-hot gradient": (Derivative(-log(s[c]), z[j]), s[j] - delta(j, c), SOFTMAX, []),
    "CE = LSE − t·z": (entropy, log(Z) - over(t[k] * z[k]), SOFTMAX, [ONE_T]),
    "CE = H + KL": (
        -over(s[k] * log(p * s[k])),
        -over(s[k] * log(s[k])) - log(p),
        {},
        [ONE_S],
    ),
    "gradient of LSE": (Derivative(log(Z), z[j]), s[j], SOFTMAX, []),
    "Hessian of LSE": (
        Derivative(log(Z), z[i], z[j]),
        s[i] * (delta(i, j) - s[j]),
        SOFTMAX,
        [],
    ),
    "LSE shifts": (log(over(exp(z[k] + x))), x + log(Z), {}, []),
    "variance": (over(s[k] * (v[k] - mean) ** 2), over(s[k] * v[k] ** 2) - mean**2, {}, [ONE_S]),
    "covariance": (
        over(s[k] * (v[k] - mean) * (z[k] - over(s[l] * z[l], l))),
        over(s[k] * v[k] * z[k]) - mean * over(s[k] * z[k]),
        {},
        [ONE_S],
    ),
    "pairs": (
        over(over(s[i] * s[j] * (v[i] - v[j]) ** 2, i), j),
        2 * over(s[k] * v[k] ** 2) - 2 * mean**2,
        {},
        [ONE_S],
    ),
    "sums commute": (
        over(over(t[k] * v[l] * exp(z[k] * z[l]), k), l),
        over(over(t[k] * v[l] * exp(z[k] * z[l]), l), k),
        {},
        [],
    ),
    "square of a sum": (over(v[k]) ** 2, over(over(v[k] * v[l]), l), {}, []),
    "δ picks one term": (over(v[k] * delta(k, j)), v[j], {}, []),
    "two δ": (over(v[k] * delta(k, j) * delta(k, i)), v[j] * delta(i, j), {}, []),
    "δ under a square": (over((v[k] - delta(k, j)) ** 2), over(v[k] ** 2) - 2 * v[j] + 1, {}, []),
    "δ in an exponent": (Product(s[k] ** delta(k, c), (k, 0, n - 1)), s[c], {}, []),
    "δ in a denominator": (
        over(v[k] / (1 + delta(k, j))),
        over(v[k]) - v[j] / 2,
        {},
        [],
    ),
    "first term split off": (Sum(v[k], (k, 1, n - 1)), over(v[k]) - v[0], {}, []),
    "last term split off": (Sum(v[k], (k, 0, n - 2)), over(v[k]) - v[n - 1], {}, []),
    "δ in a short range": (
        Sum(v[k] * delta(k, j), (k, 1, n - 1)),
        v[j] - v[0] * delta(j, 0),
        {},
        [],
    ),
    "all but one": (over((1 - delta(k, j)) * v[k]), over(v[k]) - v[j], {}, []),
    "different indices": (delta(i, j) * v[i] + v[j], v[j], {}, [Ne(i, j)]),
    "temperature": (
        Derivative(T * log(over(exp(z[k] / T))), z[j]),
        exp(z[j] / T) / over(exp(z[k] / T)),
        {},
        [],
    ),
    "log of a product": (log(Product(s[k], (k, 0, n - 1))), over(log(s[k])), {}, []),
    "smoothed targets sum to one": (over((1 - eps) * t[k] + eps / n), 1, {}, [ONE_T]),
    "σ′": (Derivative(p, x), p * (1 - p), {p: sigma}, []),
    "σ″": (Derivative(p, (x, 2)), p * (1 - p) * (1 - 2 * p), {p: sigma}, []),
    "σ and tanh": (2 * sigma - 1, tanh(x / 2), {}, []),
    "symmetry of σ": (sigma.subs(x, -x), 1 - sigma, {}, []),
    "σ′ by cosh": (Derivative(sigma, x), 1 / (4 * cosh(x / 2) ** 2), {}, []),
    "softplus′": (Derivative(log(1 + exp(x)), x), sigma, {}, []),
    "softplus": (log(1 + exp(x)) - log(1 + exp(-x)), x, {}, []),
}

FALSE = {
    "missing minus, Jacobian": (Derivative(s[i], z[j]), s[i] * (delta(i, j) + s[j]), SOFTMAX, []),
    "i for j": (Derivative(s[i], z[j]), s[i] * (delta(i, j) - s[i]), SOFTMAX, []),
    "diagonal everywhere": (Derivative(s[i], z[j]), s[i] * (1 - s[i]), SOFTMAX, []),
    "off the diagonal only": (Derivative(s[i], z[j]), -s[i] * s[j], SOFTMAX, []),
    "δ lost": (Derivative(log(s[i]), z[j]), 1 - s[j], SOFTMAX, []),
    "dropped Σt = 1": (Derivative(entropy, z[j]), s[j] - t[j], SOFTMAX, []),
    "dropped Σs = 1": (over(s[k] * (1 - s[k])), 1 - over(s[k] ** 2), {}, []),
    "t − s": (Derivative(entropy, z[j]), t[j] - s[j], SOFTMAX, [ONE_T]),
    "subtract one": (Derivative(-log(s[c]), z[j]), s[j] - 1, SOFTMAX, []),
    "wrong index in a sum": (over(s[k] * v[k]), over(s[k] * v[j]), {}, []),
    "bound index leaks": (over(s[k] * v[l]), over(s[k] * v[k]), {}, []),
    "product of sums": (over(s[k] * v[k]), over(s[k]) * over(v[k]), {}, []),
    "square under the sum": (over(v[k]) ** 2, over(v[k] ** 2), {}, []),
    "log of a sum": (log(Z), over(z[k]), {}, []),
    "exp of a sum": (exp(over(z[k])), Z, {}, []),
    "δ outside its range": (Sum(v[k] * delta(k, j), (k, 1, n - 1)), v[j], {}, []),
    "δ past the end": (over(v[k] * delta(k, j + 1)), v[j + 1], {}, []),
    "δ before the start": (over(v[k] * delta(k, j - 1)), v[j - 1], {}, []),
    "one short at the end": (over(v[k]), Sum(v[k], (k, 0, n - 2)), {}, []),
    "one short at the start": (over(v[k]), Sum(v[k], (k, 1, n - 1)), {}, []),
    "one too many": (over(v[k]), Sum(v[k], (k, 0, n)), {}, []),
    "counted from one": (over(v[k]), Sum(v[k], (k, 1, n)), {}, []),
    "lost 2": (over((v[k] - mean) ** 2 * s[k]), over(s[k] * v[k] ** 2) - 2 * mean**2, {}, [ONE_S]),
    "lost ½": (
        over(over(s[i] * s[j] * (v[i] - v[j]) ** 2, i), j),
        over(s[k] * v[k] ** 2) - mean**2,
        {},
        [ONE_S],
    ),
    "lost n": (over(x), x, {}, []),
    "n for n − 1": (over(x), (n - 1) * x, {}, []),
    "lost T": (
        Derivative(log(over(exp(z[k] / T))), z[j]),
        exp(z[j] / T) / over(exp(z[k] / T)),
        {},
        [],
    ),
    "T² for T": (Derivative(z[i] / T, z[j]), delta(i, j) / T**2, {}, []),
    "shift kept": (log(over(exp(z[k] + x))), log(Z), {}, []),
    "shift times n": (log(over(exp(z[k] + x))), n * x + log(Z), {}, []),
    "ratio upside down": (s[i] / s[j], exp(z[j] - z[i]), SOFTMAX, []),
    "smoothing by n − 1": (over((1 - eps) * t[k] + eps / (n - 1)), 1, {}, [ONE_T]),
    "σ′ = σ(1+σ)": (Derivative(p, x), p * (1 + p), {p: sigma}, []),
    "σ″ sign": (Derivative(p, (x, 2)), p * (1 - p) * (2 * p - 1), {p: sigma}, []),
    "σ is even": (sigma.subs(x, -x), sigma, {}, []),
    "tanh of x": (2 * sigma - 1, tanh(x), {}, []),
    "wrong domain, root": (sqrt(x**2), x, {}, []),
    "wrong domain, log": (log(x**2), 2 * log(x), {}, []),
    "undefined at n = 1": (1 + p, p + (n - 1) / (n - 1 + 0 * p) + delta(n, 1) / (n - 1), {}, []),
    "same index": (delta(i, j) * v[i] + v[j], v[j], {}, []),
    "wrong axis": (
        Derivative(Sum(x * t[q], (q, 0, D - 1)), t[c]),
        x * over(delta(c, q), q, D) * 2,
        {},
        [],
    ),
    "sign in the exponent": (sigma, exp(-x) / (1 + exp(-x)), {}, []),
    "trace of J is one": (over(s[k] * (1 - s[k])), 1, {}, [ONE_S]),
    "variance without the square": (
        over(s[k] * (v[k] - mean) ** 2),
        over(s[k] * v[k] ** 2) - mean,
        {},
        [ONE_S],
    ),
}


def prove(left, right, define, given):
    return Derivation(left, "step", n=n, define=define, given=given).step("claimed", right)


@pytest.mark.parametrize("name", TRUE)
def test_true_step_is_proved(name):
    (line,) = prove(*TRUE[name]).lines
    assert line.evidence == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_step_is_refused_with_a_point(name):
    with pytest.raises(FalseStep, match="is false at"):
        prove(*FALSE[name])


INEQUALITIES = {
    "a square": (x**2, 0, ">=", []),
    "a mean square": (over(s[k] * v[k] ** 2), 0, ">=", []),
    "σ is at most one": (sigma, 1, "<=", []),
    "σ′ is at most ¼": (sigma * (1 - sigma), Rational(1, 4), "<=", []),
    "exp above its tangent": (log(p), p - 1, "<=", []),
    "one term below the sum": (Z, exp(z[j]), ">=", []),
    "LSE above each logit": (log(Z), z[j], ">=", []),
    "KL": (over(s[k] * log(s[k] / p)), 1 - n * p, ">=", [ONE_S]),
}
WRONG_WAY = {
    "a square": (x**2, 0, "<=", []),
    "a square above its root": (x**2, x, ">=", []),
    "σ is at most ½": (sigma, Rational(1, 2), "<=", []),
    "sum below one term": (Z, exp(z[j]), "<=", []),
    "entropy is at least log n": (-over(s[k] * log(s[k])), log(n), ">=", [ONE_S]),
    "LSE below log n": (log(Z), log(n), "<=", []),
}


@pytest.mark.parametrize("name", INEQUALITIES)
def test_inequality_is_proved(name):
    left, right, relation, given = INEQUALITIES[name]
    chain = Derivation(left, "step", n=n, given=given).step("claimed", right, relation)
    assert chain.lines[0].evidence == "proved"
    assert chain.relation == relation


@pytest.mark.parametrize("name", WRONG_WAY)
def test_wrong_inequality_is_refused(name):
    left, right, relation, given = WRONG_WAY[name]
    with pytest.raises(FalseStep, match="is false at"):
        Derivation(left, "step", n=n, given=given).step("claimed", right, relation)


def test_there_are_forty_of_each():
    assert len(TRUE) >= 40
    assert len(FALSE) >= 40
    assert issubclass(FalseStep, StepError)


def test_every_row_of_a_hypothesis():
    rows = [Lambda(r, Eq(over(t[r, k]), 1))]
    chain = Derivation(over(t[a, k] + t[b, k]), "rows", n=n, given=rows)
    assert chain.step("each is one", 2).lines[0].evidence == "proved"

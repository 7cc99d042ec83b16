"""True steps of this field, from an author's desk: how many of them are proved for every n?"""

from sympy import (
    Eq,
    Ge,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    Le,
    Lt,
    Ne,
    Product,
    Rational,
    Symbol,
    cosh,
    exp,
    log,
    sinh,
    sqrt,
    symbols,
    tanh,
)

from tests.evidence.notation import ONE_S, Z, i, j, k, l, n, over, r, s, v, x, z

p, c, h = symbols("p c h", positive=True)
y = Symbol("y", real=True)
eps = Symbol("epsilon", positive=True)
u = IndexedBase("u", positive=True)
w = IndexedBase("w", positive=True)
b = IndexedBase("b", real=True)
W = IndexedBase("W", real=True)
ONE_U = Eq(over(u[k]), 1)
BELOW = Lambda(r, Le(z[r], x))
sigma = 1 / (1 + exp(-x))
delta = KroneckerDelta
mean = over(s[l] * v[l], l)
entropy = -over(s[k] * log(s[k]))

STEPS = {
    # tangents
    "e^x lies above 1 + x": (exp(x), x + 1, ">=", []),
    "e^-x lies above 1 - x": (exp(-x), 1 - x, ">=", []),
    "e^x lies above e x": (exp(x), exp(1) * x, ">=", []),
    "e^x lies above its tangent at y": (exp(x), exp(y) * (1 + x - y), ">=", []),
    "log u is at most u - 1": (log(p), p - 1, "<=", []),
    "log u is at least 1 - 1/u": (log(p), 1 - 1 / p, ">=", []),
    "log lies below its tangent at c": (log(p), log(c) + (p - c) / c, "<=", []),
    "log(1 + p) is at most p": (log(1 + p), p, "<=", []),
    "log(1 + p) is at least p/(1 + p)": (log(1 + p), p / (1 + p), ">=", []),
    "log(1 + p) is positive": (log(1 + p), 0, ">=", []),
    "softplus lies above x": (log(1 + exp(x)), x, ">=", []),
    "softplus is positive": (log(1 + exp(x)), 0, ">=", []),
    "softplus is at least x/2 + log 2": (log(1 + exp(x)), x / 2 + log(2), ">=", []),
    "log sigma is negative": (log(sigma), 0, "<=", []),
    "x log x lies above x - 1": (p * log(p), p - 1, ">=", []),
    # one variable
    "tanh p is at most p": (tanh(p), p, "<=", []),
    "sinh p is at least p": (sinh(p), p, ">=", []),
    "cosh is at least one": (cosh(x), 1, ">=", []),
    "tanh is at most one": (tanh(x), 1, "<=", []),
    "e^p is at least 1 + p + p²/2": (exp(p), 1 + p + p**2 / 2, ">=", []),
    "1 - e^-p is at most p": (1 - exp(-p), p, "<=", []),
    "1 - e^-p is at least p - p²/2": (1 - exp(-p), p - p**2 / 2, ">=", []),
    "e^-p is at most 1/(1 + p)": (exp(-p), 1 / (1 + p), "<=", []),
    "log(1 + p) is at least p - p²/2": (log(1 + p), p - p**2 / 2, ">=", []),
    "sigma is positive": (sigma, 0, ">=", []),
    "sigma of p is at least ½": (1 / (1 + exp(-p)), Rational(1, 2), ">=", []),
    "slope of sigma is at most ¼": (sigma * (1 - sigma), Rational(1, 4), "<=", []),
    "p + 1/p is at least 2": (p + 1 / p, 2, ">=", []),
    "2xy is at most x² + y²": (2 * x * y, x**2 + y**2, "<=", []),
    "geometric mean of two": (sqrt(p * c), (p + c) / 2, "<=", []),
    "root is at most its tangent": (sqrt(p), (p + 1) / 2, "<=", []),
    # weights
    "s_i is at most one": (s[i], 1, "<=", [ONE_S]),
    "s_i(1 - s_i) is not negative": (s[i] * (1 - s[i]), 0, ">=", [ONE_S]),
    "s_i(1 - s_i) is at most ¼": (s[i] * (1 - s[i]), Rational(1, 4), "<=", [ONE_S]),
    "sum of squares is at most one": (over(s[k] ** 2), 1, "<=", [ONE_S]),
    "sum of squares is at least 1/n": (over(s[k] ** 2), 1 / n, ">=", [ONE_S]),
    "-log s_i is not negative": (-log(s[i]), 0, ">=", [ONE_S]),
    "entropy is not negative": (entropy, 0, ">=", [ONE_S]),
    "entropy is at most log n": (entropy, log(n), "<=", [ONE_S]),
    "KL is not negative": (over(s[k] * log(s[k] / u[k])), 0, ">=", [ONE_S, ONE_U]),
    "cross-entropy is at least entropy": (
        -over(s[k] * log(u[k])),
        entropy,
        ">=",
        [ONE_S, ONE_U],
    ),
    "chi² bounds KL": (
        over(s[k] * log(s[k] / u[k])),
        over(s[k] ** 2 / u[k]) - 1,
        "<=",
        [ONE_S, ONE_U],
    ),
    "Gibbs with logits": (over(s[k] * z[k]) + entropy, log(Z), "<=", [ONE_S]),
    "Gini is not negative": (1 - over(s[k] ** 2), 0, ">=", [ONE_S]),
    "collision entropy below entropy": (-log(over(s[k] ** 2)), entropy, "<=", [ONE_S]),
    # Jensen
    "Jensen for log": (over(s[k] * log(u[k])), log(over(s[k] * u[k])), "<=", [ONE_S]),
    "Jensen for exp": (over(s[k] * exp(v[k])), exp(over(s[k] * v[k])), ">=", [ONE_S]),
    "Jensen for the square": (over(s[k] * v[k] ** 2), mean**2, ">=", [ONE_S]),
    "Jensen for 1/u": (over(s[k] / u[k]), 1 / over(s[k] * u[k]), ">=", [ONE_S]),
    "Jensen for u log u": (
        over(s[k] * u[k] * log(u[k])),
        over(s[k] * u[k]) * log(over(s[l] * u[l], l)),
        ">=",
        [ONE_S],
    ),
    "log-sum inequality": (
        over(u[k] * log(u[k] / w[k])),
        over(u[k]) * log(over(u[k]) / over(w[k])),
        ">=",
        [],
    ),
    "AM-GM, logarithms": (over(log(u[k])) / n, log(over(u[k]) / n), "<=", []),
    "AM-GM": (Product(u[k], (k, 0, n - 1)) ** (1 / n), over(u[k]) / n, "<=", []),
    "AM-GM with weights": (Product(u[k] ** s[k], (k, 0, n - 1)), over(s[k] * u[k]), "<=", [ONE_S]),
    "harmonic mean": (n / over(1 / u[k]), over(u[k]) / n, "<=", []),
    "LSE lies above the mean": (log(Z), log(n) + over(z[k]) / n, ">=", []),
    "LSE lies above a weighted mean": (log(Z), over(s[k] * z[k]), ">=", [ONE_S]),
    "geometric mean of exponentials": (exp(over(z[k]) / n), Z / n, "<=", []),
    # Cauchy-Schwarz
    "Cauchy-Schwarz": (over(v[k] * b[k]) ** 2, over(v[k] ** 2) * over(b[k] ** 2), "<=", []),
    "Cauchy-Schwarz with weights": (
        over(s[k] * v[k] * b[k]) ** 2,
        over(s[k] * v[k] ** 2) * over(s[k] * b[k] ** 2),
        "<=",
        [],
    ),
    "square of the mean": (over(v[k]) ** 2, n * over(v[k] ** 2), "<=", []),
    "variance": (over(s[k] * (v[k] - mean) ** 2), 0, ">=", [ONE_S]),
    "variance is below the second moment": (
        over(s[k] * (v[k] - mean) ** 2),
        over(s[k] * v[k] ** 2),
        "<=",
        [ONE_S],
    ),
    "softmax is convex along v": (
        Z * over(exp(z[k]) * v[k] ** 2),
        over(exp(z[k]) * v[k]) ** 2,
        ">=",
        [],
    ),
    "sum times sum of inverses": (over(u[k]) * over(1 / u[k]), n**2, ">=", []),
    # one term, logits
    "LSE above each logit": (log(Z), z[j], ">=", []),
    "softmax is at most one": (exp(z[i]) / Z, 1, "<=", []),
    "logits below a bound": (log(Z), x + log(n), "<=", [BELOW]),
    "a shifted exponential": (exp(z[i] - x), 1, "<=", [BELOW]),
    "a shifted sum": (over(exp(z[k] - x)), n, "<=", [BELOW]),
    # hypotheses that are inequalities
    "exp is monotone": (exp(x), exp(y), ">=", [Ge(x, y)]),
    "log is monotone": (log(p), log(c), "<=", [Lt(p, c)]),
    "sigma is monotone": (sigma, 1 / (1 + exp(-y)), ">=", [Ge(x, y)]),
    "a sum below one": (over(s[k] * c), c, "<=", [Le(over(s[k]), 1)]),
    "between": (x * (1 - x), 0, ">=", [Ge(x, 0), Le(x, 1)]),
    "a mean below the bound": (over(s[k] * z[k]), x, "<=", [ONE_S, BELOW]),
    # telescoping and geometric
    "telescoping": (over(v[k + 1] - v[k]), v[n] - v[0], "=", []),
    "telescoping by two": (
        over(v[k + 2] - v[k]),
        v[n + 1] + v[n] - v[1] - v[0],
        "=",
        [],
    ),
    "geometric": (over(p**k), (1 - p**n) / (1 - p), "=", [Ne(p, 1)]),
    "geometric, multiplied": ((1 - p) * over(p**k), 1 - p**n, "=", []),
    "geometric with a weight": (over(c * p**k), c * (p**n - 1) / (p - 1), "=", [Ne(p, 1)]),
    "geometric of exponentials": (
        over(exp(-c * k)),
        (1 - exp(-c * n)) / (1 - exp(-c)),
        "=",
        [],
    ),
}

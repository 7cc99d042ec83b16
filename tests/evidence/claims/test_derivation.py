"""What the book derives with `Derivation`, for every n, and what it must refuse."""

import re
import threading
from html.parser import HTMLParser

import mpmath
import pytest
from sympy import (
    Derivative,
    Eq,
    Function,
    I,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    Lt,
    Matrix,
    Mul,
    Ne,
    Product,
    Rational,
    S,
    Symbol,
    cos,
    exp,
    expand,
    expand_log,
    factor,
    log,
    sin,
    solve,
    sqrt,
    symbols,
    tanh,
)

from evidence import (
    Derivation,
    FalseStep,
    SlowStep,
    StepError,
    UnprovedStep,
    collapse,
    differentiate,
    fold,
)
from evidence.page.records import MIME
from tests.evidence.algebra.hash_seeds import printed
from tests.evidence.notation import (
    ONE_S,
    ONE_T,
    SOFTMAX,
    D,
    T,
    Z,
    a,
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


def softmax_jacobian():
    derivation = Derivation(Derivative(s[i], z[j]), "softmax-jacobian", n=n, define=SOFTMAX)
    derivation.step("definition of $s_i$", derivation.unfold)
    derivation.step("quotient rule", differentiate)
    derivation.step(r"$\sum_k \delta_{jk} f_k = f_j$", collapse)
    derivation.step("$e^{z_a} = s_a Z$", fold(s, z, Z))
    return derivation.step("factor", factor)


def shown(derivation):
    return derivation._repr_mimebundle_(include=None, exclude=None)


def all_proved(derivation, origin=None):
    lines = derivation.lines
    return all(line.evidence == "proved" and origin in (None, line.origin) for line in lines)


# ---------------------------------------------------------------- what the book derives


def test_softmax_jacobian_in_applied_steps_only():
    jacobian = softmax_jacobian()
    assert jacobian.result == s[i] * (KroneckerDelta(i, j) - s[j])
    assert all_proved(jacobian, "applied")


def test_jacobian_cases():
    jacobian = softmax_jacobian().result
    gap = Symbol("d", integer=True, nonzero=True)
    assert jacobian.subs(i, j) == s[j] * (1 - s[j])
    assert expand(jacobian.subs(i, j + gap)) == -s[j] * s[j + gap]


def cross_entropy_by_the_chain_rule():
    by_s = Derivation(Derivative(-over(t[k] * log(s[k])), s[i]), "ce-by-s", n=n)
    by_s.step("one term is left", differentiate)
    by_s.step("collapse", collapse)
    jacobian = softmax_jacobian().result
    gradient = Derivation(over(by_s.result * jacobian, i), "ce-gradient-chain", n=n, given=[ONE_T])
    gradient.step("collapse", collapse)
    return gradient.step("the targets sum to one", gradient.assume)


def cross_entropy_by_log_softmax(given=(ONE_T,)):
    start = Derivative(-over(t[k] * log(s[k])), z[j])
    gradient = Derivation(start, "ce-gradient-log", n=n, define=SOFTMAX, given=given)
    gradient.step("definition of $s_k$", gradient.unfold)
    gradient.step("log of a quotient", expand_log)
    gradient.step("differentiate", differentiate)
    gradient.step("collapse", collapse)
    return gradient.step("$e^{z_a} = s_a Z$", fold(s, z, Z))


def test_cross_entropy_gradient_by_two_routes_is_one_object():
    by_chain = cross_entropy_by_the_chain_rule()
    by_log = cross_entropy_by_log_softmax()
    by_log.step("the targets sum to one", by_log.assume)
    assert by_chain.result == by_log.result == s[j] - t[j]
    assert all_proved(by_chain, "applied")
    assert all_proved(by_log, "applied")


def test_without_the_hypothesis_s_minus_t_is_refused():
    gradient = cross_entropy_by_log_softmax(given=())
    assert gradient.result == s[j] * over(t[k]) - t[j]
    with pytest.raises(FalseStep, match="ce-gradient-log, step 6"):
        gradient.step("the targets sum to one?", s[j] - t[j])


def test_cross_entropy_hessian_is_the_jacobian():
    start = Derivative(-over(t[k] * log(s[k])), z[i], z[j])
    hessian = Derivation(start, "ce-hessian", n=n, define=SOFTMAX, given=[ONE_T])
    hessian.step("Jacobian of softmax", softmax_jacobian().result)
    assert all_proved(hessian)


def test_variance_form_and_its_sign():
    jacobian = softmax_jacobian().result
    start = over(over(v[i] * jacobian * v[j], i), j)
    form = Derivation(start, "quadratic-form", n=n, given=[ONE_S])
    form.step("collapse", collapse)
    form.step("variance", over(s[k] * v[k] ** 2) - over(s[k] * v[k]) ** 2)
    mean = over(s[l] * v[l], l)
    form.step("centred", over(s[k] * (v[k] - mean) ** 2))
    form.step("a sum of squares", S.Zero, relation=">=")
    assert form.relation == ">="
    assert all_proved(form)


def test_variance_as_a_double_sum():
    start = over(s[k] * v[k] ** 2) - over(s[k] * v[k]) ** 2
    form = Derivation(start, "variance", n=n, given=[ONE_S])
    form.step("pairs", over(over(s[i] * s[j] * (v[i] - v[j]) ** 2, i), j) / 2)
    form.step("squares", 0, relation=">=")
    assert all_proved(form)


def test_gradient_and_hessian_of_logsumexp():
    gradient = Derivation(Derivative(log(Z), z[j]), "lse-gradient", n=n, define=SOFTMAX)
    gradient.step("chain rule", differentiate).step("collapse", collapse)
    gradient.step("fold", fold(s, z, Z))
    assert gradient.result == s[j]
    hessian = Derivation(Derivative(log(Z), z[i], z[j]), "lse-hessian", n=n, define=SOFTMAX)
    hessian.step("differentiate", differentiate).step("collapse", collapse)
    hessian.step("fold", fold(s, z, Z)).step("factor", factor)
    assert hessian.result == softmax_jacobian().result


def test_max_lse_bounds():
    m = Symbol("m", real=True)
    w = IndexedBase("w", nonnegative=True)
    define = {z: Lambda(i, m - log(1 + w[i]))}
    upper = Derivation(log(over(exp(z[k]))), "lse-above", n=n, define=define)
    upper.step("every gap is >= 0", m + log(n), relation="<=")
    lower = Derivation(log(over(exp(z[k]))), "lse-below", n=n, define=define, given=[Eq(w[a], 0)])
    lower.step("one logit is the largest", m, relation=">=")
    assert all_proved(upper)
    assert all_proved(lower)
    strict = Derivation(log(over(exp(z[k]))), "no-maximum", n=n, define=define)
    with pytest.raises(FalseStep):
        strict.step("no logit need be the largest", m, relation=">=")


def test_maximum_entropy_by_lagrange():
    p = IndexedBase("p", positive=True)
    lam = Symbol("lambda", real=True)
    lagrangian = -over(p[k] * log(p[k])) + over(p[k] * z[k]) + lam * (over(p[k]) - 1)
    slope = Derivation(Derivative(lagrangian, p[j]), "lagrange", n=n)
    slope.step("differentiate", differentiate).step("collapse", collapse)
    (stationary,) = solve(slope.result, p[j])
    (multiplier,) = solve(Eq(collapse(expand(over(stationary.subs(j, k)))), 1), lam)
    best = Derivation(stationary, "max-entropy", n=n, define={lam: multiplier})
    best.step("softmax", exp(z[j]) / Z)
    assert all_proved(best)


def test_entropy_is_maximal_because_the_gap_is_a_divergence():
    p = IndexedBase("p", positive=True)
    one = Eq(over(p[k]), 1)
    gap = Derivation(
        log(Z) - over(p[k] * z[k]) + over(p[k] * log(p[k])),
        "gap-to-the-free-energy",
        n=n,
        define=SOFTMAX,
        given=[one, ONE_S],
    )
    gap.step("KL(p‖s)", over(p[k] * log(p[k] / s[k])))
    gap.step("Gibbs", 0, relation=">=")
    assert all_proved(gap)


def test_gibbs_inequality():
    p, u = (IndexedBase(name, positive=True) for name in "pu")
    given = [Eq(over(p[k]), 1), Eq(over(u[k]), 1)]
    divergence = Derivation(over(p[k] * log(p[k] / u[k])), "kl", n=n, given=given)
    divergence.step(r"$\log u \le u - 1$", over(p[k] - u[k]), relation=">=")
    divergence.step("both sum to one", 0)
    assert all_proved(divergence)
    free = Derivation(over(p[k] * log(p[k] / u[k])), "kl-of-anything", n=n, given=given[:1])
    with pytest.raises(FalseStep):
        free.step("not normalised", 0, relation=">=")


def test_label_smoothing():
    y = IndexedBase("y", real=True)
    eps = Symbol("epsilon", positive=True)
    smooth = {**SOFTMAX, t: Lambda(k, (1 - eps) * y[k] + eps / n)}
    gradient = Derivation(
        Derivative(-over(t[k] * log(s[k])), z[j]),
        "label-smoothing",
        n=n,
        define=smooth,
        given=[Eq(over(y[k]), 1)],
    )
    gradient.step("all at once", s[j] - (1 - eps) * y[j] - eps / n)
    assert all_proved(gradient)
    with pytest.raises(FalseStep):
        gradient.step("1/(n−1)?", s[j] - (1 - eps) * y[j] - eps / (n - 1))


def test_temperature():
    scaled = over(exp(z[l] / T), l)
    gradient = Derivation(
        Derivative(-over(t[k] * log(s[k])), z[j]),
        "temperature",
        n=n,
        define={s: Lambda(i, exp(z[i] / T) / scaled)},
        given=[ONE_T],
    )
    gradient.step("definition", gradient.unfold).step("log", expand_log)
    gradient.step("differentiate", differentiate).step("collapse", collapse)
    gradient.step("fold", fold(s, Lambda(k, z[k] / T), scaled))
    gradient.step("given", gradient.assume).step("factor", factor)
    assert gradient.result == (s[j] - t[j]) / T
    with pytest.raises(FalseStep):
        gradient.step("T lost", s[j] - t[j])


def test_softmax_by_temperature_at_zero_beta():
    beta = Symbol("beta", real=True)
    start = exp(beta * z[i]) / over(exp(beta * z[k]))
    slope = Derivation(Derivative(start, beta), "slope-along-beta", n=n)
    mean = over(z[k] * exp(beta * z[k])) / over(exp(beta * z[k]))
    slope.step("z less its mean", start * (z[i] - mean))
    assert all_proved(slope)


def test_linear_layer():
    W = IndexedBase("W", real=True)
    bias, inputs = IndexedBase("b", real=True), IndexedBase("x", real=True)
    logits = Lambda(i, over(W[i, q] * inputs[q], q, D) + bias[i])
    weight = Derivation(Derivative(z[i], W[a, c]), "dz-dw", n=n, define={z: logits})
    weight.step("definition", weight.unfold)
    weight.step("differentiate", differentiate).step("collapse", collapse)
    assert weight.result == KroneckerDelta(a, i) * inputs[c]
    chain = Derivation(over((s[i] - t[i]) * weight.result, i), "dce-dw", n=n)
    chain.step("collapse", collapse)
    chain.step("an outer product", (s[a] - t[a]) * inputs[c])
    whole = Derivation(
        Derivative(-over(t[k] * log(s[k])), W[a, c]),
        "dce-dw-at-once",
        n=n,
        define={**SOFTMAX, z: logits},
        given=[ONE_T],
    )
    whole.step("an outer product", (s[a] - t[a]) * inputs[c])
    assert all_proved(whole)
    with pytest.raises(FalseStep):
        whole.step("the wrong index", (s[i] - t[a]) * inputs[c])
    with pytest.raises(ValueError, match=r"step 2 .the wrong axis.: an index would run over two"):
        whole.step("the wrong axis", (s[a] - t[a]) * inputs[a])


def test_shift_invariance():
    shift = Symbol("c", real=True)
    start = exp(z[i] + shift) / over(exp(z[k] + shift))
    derivation = Derivation(start, "shift", n=n)
    derivation.step("cancel", exp(z[i]) / Z)
    assert all_proved(derivation)


def test_likelihood_of_independent_draws():
    rows = Symbol("M", integer=True, positive=True)
    p = IndexedBase("p", positive=True)
    likelihood = Product(Product(p[r, k] ** t[r, k], (k, 0, n - 1)), (r, 0, rows - 1))
    derivation = Derivation(log(likelihood), "log-likelihood", n=n)
    derivation.step("log of a product", over(over(t[r, k] * log(p[r, k])), r, rows))
    assert all_proved(derivation)


def test_a_hypothesis_for_every_row():
    rows = Symbol("M", integer=True, positive=True)
    every_row = Lambda(r, Eq(over(t[r, k]), 1))
    start = over(over(t[r, k] * v[r]), r, rows)
    derivation = Derivation(start, "rows", n=n, given=[every_row])
    derivation.step("every row sums to one", over(v[r], r, rows))
    assert all_proved(derivation)
    without = Derivation(start, "rows", n=n)
    with pytest.raises(FalseStep):
        without.step("every row sums to one?", over(v[r], r, rows))


# ---------------------------------------------------------------- without n


def test_sigmoid_slope_by_elimination():
    p = Symbol("s", positive=True)
    sigma = 1 / (1 + exp(-x))
    (decay,) = solve(Eq(p, sigma), exp(-x))
    slope = Derivation(Derivative(p, x), "slope-of-sigma", define={p: sigma})
    slope.step("definition", slope.unfold)
    slope.step("differentiate", differentiate)
    slope.step("$e^{-x} = (1 - s)/s$", lambda e: factor(e.subs(exp(-x), decay)))
    slope.step("textbook form", Mul(p, 1 - p, evaluate=False))
    assert str(slope.result) == "s*(1 - s)"
    assert all_proved(slope)


def test_sigmoid_as_a_function():
    sigma = Function("sigma", positive=True)
    define = {sigma: Lambda(x, 1 / (1 + exp(-x)))}
    symmetry = Derivation(sigma(-x), "symmetry", define=define)
    symmetry.step("multiply by $e^x$", 1 - sigma(x))
    second = Derivation(Derivative(sigma(x), (x, 2)), "second-slope", define=define)
    second.step("ladder", sigma(x) * (1 - sigma(x)) * (1 - 2 * sigma(x)))
    tangent = Derivation(sigma(x), "tanh", define=define)
    tangent.step("half angle", (1 + tanh(x / 2)) / 2)
    for derivation in (symmetry, second, tangent):
        assert all_proved(derivation)


def test_mean_squared_error_against_cross_entropy():
    p = Symbol("p", positive=True)
    y, score = symbols("y z", real=True)
    define = {p: 1 / (1 + exp(-score))}
    squares = Derivation(Derivative((p - y) ** 2 / 2, score), "mse", define=define)
    squares.step("chain rule", (p - y) * p * (1 - p))
    logs = -y * log(p) - (1 - y) * log(1 - p)
    entropy = Derivation(Derivative(logs, score), "bce", define=define)
    entropy.step("the slope cancels", p - y)
    with_logits = Derivation(logs, "with-logits", define=define)
    with_logits.step("softplus", score - y * score + log(1 + exp(-score)))
    for derivation in (squares, entropy, with_logits):
        assert all_proved(derivation)


def test_scalar_inequality():
    odds = Symbol("q", positive=True)
    p = odds / (1 + odds)
    peak = Derivation(p * (1 - p), "peak-of-slope")
    peak.step("$(2p-1)^2 \\ge 0$", Rational(1, 4), relation="<=")
    assert all_proved(peak)
    with pytest.raises(FalseStep):
        Derivation(p * (1 - p), "peak").step("too low", Rational(1, 5), relation="<=")


# ---------------------------------------------------------------- what a message says


def test_a_false_step_names_everything():
    jacobian = softmax_jacobian()
    with pytest.raises(FalseStep) as caught:
        jacobian.step("wrong on purpose", s[i] * (1 - s[j]))
    message = str(caught.value)
    for part in (
        "softmax-jacobian, step 6 (wrong on purpose)",
        "(KroneckerDelta(i, j) - s[j])*s[i]",
        "= (1 - s[j])*s[i]",
        "n = 2, i = 0, j = 1, z[0] = ",
        "against",
    ):
        assert part in message
    assert len(jacobian.lines) == 5


def test_the_point_in_the_message_is_a_counterexample():
    with pytest.raises(FalseStep) as caught:
        softmax_jacobian().step("wrong on purpose", s[i] * (1 - s[j]))
    message = str(caught.value)
    z0, z1 = (mpmath.mpf(p) / mpmath.mpf(q) for p, q in re.findall(r"\] = (-?\d+)/(\d+)", message))
    left, right = re.findall(r"(-?\d\.\d+)  against  (-?\d\.\d+)", message)[0]
    s0, s1 = mpmath.exp(z0) / (mpmath.exp(z0) + mpmath.exp(z1)), 0
    s1 = 1 - s0
    assert abs(mpmath.mpf(left) - s0 * (0 - s1)) < 1e-9
    assert abs(mpmath.mpf(right) - s0 * (1 - s1)) < 1e-9


def test_what_has_no_proof_is_said_and_shown():
    start = sqrt(2) * sin(x) ** 2 + sqrt(2) * cos(x) ** 2
    chain = Derivation(over(sin(z[k])), "hard", n=n)
    upper = over(cos(z[k] / 2) + exp(z[k] ** 2))
    with pytest.raises(UnprovedStep, match="no counterexample"):
        chain.step("true, but how", upper, relation="<=")
    chain.step("true, but how", upper, relation="<=", sampled_ok=True)
    assert chain.lines[-1].evidence == "sampled"
    assert chain.evidence == "sampled"
    assert "≈" in shown(chain)["text/html"]
    assert r"\approx" in shown(chain)["text/latex"]
    assert Derivation(start, "easy").step("one", sqrt(2)).lines[0].evidence == "proved"


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (None, "not None"),
        ("s*(1-s)", "not a str"),
        (0.5, "0.5 has a float in it; write Rational"),
        (x * 0.5, "has a float in it"),
        (Matrix([1, 2]), "for one number, not a "),
        ([x], "not a list"),
        (Eq(x, 1), "not a Equality"),
        (True, "not a bool"),
        (z, "not a IndexedBase"),
        (Lambda(x, x**2), "not a Lambda"),
    ],
)
@pytest.mark.parametrize("is_applied", [False, True])
def test_a_line_that_is_none(line, message, is_applied):
    chain = Derivation(x**2, "bad-lines")
    with pytest.raises(TypeError, match=message) as caught:
        chain.step("oops", (lambda _: line) if is_applied else line)
    assert str(caught.value).startswith("bad-lines, step 1 (oops): ")
    assert "\n" not in str(caught.value)
    assert chain.lines == []


def test_division_by_zero_is_told():
    with pytest.raises(ValueError, match=r"step 1 .oops.: the line contains a division by zero"):
        Derivation(x, "bad").step("oops", lambda e: e / 0)


def test_a_bad_start():
    with pytest.raises(TypeError, match=r"^bad: the start: a line is one SymPy expression"):
        Derivation("x**2", "bad")


def test_an_unknown_relation():
    for relation in ("<", "==", "", None, ["="]):
        with pytest.raises(ValueError, match=r"^bad, step 1 .less.: .* is none of =, <= and >=$"):
            Derivation(x, "bad").step("less", x + 1, relation=relation)


def test_a_chain_cannot_turn_round():
    chain = Derivation(x**2, "turn").step("up", -1, relation=">=")
    with pytest.raises(ValueError, match=r"a chain that went >= cannot go <="):
        chain.step("down", 0, relation="<=")


def test_a_circular_definition():
    p, u = symbols("p u", positive=True)
    with pytest.raises(ValueError, match=r"^circle: the definition is circular: p → u → p$"):
        Derivation(p, "circle", define={p: u + 1, u: 2 * p})
    with pytest.raises(ValueError, match="circular: s → s"):
        Derivation(s[i], "circle", define={s: Lambda(i, s[i] / 2)})


def test_a_definition_of_the_wrong_kind():
    with pytest.raises(TypeError, match="the definition of s must be Lambda"):
        Derivation(s[i], "bad", define={s: exp(z[i])})
    with pytest.raises(TypeError, match="the definition of x must be an expression, not a Lambda"):
        Derivation(x, "bad", define={x: Lambda(i, i)})
    for body in (None, "1", 0.5, 1):
        with pytest.raises(TypeError, match=r"^bad: the definition of x must be an expression"):
            Derivation(x, "bad", define={x: body})
    with pytest.raises(ValueError, match=r"^bad: the definition does not fit s\[i, j\]: it has 1"):
        Derivation(s[i, j], "bad", n=n, define=SOFTMAX)
    with pytest.raises(TypeError, match=r"s\[i\] cannot be defined"):
        Derivation(s[i], "bad", define={s[i]: exp(z[i])})


def test_a_derivative_by_something_defined():
    with pytest.raises(ValueError, match=r"cannot differentiate by s\[i\], which is defined"):
        Derivation(Derivative(log(s[i]), s[i]), "bad", n=n, define=SOFTMAX)


def test_hypotheses_that_are_none_or_contradict():
    with pytest.raises(TypeError, match="is not a relation such as"):
        Derivation(over(s[k]), "bad", n=n, given=[over(s[k]) - 1])
    with pytest.raises(ValueError, match="no numbers were found that satisfy the hypotheses"):
        Derivation(over(s[k]), "bad", n=n, given=[ONE_S, Eq(over(s[k]), 2)])
    with pytest.raises(ValueError, match="no numbers were found"):
        Derivation(over(s[k]), "bad", n=n, given=[Eq(x, 1), Lt(x, 0)])
    with pytest.raises(ValueError, match=r"^bad: one of the hypotheses can never hold$"):
        Derivation(over(s[k]), "bad", n=n, given=[Eq(over(s[k]), -1)])


def test_hypotheses_that_leave_one_class_or_cannot_be_tested():
    each_is_one = Lambda(a, Eq(t[a], 1))
    with pytest.raises(ValueError, match="no numbers were found that satisfy the hypotheses"):
        Derivation(over(t[k]), "bad", n=n, given=[ONE_T, each_is_one])
    Derivation(over(t[k]), "good", n=n, given=[each_is_one]).step("n ones", n)
    with pytest.raises(ValueError, match=r"^bad: a hypothesis cannot be tested: f has no value"):
        Derivation(x, "bad", given=[Eq(Function("f")(x), 1)])


def test_a_real_symbol_takes_no_complex_value():
    with pytest.raises(ValueError, match="no numbers were found"):
        Derivation(x, "bad", given=[Eq(sqrt(x), 1 + I)])


def test_two_symbols_of_one_name():
    # The page shows one letter for both, and the search would give both the same value.
    positive = Symbol("x", positive=True)
    with pytest.raises(UnprovedStep, match=r"two different symbols are called x$"):
        Derivation(positive, "two-x").step("drop the bars", abs(x), sampled_ok=True)
    others = IndexedBase("v", positive=True)
    with pytest.raises(UnprovedStep, match=r"two different symbols are called v$"):
        Derivation(over(abs(v[k])), "two-v", n=n).step("drop", over(others[k]), sampled_ok=True)


def test_hypotheses_that_take_too_long(monkeypatch):
    monkeypatch.setattr("evidence.claims.derivation.points", lambda *_: [0 for _ in iter(int, 1)])
    with pytest.raises(SlowStep, match=r"^slow: the hypotheses: stopped after 0.2 s while being"):
        Derivation(x, "slow", given=[Eq(x, 1)], seconds=0.2)


def test_an_index_whose_range_nothing_shows():
    with pytest.raises(UnprovedStep, match="nothing shows how far the index i runs; pass n"):
        Derivation(v[i] ** 2 + v[i], "no-n").step("factor", v[i] * (v[i] + 1))


def test_a_step_that_changes_nothing():
    with pytest.raises(ValueError, match="the step changes nothing"):
        Derivation(x**2, "idle").step("again", x**2)


def test_an_order_limits_the_numbers():
    y = Symbol("y", real=True)
    chain = Derivation(abs(x - y), "ordered", given=[Lt(x, y)])
    with pytest.raises(UnprovedStep):
        chain.step("known order", y - x)
    with pytest.raises(FalseStep):
        Derivation(abs(x - y), "no-order").step("known order", y - x)
    with pytest.raises(FalseStep):
        chain.step("the other way", x - y)


def test_different_indices():
    chain = Derivation(KroneckerDelta(i, j) + v[j], "distinct", n=n, given=[Ne(i, j)])
    assert all_proved(chain.step("δ is zero", v[j]))


def test_a_definition_that_breaks_its_own_assumption():
    # p is declared positive, its definition is not: no proof may lean on the sign of p.
    p = Symbol("p", positive=True)
    chain = Derivation(sqrt(p**2 * (1 + x**2)), "sign", define={p: x})
    with pytest.raises(FalseStep):
        chain.step("drop the root", p**2)
    with pytest.raises(StepError):
        Derivation(p + x**2, "sign", define={p: x}).step("positive", 0, relation=">=")


# ---------------------------------------------------------------- on the page


def test_the_mime_bundle():
    bundle = shown(softmax_jacobian())
    record = bundle[MIME]
    assert record["kind"] == "claim"
    assert record["id"] == "softmax-jacobian"
    assert record["evidence"] == "proved"
    assert [step["evidence"] for step in record["steps"]] == ["proved"] * 5
    assert {step["origin"] for step in record["steps"]} == {"applied"}
    assert record["steps"][-1] == {
        "relation": "=",
        "latex": r"s_{i} \left(\delta_{ij} - s_{j}\right)",
        "text": "(KroneckerDelta(i, j) - s[j])*s[i]",
        "reason": "factor",
        "evidence": "proved",
        "origin": "applied",
    }
    assert set(bundle) == {"text/html", "text/latex", "text/plain", MIME}


def test_the_html_is_well_formed_and_says_proved():
    class Checker(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open, self.classes = [], []

        def handle_starttag(self, tag, attributes):
            self.open.append(tag)
            self.classes += dict(attributes).get("class", "").split()
            assert "style" not in dict(attributes)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    chain = softmax_jacobian()
    chain.step(r"$a < b$ & c", -s[i] * s[j] + KroneckerDelta(i, j) * s[i] + x - x)
    html = shown(chain)["text/html"]
    checker = Checker()
    checker.feed(html)
    assert checker.open == []
    assert checker.classes.count("sa-step") == 7
    assert checker.classes.count("sa-reason") == 6
    assert html.count('aria-label="proved"') == 6
    assert "a &lt; b" in html
    assert "&amp; c" in html


def test_the_group_is_named_and_can_be_linked_to():
    html = shown(softmax_jacobian())["text/html"]
    assert html.startswith(
        '<div class="sa-derivation" id="claim-softmax-jacobian" role="group" '
        'aria-label="Derivation: softmax-jacobian">'
    )


@pytest.mark.parametrize("name", ["softmax Jacobian", "slope of $x$", "Σ", "", None])
def test_a_derivation_has_an_id_that_can_be_linked_to(name):
    with pytest.raises(ValueError, match="is no id"):
        Derivation(x, name)


def test_the_latex_is_one_aligned_block():
    latex = shown(softmax_jacobian())["text/latex"]
    assert latex.startswith("$$\n\\begin{aligned}\n")
    assert latex.endswith("\n\\end{aligned}\n$$")
    rows = latex.split("\\\\[4pt]")
    assert len(rows) == 5
    assert all(row.count("&=") == 1 and row.count("&&") == 1 for row in rows)
    assert r"\frac{\partial s_{i}}{\partial z_{j}} &= " in rows[0]


def test_the_plain_text():
    lines = repr(softmax_jacobian()).splitlines()
    assert lines[0] == "softmax-jacobian"
    assert lines[-1].startswith("  = (KroneckerDelta(i, j) - s[j])*s[i]")
    assert lines[-1].endswith("✓ factor")


def test_reasons_are_safe_in_tex():
    chain = Derivation(x**2 + 2 * x, "percent").step("100% of A_1 & $x_1$", x * (x + 2))
    assert r"\text{100\% of A\_1 \& $x_1$}" in shown(chain)["text/latex"]


def test_steps_can_be_chained_and_do_not_share_state():
    first = Derivation(x**2 - 1, "one").step("factor", factor)
    second = Derivation(x**2 - 1, "two")
    assert len(first.lines) == 1
    assert second.lines == []


def test_it_is_the_same_in_every_run():
    program = (
        "from tests.evidence.claims.test_derivation import *\n"
        "d = cross_entropy_by_log_softmax()\n"
        "print(d._repr_mimebundle_())\n"
        "try: d.step('wrong', s[j] + t[j])\n"
        "except FalseStep as error: print(error)\n"
    )
    assert "is false at" in printed(program, "0", "1", "2")


def test_another_thread_and_a_time_out():
    caught = []

    def work():
        try:
            Derivation(x, "slow", seconds=0.2).step("spin", lambda _: [0 for _ in iter(int, 1)])
        except SlowStep as error:
            caught.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert caught == ["slow, step 1 (spin): stopped after 0.2 s while being applied"]

"""Each trap of SymPy that the engine steps around, as it is, and what the engine does there.

When a new SymPy mends one of them, its test fails at the trap: then the work-around may go.
"""

import pytest
from sympy import (
    Derivative,
    Eq,
    Function,
    KroneckerDelta,
    Lambda,
    Limit,
    Matrix,
    MatrixSymbol,
    OneMatrix,
    Piecewise,
    Product,
    Sum,
    Symbol,
    ZeroMatrix,
    cos,
    diag,
    exp,
    expand,
    expand_log,
    factor,
    factor_terms,
    limit,
    log,
    oo,
    simplify,
    sin,
    solve,
    symbols,
    tanh,
)
from sympy.concrete.delta import deltasummation

from evidence import (
    Derivation,
    FalseStep,
    SlowStep,
    StepError,
    UnprovedStep,
    collapse,
    combine,
    differentiate,
    fold,
)
from evidence.algebra.proof import Prover
from evidence.algebra.ranges import Ranges
from evidence.algebra.sums import split_exp
from evidence.algebra.tex import tex
from tests.evidence.notation import ONE_S, ONE_T, SOFTMAX, T, Z, i, j, k, l, n, over, s, t, v, x, z


def proves(left, right, *given):
    gap = left - right
    return Prover(Ranges([left, right, *given], n), given).vanishes(gap)


def chain(start, **options):
    return Derivation(start, "trap", n=n, **options)


# ---------------------------------------------------------------- silent wrong values


def test_differentiating_by_the_bound_index_captures_it():
    captured = over(exp(z[k])).diff(z[k])
    assert captured == over(exp(z[k]))
    honest = differentiate(Derivative(over(exp(z[k])), z[k]))
    assert collapse(honest) == exp(z[k])
    with pytest.raises(FalseStep):
        chain(Derivative(over(exp(z[k])), z[k])).step("captured", captured)


def test_an_indexed_symbol_knows_nothing_of_its_definition():
    assert s[i].diff(z[j]) == 0
    with pytest.raises(FalseStep):
        chain(Derivative(s[i], z[j]), define=SOFTMAX).step("blind", differentiate)
    with pytest.raises(FalseStep):
        chain(Derivative(s[i], z[j]), define=SOFTMAX).step("zero", 0)


def test_a_symbol_knows_nothing_of_its_definition():
    p = Symbol("p", positive=True)
    assert p.diff(x) == 0
    with pytest.raises(FalseStep):
        chain(Derivative(p, x), define={p: 1 / (1 + exp(-x))}).step("blind", differentiate)


def test_matrix_calculus_is_not_a_line():
    w = MatrixSymbol("w", 3, 1)
    total = (OneMatrix(1, 3) * w.applyfunc(exp))[0, 0]
    assert log(total).diff(w) == ZeroMatrix(3, 1)
    with pytest.raises(TypeError, match="one SymPy expression for one number, not"):
        chain(log(Z)).step("matrices", w)


def test_forced_logarithms():
    # σ solved for x: force=True lets in a stray iπ or a wrong branch.
    p = Symbol("p", real=True)
    forced = expand_log(log(p / (p - 1)), force=True)
    assert forced == log(p) - log(p - 1)
    with pytest.raises(StepError):
        chain(log(p / (p - 1))).step("forced", forced)


def test_a_delta_outside_the_range_of_its_sum():
    short = Sum(v[k] * KroneckerDelta(k, j), (k, 1, n - 1))
    wrong = deltasummation(v[k] * KroneckerDelta(k, j), (k, 1, n - 1), no_piecewise=True)
    assert wrong == v[j]
    assert collapse(short) == short
    assert not proves(short, v[j])
    with pytest.raises(FalseStep):
        chain(short).step("unsound", wrong)


# ---------------------------------------------------------------- silent no-ops


def test_substitution_for_a_bound_index_does_nothing():
    start = over(t[k] * log(s[k]))
    assert start.subs(t[j], 1) == start
    with pytest.raises(ValueError, match="the step changes nothing"):
        chain(start).step("one-hot", lambda e: e.subs(t[j], KroneckerDelta(j, i)))


def test_substitution_for_a_sum_wants_the_same_bound_name():
    start = over(t[l], l) * x
    assert start.subs(over(t[k]), 1) == start
    derivation = chain(start, given=[ONE_T])
    assert derivation.step("given", derivation.assume).result == x


def test_equal_sums_with_other_names():
    gap = over(v[k]) - over(v[j], j)
    assert simplify(gap) != 0
    assert gap.equals(0) is not True
    assert proves(over(v[k]), over(v[j], j))
    assert not proves(over(v[k]), over(t[j], j))


def test_expand_leaves_constants_in_a_sum():
    start = over(x * (v[k] + t[k]))
    assert expand(start) == over(x * v[k]) + over(x * t[k])
    assert collapse(start) == x * over(v[k]) + x * over(t[k])


def test_factor_terms_leaves_a_double_sum_alone():
    double = Sum(x * v[k] * v[l], (k, 0, n - 1), (l, 0, n - 1))
    assert factor_terms(double).has(v[k] * v[l])
    assert collapse(double) == x * over(v[k]) * over(v[l], l)
    assert proves(double, x * over(v[k]) ** 2)


def test_sums_over_one_range_are_not_merged():
    start = over(v[k]) - 2 * over(t[l], l)
    assert simplify(start) != over(v[k] - 2 * t[k])
    assert combine(start) == over(v[k] - 2 * t[k])
    assert proves(start, combine(start))


def test_expand_turns_exp_of_a_sum_into_a_product():
    e = exp(over(v[k]))
    assert expand(e, deep=False, power_exp=True).has(Product)
    assert split_exp(exp(x + over(v[k]))) == exp(x) * e


# ---------------------------------------------------------------- crashes, hangs, None


def test_simplify_on_a_product_of_sums():
    first, second = over(v[k]), over(t[k])
    gap = -(first**2) + first * second
    try:
        simplify(gap)
        crashes = False
    except StopIteration:
        crashes = True
    assert crashes
    assert not proves(first**2, first * second)
    assert proves(first * (first - second), first**2 - first * second)


def test_limits_know_no_sums():
    with pytest.raises(NotImplementedError):
        limit(over(exp(z[k] / T)), T, oo)
    with pytest.raises(UnprovedStep, match="cannot be tested with numbers: Limit"):
        chain(Limit(over(exp(z[k] / T)), T, oo)).step("n", n)


def test_signs_that_sympy_does_not_know():
    p = 1 / (1 + exp(-x))
    assert KroneckerDelta(i, j).is_nonnegative is None
    assert (1 - p).is_positive is None
    assert (1 - exp(-Symbol("y", nonnegative=True))).is_nonnegative is None
    assert chain(p).step("below one", 1, "<=").lines[0].evidence == "proved"
    assert chain(KroneckerDelta(i, j)).step("two cases", 0, ">=").lines[0].evidence == "proved"


def test_the_rank_of_a_jacobian_is_generic():
    a, b, c = symbols("a b c", positive=True)

    def jacobian(*p):
        return diag(*p) - Matrix(p) * Matrix([p])

    assert jacobian(a, b, c).rank() == 3
    assert jacobian(a, b, 1 - a - b).rank(simplify=True) == 2
    assert jacobian(a, b, c).is_positive_semidefinite is None
    # The engine's certificate is the variance form, for every n.
    form = over(over(v[i] * (KroneckerDelta(i, j) * s[i] - s[i] * s[j]) * v[j], i), j)
    variance = over(s[k] * (v[k] - over(s[l] * v[l], l)) ** 2)
    certificate = chain(form, given=[ONE_S]).step("variance", variance).step("squares", 0, ">=")
    assert [line.evidence for line in certificate.lines] == ["proved", "proved"]


def test_the_variables_of_a_derivative_are_no_free_symbols():
    derivative = Derivative(exp(z[i]), z[j])
    assert j not in derivative.free_symbols
    assert z[k] in over(z[k]).free_symbols
    assert Ranges([derivative], n).indices == [i, j]
    assert Ranges([over(z[k])], n).indices == []


def test_doit_makes_a_piecewise():
    start = over(v[k] * KroneckerDelta(k, j))
    assert start.doit().has(Piecewise)
    assert collapse(start) == v[j]


def test_tanh_and_exp_are_strangers():
    gap = tanh(x / 2) - (1 - exp(-x)) / (1 + exp(-x))
    assert expand(gap) != 0
    assert proves(tanh(x / 2), (1 - exp(-x)) / (1 + exp(-x)))


def test_factor_prints_the_minus_in_front():
    p = Symbol("s", positive=True)
    sigma = 1 / (1 + exp(-x))
    (decay,) = solve(Eq(p, sigma), exp(-x))
    slope = factor(sigma.diff(x).subs(exp(-x), decay))
    assert str(slope) == "-s*(s - 1)"
    assert tex(slope) == r"s \left(1 - s\right)"


def test_a_hanging_function_is_stopped():
    def hang(e):
        while True:
            e = expand(e + 1 - 1)

    slow = Derivation(x + sin(x), "endless", seconds=0.2)
    with pytest.raises(SlowStep, match=r"^endless, step 1 \(wait\): stopped after 0.2 s"):
        slow.step("wait", hang)
    assert slow.lines == []


def test_fold_inside_a_sum_and_with_powers():
    assert fold(s, z, Z)(over(exp(2 * z[k]) * v[k]) / Z**2) == over(s[k] ** 2 * v[k])
    assert fold(s, z, over(exp(z[j]), j))(exp(z[i] - z[k]) / Z * exp(z[k])) == s[i]


def test_a_defined_function_of_x():
    f = Function("f")
    assert Derivative(f(x), x).doit() == Derivative(f(x), x)
    slope = chain(Derivative(f(x), x), define={f: Lambda(x, sin(x))})
    slope.step("definition", slope.unfold).step("slope", differentiate)
    assert slope.result == cos(x)

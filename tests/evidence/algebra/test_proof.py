"""The proof alone, without the search behind it: it must not prove what is false."""

import pytest
from sympy import (
    Derivative,
    Eq,
    Function,
    Ge,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    Le,
    Lt,
    Ne,
    Piecewise,
    Product,
    Sum,
    Symbol,
    exp,
    log,
    sqrt,
)

from evidence import Derivation, StepError
from evidence.algebra.proof import Prover, Unprovable
from evidence.algebra.ranges import Ranges
from evidence.claims.derivation import unfolded
from tests.evidence.algebra.test_steps import FALSE, INEQUALITIES, TRUE, WRONG_WAY
from tests.evidence.notation import ONE_S, D, M, Z, a, c, i, j, k, l, n, over, q, r, s, t, v, x, z

delta = KroneckerDelta
W = IndexedBase("W", real=True)
u = IndexedBase("u", nonnegative=True)
f = Function("f", real=True)


def prover(*expressions, given=()):
    return Prover(Ranges([*expressions, *given], n), given)


@pytest.mark.parametrize("name", FALSE)
def test_a_false_step_is_not_proved(name):
    left, right, define, given = FALSE[name]
    gap = unfolded(left - right, define)
    assert not prover(gap, given=given).vanishes(gap)


@pytest.mark.parametrize("name", TRUE)
def test_a_true_step_is_proved(name):
    left, right, define, given = TRUE[name]
    gap = unfolded(left - right, define)
    assert prover(gap, given=given).vanishes(gap)


@pytest.mark.parametrize("name", WRONG_WAY)
def test_a_wrong_inequality_is_not_proved(name):
    left, right, relation, given = WRONG_WAY[name]
    gap = right - left if relation == "<=" else left - right
    assert not prover(gap, given=given).nonnegative(gap)


@pytest.mark.parametrize("name", INEQUALITIES)
def test_an_inequality_is_proved(name):
    left, right, relation, given = INEQUALITIES[name]
    gap = right - left if relation == "<=" else left - right
    assert prover(gap, given=given).nonnegative(gap)
    assert not prover(-gap, given=given).nonnegative(-gap)


UNPROVABLE = {
    "δ at 1, which n = 1 does not have": over(v[k] * delta(k, 1)) - v[1],
    "δ past the end": over(v[k] * delta(k, j + 1)) - v[j + 1],
    "δ between two names, shifted": over(over(delta(k, l + 1) * v[k], k), l) - over(v[k + 1]),
    "two ranges": over(v[k]) - Sum(t[q], (q, 0, D - 1)),
    "sum to an index": Sum(v[k], (k, 0, j)) - over(v[k]),
    "product of what may be negative": Product(v[k], (k, 0, n - 1)) - exp(over(log(v[k]))),
    "an unknown function": f(x) - f(-x),
    "one half only": over(v[k] / (1 + delta(k, j))) - over(v[k]),
}


@pytest.mark.parametrize("name", UNPROVABLE)
def test_what_is_false_or_unknown_is_not_proved(name):
    gap = UNPROVABLE[name]
    assert not prover(gap).vanishes(gap)


def test_nothing_is_proved_of_a_slope_along_whole_numbers():
    slope = Derivative(n**2, n)
    assert not prover(slope).vanishes(slope - 2 * n)
    assert not prover(slope).nonnegative(slope)


def test_an_index_of_another_range_is_not_collapsed():
    # c labels the D features: W says so. δ_kc under Σ_k over the n classes may be zero.
    features = Sum(W[0, q], (q, 0, D - 1)) + W[0, c]
    gap = over(delta(k, a)) - 1 + features - features
    known = Ranges([features, over(v[k]) + v[a]], n)
    wrong = Prover(known)
    assert wrong.vanishes(gap)
    assert not wrong._covers(c, n)
    assert wrong._covers(c, D)
    assert not wrong._covers(a, D)


def test_cases_of_indices_are_all_needed():
    gap = delta(i, j) * (v[i] - v[j])
    assert prover(gap).vanishes(gap)
    for wrong in (delta(i, j) * v[i], (1 - delta(i, j)) * v[i], delta(i, j) * (v[i] - v[a])):
        assert not prover(wrong).vanishes(wrong)


def test_different_indices_only_where_they_are_given():
    gap = delta(i, j) * v[i]
    assert prover(gap, given=[Ne(i, j)]).vanishes(gap)
    assert prover(gap, given=[Ne(j, i)]).vanishes(gap)
    assert not prover(gap, given=[Ne(i, a)]).vanishes(gap)


def test_a_hypothesis_about_one_index_says_nothing_about_another():
    gap = exp(u[j]) - 1
    assert prover(gap, given=[Eq(u[j], 0)]).vanishes(gap)
    assert not prover(gap, v[a], given=[Eq(u[a], 0)]).vanishes(gap)
    assert prover(gap, given=[Lambda(a, Eq(u[a], 0))]).vanishes(gap)
    summed = over(u[k])
    assert prover(summed, given=[Lambda(a, Eq(u[a], 0))]).vanishes(summed)
    assert not prover(summed, given=[Eq(u[a], 0)]).vanishes(summed)


def test_a_hypothesis_about_one_row_says_nothing_about_another():
    gap = over(W[a, k]) - 1
    assert prover(gap, given=[Eq(over(W[a, k]), 1)]).vanishes(gap)
    assert not prover(gap, given=[Eq(over(W[c, k]), 1)]).vanishes(gap)
    columns = over(over(W[r, k], r, M) - 1)
    assert not prover(columns, given=[Lambda(r, Eq(over(W[r, k]), 1))]).vanishes(columns)


LEAKS = {
    "rows sum to one, the diagonal does not": (
        over(W[k, k]) - 1,
        [Lambda(r, Eq(over(W[r, k]), 1))],
    ),
    "the bound k is not the free k": (
        delta(i, k) * (over(W[l, l], l) - 1),
        [Eq(over(W[i, k]), 1)],
    ),
    "the a of a hypothesis is not the free a": (
        delta(i, a) * (W[j, j] - 1),
        [Lambda(a, Eq(W[i, a], 1))],
    ),
    "a bound k inside a condition": (
        delta(i, k)
        * (
            Piecewise((1, over(W[i, k]) > 0), (0, True))
            - Piecewise((1, over(W[k, k]) > 0), (0, True))
        ),
        [],
    ),
    "past the end": (u[j + 1], [Lambda(a, Eq(u[a], 0))]),
    "at n": (u[n], [Lambda(a, Eq(u[a], 0))]),
    "before the start": (u[-1], [Lambda(a, Eq(u[a], 0))]),
    "a sum past the end": (Sum(u[k], (k, 0, n)), [Lambda(a, Eq(u[a], 0))]),
    "a sum from before the start": (Sum(u[k], (k, -1, n - 1)), [Lambda(a, Eq(u[a], 0))]),
    "δ at n": (over(delta(k, n) * v[k]) - v[n], []),
    "δ of a name that runs past the end": (
        Sum(over(delta(k, l) * v[l], l) - v[k], (k, 1, n)),
        [],
    ),
    "δ of a name that runs before the start": (
        Sum(over(delta(k, l) * v[l], l) - v[k], (k, -1, n - 2)),
        [],
    ),
    "a range that runs backwards": (Sum(v[k], (k, 3, 1)), []),
}


@pytest.mark.parametrize("name", LEAKS)
def test_no_name_leaks_out_of_its_range(name):
    gap, given = LEAKS[name]
    assert not prover(gap, given=given).vanishes(gap)


@pytest.mark.parametrize("name", LEAKS)
def test_no_factor_hides_a_leak_from_the_search(name):
    # n = 1, 2 and 3 alone would not show it.
    gap, given = LEAKS[name]
    chain = Derivation((n - 1) * (n - 2) * (n - 3) * gap, "leak", n=n, given=given)
    with pytest.raises(StepError):
        chain.step("hidden", 0)


def test_a_range_that_runs_backwards_for_one_class_is_not_summed():
    # Σ_{k=1}^{n−2} is empty for n = 2; for n = 1 SymPy's convention gives it −v_0, the search none.
    def gap(last):
        return Sum(v[k], (k, 1, last)) + v[0] + v[n - 1] - over(v[k])

    def square(last):
        return over(s[k] * (v[k] - Sum(s[l] * v[l], (l, 1, last))) ** 2)

    assert not prover(gap(n - 2)).vanishes(gap(n - 2))
    assert not prover(square(n - 2), given=[ONE_S]).nonnegative(square(n - 2))
    assert prover(gap(n - 1)).vanishes(gap(n - 1) - v[n - 1])
    assert prover(square(n - 1), given=[ONE_S]).nonnegative(square(n - 1))


def test_hypotheses_for_every_index_hold_inside_a_sum():
    zero = [Lambda(a, Eq(u[a], 0))]
    for true in (over(u[k] * v[k]), Sum(u[k], (k, 1, n - 1)), u[0], over(u[k]) ** 2, u[j]):
        assert prover(true, given=zero).vanishes(true)
    rows = [Lambda(r, Eq(over(W[r, k]), 1))]
    for true in (over(v[r] * over(W[r, k]), r) - over(v[k]), delta(i, k) * (over(W[k, l], l) - 1)):
        assert prover(true, given=rows).vanishes(true)


def test_an_order_is_no_rule():
    gap = x - 2
    assert not prover(gap, given=[Ge(x, 2)]).vanishes(gap)
    assert not prover(gap, given=[Ge(x, 3)]).nonnegative(-gap)


def test_a_shifted_sum_gains_at_one_end_what_it_loses_at_the_other():
    back = over(v[k - 2]) - over(v[k]) - v[-2] - v[-1] + v[n - 2] + v[n - 1]
    forth = over(v[k + 2]) - over(v[k]) - v[n] - v[n + 1] + v[0] + v[1]
    for gap in (back, forth):
        assert prover(gap).vanishes(gap)
        assert not prover(gap).vanishes(gap + v[n - 1] - v[n])


def test_every_index_has_its_own_distance_from_a_bound():
    below = [Lambda(a, Le(v[a], x))]
    assert prover(v[i], given=below).nonnegative(x - v[i])
    for wrong in (v[i] - v[j], v[j] - v[i], v[i] - x):
        assert not prover(wrong, given=below).nonnegative(wrong)


def test_what_is_less_has_another_index():
    gap = v[j] - v[i] - delta(i, j)
    assert prover(gap, given=[Lt(v[i], v[j])]).nonnegative(gap)
    assert not prover(gap, given=[Le(v[i], v[j])]).nonnegative(gap)


def test_tangents_lie_above_the_logarithm():
    p, w = Symbol("p", positive=True), Symbol("w", real=True)
    assert prover(p).nonnegative(p - 1 - log(p))
    assert prover(p).nonnegative(log(p) - 1 + 1 / p)
    assert not prover(p).nonnegative(log(p) - p + 1)
    assert not prover(p).nonnegative(p - 2 - log(p))
    assert not prover(p, w).nonnegative(w * (p - 1) - w * log(p))
    # The free s_k is not one of those that are summed: Σ_k log(n s_k) <= 0.
    free = s[k] * over(log(n * s[k]))
    assert not prover(free, given=[ONE_S]).nonnegative(free)
    caught = over(s[k] * log(n * s[k]))
    assert prover(caught, given=[ONE_S]).nonnegative(caught)


def test_one_term_of_a_sum_needs_terms_without_sign():
    below = Z - exp(z[j])
    assert prover(below).nonnegative(below)
    signed = over(v[k]) - v[j]
    assert not prover(signed).nonnegative(signed)
    twice = Z - 2 * exp(z[j])
    assert not prover(twice).nonnegative(twice)


def test_roots_keep_their_sign():
    assert not prover(x).vanishes(sqrt(x**2) - x)
    p = Symbol("p", positive=True)
    assert prover(p).vanishes(sqrt(p**2) - p)


def test_sums_that_depend_on_a_name():
    ragged = over(over(W[k, l] * v[l], l) ** 2)
    other = over(over(over(W[a, k] * W[a, l] * v[k] * v[l], k), l), a)
    assert prover(ragged).vanishes(ragged - other)
    assert not prover(ragged).vanishes(ragged - over(over(W[l, k] * v[l], l) ** 2))
    assert prover(ragged, given=[ONE_S]).vanishes(over(s[k] * ragged) - ragged)
    assert not prover(ragged, t[i]).vanishes(over(s[k] * ragged) - ragged)


@pytest.mark.parametrize(
    "undefined",
    [
        over(delta(k, j) / (k - j)),
        over(v[k] / (1 - delta(k, j))),
        Sum(v[k] / k, (k, 1, n - 1)),
    ],
)
def test_a_term_without_a_value_ends_the_proof(undefined):
    with pytest.raises(Unprovable, match="a term that is not defined"):
        prover(undefined).normal(undefined)
    assert not prover(undefined).vanishes(2 * undefined)

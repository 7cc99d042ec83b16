"""A derivation beside programs: what is caught on its whole domain, and what is accepted."""

import numpy as np
import pytest
import torch
from sympy import (
    Derivative,
    Eq,
    Function,
    IndexedBase,
    KroneckerDelta,
    Lambda,
    Rational,
    Symbol,
    exp,
    factor,
    log,
    symbols,
)

from evidence import Derivation, Disagreement, Exercise, NotRefused, collapse, differentiate, fold
from evidence.page.draw import drawn
from evidence.page.records import problems, recording
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

SIGMA = 1 / (1 + exp(-x))


@pytest.fixture(autouse=True)
def records():
    with recording() as found:
        yield found


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def jacobian(z):
    p = softmax(z)
    return np.diag(p) - np.outer(p, p)


def softmax_jacobian(**options):
    chain = Derivation(Derivative(s[i], z[j]), "jacobian", n=n, define=SOFTMAX, **options)
    chain.step("definition", chain.unfold).step("quotient rule", differentiate)
    return chain.step("collapse", collapse).step("fold", fold(s, z, Z)).step("factor", factor)


def second_slope():
    start = Derivative(SIGMA, (x, 2))
    return Derivation(start, "second").step("ladder", SIGMA * (1 - SIGMA) * (1 - 2 * SIGMA))


def by_float(x):
    p = 1 / (1 + np.exp(-x))
    return p * (1 - p) * (1 - 2 * p)


@pytest.fixture(scope="module")
def chain():
    return softmax_jacobian(settles=["S0.16"])


# ---------------------------------------------------------------- what is caught


def test_programs_that_agree_are_recorded_with_the_domain(chain, records):
    def torch_softmax(z):
        return torch.func.jacrev(lambda w: torch.softmax(w, 0))(z)

    chain.check(NumPy=jacobian, torch=torch_softmax, atol=1e-14)
    [record] = records
    assert (record["kind"], record["id"]) == ("check", "jacobian")
    assert [w["name"] for w in record["witnesses"]] == ["the last line", "NumPy", "torch"]
    assert all(w["gap"] <= 1e-14 for w in record["witnesses"])
    assert record["domain"].startswith("n = 1 … 9, ties, one dominant")
    assert record["domain"] in drawn(record)[0]
    assert record["statement"] == chain.statement


def test_the_domain_leaves_out_what_a_hypothesis_excludes(records):
    whole = Derivation(over(s[k]), "whole", n=n, define=SOFTMAX, given=[n > 1]).step("all", 1)
    whole.check(of=[z], NumPy=lambda z: softmax(z).sum(), atol=1e-14)
    assert records[0]["domain"].startswith("n = 2 … 9, ties")


def entry_at_n(size):
    def wrong(z):
        found = jacobian(z)
        if len(z) == size:
            found[-1, 0] += 1e-6
        return found

    return wrong


def only_ties(z):
    return jacobian(z) + 1e-6 * (len(set(z)) < len(z))


def only_a_dominant_entry(z):
    return jacobian(z) + 1e-6 * (softmax(z).max() > 1 - 1e-6) * (len(z) > 1)


def only_far_out(z):
    return jacobian(np.clip(z, -5, 5))


def only_negative(z):
    return jacobian(abs(z))


def two_largest_logits(z):
    kept = np.where(z >= np.sort(z)[-2:][0], z, -np.inf)
    return jacobian(kept)


def nan_beyond_three(z):
    return jacobian(z) if len(z) <= 3 else np.full((len(z), len(z)), np.nan)


def one_row(z):
    return np.tile(jacobian(z)[0], (len(z), 1))


def four_classes(z):
    return jacobian(np.resize(z, 4))


WRONG = {
    "everywhere": lambda z: jacobian(z) * (1 + 1e-6),
    "ties": only_ties,
    "dominant": only_a_dominant_entry,
    "far out": only_far_out,
    "signs": only_negative,
    "two largest": two_largest_logits,
    "n > 3": nan_beyond_three,
    "one row": one_row,
    "four classes": four_classes,
} | {f"an entry at n = {m}": entry_at_n(m) for m in (1, 2, 3, 5, 7, 9)}


@pytest.mark.parametrize("name", WRONG)
def test_a_program_that_is_wrong_somewhere_is_caught(chain, name):
    with pytest.raises(Disagreement, match=r"^jacobian: 'wrong' is .* 'the first line, to 50"):
        chain.check(wrong=WRONG[name], atol=1e-9)


@pytest.mark.parametrize("wrong", [by_float, lambda x: by_float(x) + 1e-6 * (x > 25)])
def test_scalars_and_derivatives_of_second_order(wrong):
    second_slope().check(right=by_float, torch=by_torch, atol=1e-14)
    if wrong is not by_float:
        with pytest.raises(Disagreement, match="'wrong' is 1e-06 absolute away"):
            second_slope().check(wrong=wrong, atol=1e-9)


def by_torch(x):
    p = torch.sigmoid(x)
    return p * (1 - p) * (1 - 2 * p)


def hessian():
    start = Derivative(-over(t[k] * log(s[k])), z[i], z[j])
    chain = Derivation(start, "hessian", n=n, define=SOFTMAX, given=[ONE_T])
    return chain.step("the Jacobian", s[i] * (KroneckerDelta(i, j) - s[j]))


def test_a_hypothesis_holds_at_every_point():
    met = []

    def by_hand(z, t):
        met.append(abs(t.sum() - 1))
        return jacobian(z)

    hessian().check(of=[z, t], by_hand=by_hand, atol=1e-13)
    assert max(met) == 0
    with pytest.raises(Disagreement):
        hessian().check(of=[z, t], wrong=lambda z, _: jacobian(z) * (1 + 1e-6), atol=1e-9)


def test_an_index_that_only_a_hypothesis_has_is_an_argument_too():
    """Else nothing would be asked of it, and the true bound would be refused like the false one."""
    w = IndexedBase("w", nonnegative=True)
    others = over(w[k] * (1 - KroneckerDelta(k, c)))
    without = Derivation(over(w[k]), "without", n=n, given=[Eq(w[c], 0)])
    without.step("leave c out", others)
    assert without.judge(without.version(others)).accepted
    assert not without.judge(without.version(2 * others)).accepted
    with pytest.raises(ValueError, match="speaks of the index c"):
        without.check(of=[w], numpy=np.sum, ulps=4)


def test_an_index_is_an_argument():
    start = Derivative(-log(s[c]), z[j])
    chain = Derivation(start, "label", n=n, define=SOFTMAX).step(
        "s − e", s[j] - KroneckerDelta(j, c)
    )

    def gradient(z, label):
        p = softmax(z)
        p[label] -= 1
        return p

    chain.check(of=[z, c], right=gradient, atol=1e-13)
    with pytest.raises(Disagreement):
        chain.check(of=[z, c], first=lambda z, _: gradient(z, 0), atol=1e-9)


@pytest.mark.parametrize("of", [(), (n,)])
def test_the_number_of_classes_is_an_argument(of):
    chain = Derivation(log(n**2), "power", n=n).step("power", 2 * log(n))
    chain.check(of=of, right=lambda n: 2 * np.log(n), atol=1e-13)
    with pytest.raises(Disagreement):
        chain.check(of=of, wrong=lambda n: 2 * np.log(n) + 1e-6 * (n == 7), atol=1e-9)


def test_several_sizes():
    W, u = IndexedBase("W", real=True), IndexedBase("x", real=True)
    start = Derivative(over(v[i] * over(W[i, q] * u[q], q, D), i), W[a, c])
    chain = Derivation(start, "outer", n=n).step("outer product", v[a] * u[c])
    shapes = set()

    def outer(W, v, x):
        shapes.add(W.shape)
        return np.outer(v, x)

    chain.check(outer=outer, atol=1e-13)
    assert {rows for rows, _ in shapes} == set(range(1, 10))
    assert any(rows > columns for rows, columns in shapes)
    assert any(rows < columns for rows, columns in shapes)
    chain.check(axes=[c, a], turned=lambda _, v, x: np.outer(x, v), atol=1e-13)
    with pytest.raises(Disagreement, match="shape"):
        chain.check(turned=lambda _, v, x: np.outer(x, v), atol=1e-9)


def variance():
    start = over(s[k] * v[k] ** 2) - over(s[k] * v[k]) ** 2
    chain = Derivation(start, "variance", n=n, given=[ONE_S])
    chain.step("pairs", over(over(s[i] * s[j] * (v[i] - v[j]) ** 2, i), j) / 2)
    return chain.step("squares", 0, relation=">=")


def test_an_inequality_is_refused_where_it_is_none(records):
    chain = variance()
    chain.check(NumPy=lambda s, v: s @ v**2 - (s @ v) ** 2, atol=1e-11)
    chain.refuse("one", 1)
    chain.refuse("a little above", Rational(1, 10**6))
    assert chain.judge(chain.version(-1)).accepted  # a bound, though no sharp one
    with pytest.raises(NotRefused):
        chain.refuse("less", -1)
    assert "instead of" in records[-1]["reason"]
    with pytest.raises(Disagreement, match="'no variance'"):
        chain.check(**{"no variance": lambda s, v: s @ v**2}, atol=1e-9)


def test_a_tolerance_that_excludes_nothing(chain):
    with pytest.raises(ValueError, match="a tolerance that excludes nothing"):
        chain.check(right=jacobian, atol=10)
    with pytest.raises(ValueError, match="give one tolerance"):
        chain.check(right=jacobian)


def test_a_last_line_that_was_only_sampled_is_checked_too():
    chain = Derivation(x**2 - 2 * x, "forced")
    chain.lines += second_slope().lines
    with pytest.raises(Disagreement, match="'the last line'"):
        chain.check(right=lambda x: x**2 - 2 * x, atol=1e-9)


# ---------------------------------------------------------------- refusals, exercises


def test_wrong_versions_of_a_derivation(chain, records):
    chain.check(NumPy=jacobian, atol=1e-12)
    records.clear()
    chain.refuse("the diagonal alone", s[i] * (1 - s[i]))
    chain.refuse("a program", lambda z: jacobian(z) * (1 + 1e-6))
    assert [r["kind"] for r in records] == ["refusal"] * 2
    assert records[0]["settles"] == ["S0.16"]
    for right in (
        s[i] * KroneckerDelta(i, j) - s[i] * s[j],
        exp(z[i]) / Z * (KroneckerDelta(i, j) - s[j]),
    ):
        with pytest.raises(NotRefused):
            chain.refuse("right", right)


def test_an_exercise_on_a_derivation(chain):
    diagonal = {
        "the diagonal alone": s[i] * (1 - s[i]),
        "no product": lambda z: np.diag(softmax(z)),
    }
    chain.check(NumPy=jacobian, atol=1e-12)
    exercise = Exercise("jacobian", claim=chain, hint="h", wrong=diagonal)
    for right in (jacobian, s[i] * KroneckerDelta(i, j) - s[i] * s[j]):
        assert exercise.examine(right).outcome == "accepted"
    for name, wrong in WRONG.items():
        assert exercise.examine(wrong).outcome == "refused", name
    assert "this mistake: the diagonal alone" in exercise.examine(s[i] - s[i] ** 2).message
    assert exercise.examine(s[i] * s[r]).outcome == "refused"
    assert exercise.examine(...).outcome == "hole"


class AlwaysEqual(float):
    def __eq__(self, _):
        return True

    __hash__ = None


def test_a_result_that_equals_everything_is_no_answer(chain):
    chain.check(NumPy=jacobian, atol=1e-12)
    exercise = Exercise("jacobian", claim=chain, hint="h", wrong={"w": s[i]})

    def answer(z):
        return [[AlwaysEqual(7) for _ in z] for _ in z]

    assert exercise.examine(answer).outcome == "refused"


def test_a_table_by_heart_is_found_out(chain):
    chain.check(NumPy=jacobian, atol=1e-12)
    table = {repr(call): jacobian(*call) for call in chain.comparison.sample().calls}
    exercise = Exercise("jacobian", claim=chain, hint="h", wrong={"w": s[i]})
    grade = exercise.examine(lambda z: table.get(repr((z,)), np.zeros((len(z), len(z)))))
    assert grade.outcome == "refused"
    assert "though it is right at the points of the check" in grade.message


def test_what_settles_or_is_checked_needs_a_refusal(records):
    chain = second_slope()
    chain.check(NumPy=by_float, atol=1e-12)
    page = [chain.record(), *records]
    assert problems(page) == ["claim second: no wrong version was refused"]
    chain.refuse("σ alone", SIGMA)
    assert problems([chain.record(), *records]) == []
    settling = Derivation(x**2 - 1, "settling", settles=["S0.1"]).step("factor", factor)
    assert problems([settling.record()]) == ["claim settling: no wrong version was refused"]


# ---------------------------------------------------------------- under what it holds


def test_definitions_hypotheses_and_assumptions_are_shown():
    record = hessian().record()
    assert record["where"] == [
        r"$s_{i} = \frac{e^{z_{i}}}{\sum_{l} e^{z_{l}}}$",
        r"$\sum_{k} t_{k} = 1$",
        "$s > 0$",
    ]
    html, _ = drawn(record)
    assert '<p class="sa-where">where ' in html
    assert html.count('class="math"') == 2 + 3


def test_what_is_given_is_shown_too():
    y = Symbol("y", real=True)
    assert Derivation(x, "given", given=[Eq(x, 2 * y)]).record()["where"] == ["$x = 2 y$"]


def test_signs_of_what_only_a_definition_names():
    start, total = over(s[k]), over(exp(z[k] / T))
    chain = Derivation(start, "total", n=n, define={s: Lambda(i, exp(z[i] / T) / total)})
    assert chain.record()["where"][1:] == ["$T > 0$", "$s > 0$"]
    w = IndexedBase("w", nonnegative=True)
    assert Derivation(over(w[k]), "weights", n=n).record()["where"] == [r"$w \ge 0$"]


def test_a_definition_that_nobody_uses_is_not_shown():
    p, u = symbols("p u", positive=True)
    f = Function("f", real=True)
    define = {p: exp(x), f: Lambda(x, x**2)}
    assert Derivation(f(x) + u, "unused", define=define).record()["where"] == [
        r"$f{\left(x \right)} = x^{2}$",
        "$u > 0$",
    ]


def test_a_chain_without_conditions_says_none():
    record = second_slope().record()
    assert record["where"] == []
    assert "sa-where" not in drawn(record)[0]

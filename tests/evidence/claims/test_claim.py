"""What every claim does alike: it refuses for the reason that is meant, whatever its kind."""

import ast
from pathlib import Path

import numpy as np
import pytest
from sympy import Symbol, exp

from evidence import Derivation, Disagreement, NotRefused, agree, differentiate, holds
from evidence.claims.claim import Claim, Verdict
from evidence.page.records import recording

ENGINE = Path(__file__).parents[3] / "evidence"
x = Symbol("x", real=True)


@pytest.fixture(autouse=True)
def records():
    with recording() as found:
        yield found


class Least(Claim):
    """A kind of claim that the engine does not know."""

    evidence = "exact"
    statement = "it is the least"

    def judge(self, version, fresh=0):
        return Verdict() if version == 0 else Verdict(f"{version} is not the least, {fresh}")


# ---------------------------------------------------------------- the one idea


def kinds_of_claims():
    trees = {p: ast.parse(p.read_text("utf-8")) for p in sorted(ENGINE.rglob("*.py"))}
    classes = [(p, c) for p, t in trees.items() for c in ast.walk(t) if isinstance(c, ast.ClassDef)]
    bases = {c.name: {b.id for b in c.bases if isinstance(b, ast.Name)} for _, c in classes}
    kinds = {"Claim"}
    while more := {name for name, of in bases.items() if of & kinds} - kinds:
        kinds |= more
    homes = {c.name: p for p, c in classes if c.name in kinds}
    return trees, homes


def asks(tree, kind):
    """Tell whether a module asks if something is of a kind of claim."""
    for call in ast.walk(tree):
        is_test = isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if is_test and call.func.id in ("isinstance", "issubclass", "type"):
            names = {n.id for n in ast.walk(call) if isinstance(n, ast.Name)}
            names |= {n.attr for n in ast.walk(call) if isinstance(n, ast.Attribute)}
            if kind in names:
                return True
    return False


def test_nobody_asks_a_claim_which_kind_it_is():
    trees, homes = kinds_of_claims()
    assert {"Agreement", "Derivation", "Fact"} <= homes.keys()
    found = [
        (path.name, kind)
        for path, tree in trees.items()
        for kind, home in homes.items()
        if path != home and asks(tree, kind)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code", ["isinstance(c, Fact)", "f(isinstance(c, A | m.Fact))", "issubclass(type(c), (Fact,))"]
)
def test_the_question_is_seen(code):
    assert asks(ast.parse(code), "Fact")
    assert not asks(ast.parse(code), "Agreement")


def test_a_kind_that_nobody_knows_is_refused_and_recorded_like_the_others(records):
    Least("some.least", ["S0.1"]).refuse("one", 1)
    [record] = records
    assert record["reason"] == "1 is not the least, 0"
    assert (record["kind"], record["settles"]) == ("refusal", ["S0.1"])
    with pytest.raises(NotRefused):
        Least("some.least", []).refuse("zero", 0)


def test_another_set_of_points_is_the_same_in_every_run():
    first, again, other = (Least(name, []).generator(3) for name in ("a", "a", "b"))
    drawn = [list(g.normal(size=3)) for g in (first, again, other)]
    assert drawn[0] == drawn[1] != drawn[2]


# ---------------------------------------------------------------- refused for another reason


def slope_by_functions():
    return agree(
        "slope",
        "x",
        reference=("tanh", lambda v: (1 - np.tanh(v / 2) ** 2) / 4),
        witnesses={"exp": lambda v: 1 / (2 + np.exp(v) + np.exp(-v))},
        at=np.linspace(-3, 3, 7),
        rtol=1e-12,
    )


def slope_by_derivation():
    sigma = 1 / (1 + exp(-x))
    chain = Derivation(sigma.diff(x), "slope").step("product", sigma * (1 - sigma))
    chain.check(NumPy=lambda v: 1 / (2 + np.exp(v) + np.exp(-v)), rtol=1e-12)
    return chain


CAUSES = {
    "not finite": lambda v: v * np.nan,
    "shape": lambda v: np.stack([v, v]),
}


@pytest.mark.parametrize("make", [slope_by_functions, slope_by_derivation])
@pytest.mark.parametrize("cause", CAUSES)
def test_a_control_that_fails_for_another_reason_proves_nothing(make, cause, records):
    claim = make()
    with pytest.raises(NotRefused, match=f"is refused by its {cause}, not by its value"):
        claim.refuse("bad", CAUSES[cause])
    claim.refuse("bad", CAUSES[cause], fails_by=cause)
    assert records[-1]["kind"] == "refusal"
    with pytest.raises(NotRefused, match="by its value, not by its shape"):
        claim.refuse("half", lambda v: np.asarray(v) * 0.5, fails_by="shape")


@pytest.mark.parametrize("make", [slope_by_functions, slope_by_derivation])
def test_a_control_that_dies_of_a_type_error_proves_nothing(make):
    with pytest.raises(TypeError) as caught:
        make().refuse("typo", lambda v: v + "1")
    assert "say raises= if it is to" in caught.value.__notes__[0]
    make().refuse("typo", lambda v: v + "1", raises=TypeError)


@pytest.mark.parametrize("make", [slope_by_functions, slope_by_derivation])
def test_the_right_version_is_not_refused(make):
    with pytest.raises(NotRefused, match="the check accepts 'right'"):
        make().refuse("right", lambda v: 1 / (2 + np.exp(v) + np.exp(-v)))


def test_a_test_that_knows_its_control_by_name_is_unmasked():
    def right(v):
        return np.cosh(v)

    def wrong(v):
        return np.cosh(v)

    with pytest.raises(Disagreement, match="it is not true of right"):
        holds("even", "even", test=lambda f: f is right, version=right)
    claim = holds("even", "even", test=lambda f: f is not wrong, version=right)
    with pytest.raises(NotRefused):  # by another name it is the right one
        claim.refuse("wrong", lambda v: wrong(v))


def test_a_fact_may_draw_its_points_and_a_version_may_not_learn_them():
    seen = []

    def is_even(f, rng):
        seen.append(float(rng.uniform(-9, 9)))
        return bool(f(seen[-1]) == f(-seen[-1]))

    claim = holds("even", "even", test=is_even, version=np.cosh)
    for fresh in (1, 2):
        assert claim.judge(np.cosh, fresh).accepted
    assert len(set(seen)) == 3


def test_a_program_is_refused_only_once_it_is_known_how_near_one_comes():
    sigma = 1 / (1 + exp(-x))
    chain = Derivation(sigma.diff(x), "slope").step("product", sigma * (1 - sigma))
    for program in (lambda v: 1 / (2 + np.exp(v) + np.exp(-v)), np.tanh):
        with pytest.raises(TypeError, match="says first how near a program is"):
            chain.refuse("by rounding", program)


def test_a_slope_is_refused_as_an_expression_too():
    sigma = 1 / (1 + exp(-x))
    claim = Derivation(differentiate(sigma.diff(x)), "slope").step("product", sigma * (1 - sigma))
    claim.refuse("squared", sigma**2)
    with pytest.raises(NotRefused):
        claim.refuse("the same", exp(-x) / (1 + exp(-x)) ** 2)

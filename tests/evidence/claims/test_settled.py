"""Claims that a build has judged are not judged again; answers are."""

import numpy as np
import pytest
from sympy import Interval, Rational, Symbol, exp

from evidence import (
    Derivation,
    Disagreement,
    Exercise,
    FalseStep,
    agree,
    enclose,
    experiment,
    holds,
    least_bound,
)
from evidence.claims.claim import NotHere
from evidence.page.records import emit, is_settled, recording, settled

x = Symbol("x", real=True)
X = np.linspace(-1, 1, 9)
FALSE = {
    "derivation": lambda: Derivation(x + x, "s.twice").step("false", 3 * x),
    "fact": lambda: holds("s.four", "it is 4", test=lambda v: v == 4, version=5),
    "agreement": lambda: agree(
        "s.same", "s", reference=("np", np.exp), witnesses={"off": lambda v: v}, at=X, rtol=1e-9
    ),
    "enclosure": lambda: enclose("s.half", exp(x), "<=", Rational(1, 2), over=Interval(0, 1)),
    "bound": lambda: least_bound(
        "s.least",
        "b",
        bound=0.5,
        value=lambda z: float(np.sin(z[0])),
        draw=lambda rng: rng.normal(size=1),
        attained=[[np.pi / 2]],
    ),
    "experiment": lambda: experiment(
        "s.tried",
        "e",
        trial=lambda rng: rng.normal(),
        holds=lambda found: found[0] > 9,
        ablation={"none": lambda _: 0.0},
    ),
}


@pytest.fixture(autouse=True)
def records():
    with recording() as found:
        yield found


@pytest.mark.parametrize("kind", FALSE)
def test_a_false_claim_is_an_error_unless_it_is_settled(kind, records):
    with pytest.raises((Disagreement, FalseStep)):
        FALSE[kind]()
    records.clear()
    with settled():
        FALSE[kind]()
    assert records == []
    assert not is_settled()


def test_only_exercises_speak_of_what_is_settled(records):
    claim = {"kind": "claim", "id": "a", "statement": "", "settles": [], "evidence": "exact"}
    with settled():
        emit(claim)
    assert records == []


def test_an_answer_is_judged_all_the_same():
    with settled():
        four = holds("s.four", "it is 4", test=lambda v: v == 4, version=4)
        exercise = Exercise("s-four", claim=four, hint="h", wrong={"accepted by mistake": 4})
    assert exercise.examine(4).outcome == "accepted"
    assert exercise.examine(5).outcome == "refused"


def test_a_witness_stands_in_for_a_reference_that_is_not_here():
    def away(_):
        raise NotHere("not here")

    with settled():
        claim = agree(
            "s.exp", "e", reference=("away", away), witnesses={"np": np.exp}, at=X, rtol=1e-9
        )
    assert claim.judge(lambda v: np.exp(v)).accepted
    assert not claim.judge(lambda v: 1 + v).accepted
    assert claim.judge(lambda v: np.exp(v), fresh=1).accepted


def test_an_answer_is_put_beside_the_last_line_of_what_is_settled():
    with settled():
        settled_twice = Derivation(x + x, "s.twice")
        settled_twice.step("taken as it is", 3 * x)
        bounded = Derivation(x**2, "s.square")
        bounded.step("taken as it is", -1, ">=")
    assert settled_twice.judge(lambda v: 3 * v).accepted
    assert not settled_twice.judge(lambda v: 2 * v).accepted
    assert bounded.reference == x**2
    assert Derivation(x + x, "s.again").reference == x + x

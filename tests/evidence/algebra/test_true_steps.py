"""How far the proof reaches, and that it goes no farther than what is true."""

import pytest
from sympy import Rational, S

from evidence.algebra.deadline import TimeUp, in_time
from evidence.algebra.proof import Prover
from evidence.algebra.ranges import Ranges
from evidence.algebra.search import search
from tests.evidence.algebra.true_steps import STEPS
from tests.evidence.notation import n

# True, but beyond the rules: the mark on the page is then ≈.
BEYOND = {
    "e^x lies above e x",
    "softplus is at least x/2 + log 2",
    "sinh p is at least p",
    "e^p is at least 1 + p + p²/2",
    "1 - e^-p is at least p - p²/2",
    "log(1 + p) is at least p - p²/2",
    "geometric mean of two",
    "root is at most its tangent",
    "sum of squares is at least 1/n",
    "Gibbs with logits",
    "Jensen for u log u",
    "log-sum inequality",
    "LSE lies above a weighted mean",
    "log is monotone",
    "between",
    "geometric, multiplied",
    "geometric of exponentials",
}
LITTLE = Rational(1, 10**9)
SECONDS = 10


def is_proved(gap, relation, ranges, given):
    prover = Prover(ranges, given)
    decide = prover.vanishes if relation == "=" else prover.nonnegative
    try:
        return in_time(SECONDS, lambda: decide(gap))
    except TimeUp:  # as a derivation does: what takes too long is not proved
        return False


def gap_of(name):
    left, right, relation, given = STEPS[name]
    left, right = S(left), S(right)
    gap = right - left if relation == "<=" else left - right
    return gap, relation, Ranges([left, right, *given], n), given


@pytest.mark.parametrize("name", [name for name in STEPS if name not in BEYOND])
def test_a_true_step_is_proved(name):
    assert is_proved(*gap_of(name))


@pytest.mark.parametrize("name", [*STEPS][::4])
def test_a_bound_moved_by_a_little_is_not_proved(name):
    # Each of them is attained, or come as near to as one likes.
    gap, relation, ranges, given = gap_of(name)
    for moved in (gap - LITTLE, -gap - LITTLE):
        assert not is_proved(moved, relation, ranges, given)


@pytest.mark.parametrize("name", [name for name in STEPS if STEPS[name][3]])
def test_without_its_hypothesis_it_is_not_proved(name):
    gap, relation, ranges, given = gap_of(name)
    for m in range(len(given)):
        fewer = given[:m] + given[m + 1 :]
        _, found = search(gap, S.Zero, relation if relation == "=" else ">=", ranges, fewer)
        assert found is None or not is_proved(gap, relation, ranges, fewer)


def test_most_are_proved():
    assert len(STEPS) >= 81
    assert len(STEPS) - len(BEYOND) >= 60
    assert set(STEPS) >= BEYOND

import mpmath
import pytest
from sympy import (
    Abs,
    Function,
    Interval,
    Lambda,
    Rational,
    Symbol,
    erf,
    exp,
    log,
    oo,
    sin,
    sqrt,
    tanh,
)

from evidence.algebra.inequality import Undecided
from evidence.algebra.intervals import Unknown
from evidence.claims.claim import Disagreement, NotRefused
from evidence.claims.enclosure import enclose
from evidence.page.records import recording

x, u = Symbol("x"), Symbol("u")
sigma, Phi = Function("sigma"), Function("Phi")
LINE = Interval(-oo, oo)
WHERE = {sigma: Lambda(x, 1 / (1 + exp(-x)))}
NORMAL = {**WHERE, Phi: Lambda(x, (1 + erf(x / sqrt(2))) / 2)}


@pytest.fixture(autouse=True)
def records():
    with recording() as found:
        yield found


def probit(bound, **more):
    gap = Abs(sigma(1.702 * x) - Phi(x))
    return enclose("sigmoid.probit", gap, "<", bound, over=LINE, where=NORMAL, **more)


def slope(bound, relation="<="):
    product = sigma(x) * (1 - sigma(x))
    return enclose("slope", product, relation, bound, over=LINE, where=WHERE, sharp=True)


def test_a_bound_on_the_whole_line_is_proved_and_recorded(records):
    probit(0.0095, settles=["S0.1"])
    [record] = records
    assert record.pop("how").startswith("proved on the whole interval, in ")
    assert record.pop("pieces") < 500
    assert record.pop("statement").startswith(
        r"$\left|{\Phi{\left(x \right)} - \sigma{\left(1.702 x \right)}}\right| < 0.0095$ "
        r"for every real $x$, where $\sigma{\left(x \right)} = \frac{1}{1 + e^{- x}}$ and"
    )
    assert record == {
        "kind": "claim",
        "id": "sigmoid.probit",
        "settles": ["S0.1"],
        "anchor": "claim-sigmoid.probit",
        "evidence": "enclosed",
        "equality": None,
        "moved": {},
    }


def test_a_smaller_bound_is_refuted_with_a_point_that_another_library_confirms():
    with pytest.raises(Disagreement, match=r"at x = (-?[\d/]+) it is 0\.0094") as error:
        probit(0.0094)
    p, _, q = str(error.value).split("x = ")[1].split(" ")[0].partition("/")
    t = mpmath.mpf(p) / int(q or 1)
    gap = abs(1 / (1 + mpmath.exp(-1.702 * t)) - mpmath.ncdf(t))
    assert gap > 0.0094


def test_the_test_refuses_other_bounds_for_their_reason(records):
    claim = probit(0.0095)
    claim.refuse("0.0094", 0.0094)
    assert records[-1]["reason"].startswith("at x = ")
    with pytest.raises(NotRefused):
        claim.refuse("1", 1)


def test_a_sharp_bound_is_attained_and_may_be_moved_neither_way(records):
    claim = slope(Rational(1, 4))
    assert records[-1]["equality"] == "0"
    assert records[-1]["moved"] == {
        "smaller": "at x = 0 it is 0.25",
        "larger": "nothing attains it, though it holds",
    }
    claim.refuse("0.2501", 0.2501)
    claim.refuse("0.2499", 0.2499)


@pytest.mark.parametrize(
    ("bound", "reason"), [(0.250001, "nothing attains it"), (0.249999, "at x = 0 it is 0.25")]
)
def test_a_bound_that_is_not_sharp_is_no_least_bound(bound, reason):
    with pytest.raises(Disagreement, match=reason):
        slope(bound)


def test_a_bound_may_be_approached_at_an_end_that_does_not_belong(records):
    enclose("tanh", tanh(x), "<", 1, over=LINE, sharp=True)
    assert records[-1]["equality"] == "oo"
    with pytest.raises(Disagreement, match="nothing attains it"):
        enclose("tanh", tanh(x), "<", 1, over=Interval(-oo, 3), sharp=True)


def test_a_largest_lower_bound(records):
    enclose("square", u**2 - u, ">=", Rational(-1, 4), over=Interval(-5, 5), sharp=True)
    assert records[-1]["moved"]["larger"].startswith("at u = ")
    assert records[-1]["moved"]["smaller"].startswith("nothing attains it")
    assert "is the largest" in records[-1]["statement"]


def test_a_bound_may_depend_on_the_variable_and_touch(records):
    enclose("log", log(u), "<=", u - 1, over=Interval.open(0, oo))
    assert records[-1]["equality"] == "1"
    with pytest.raises(Disagreement, match="at u = 1 it is 0"):
        enclose("log", log(u), "<", u - 1, over=Interval.open(0, oo))


def test_a_touching_point_is_given_where_it_is_no_fraction():
    enclose(
        "e", -u * log(u), "<=", exp(-1), over=Interval.Lopen(0, 1), touches=[exp(-1)], sharp=True
    )
    with pytest.raises(Undecided):
        enclose("e", -u * log(u), "<=", exp(-1), over=Interval.Lopen(0, 1))


def test_what_cannot_be_decided_is_no_refusal():
    claim = enclose("e", -u * log(u), "<", 1, over=Interval.Lopen(0, 1))
    with pytest.raises(Undecided):
        claim.refuse("1/e", exp(-1) + Rational(1, 10**30))


def test_what_is_not_understood_is_an_error():
    with pytest.raises(Unknown, match="sin"):
        enclose("sin", sin(x), "<=", 2, over=LINE)
    with pytest.raises(ValueError, match="one variable"):
        enclose("two", x + u, "<=", 2, over=LINE)
    with pytest.raises(ValueError, match="one variable"):
        enclose("relation", x, "==", 2, over=LINE)

"""The formulas of sentences, put to the claims of a page: confirmed, refused, or not read."""

import pytest
from sympy import Derivative, Eq, Function, Lambda, Ne, exp

from evidence import Derivation, holds
from evidence.claims.claim import made
from evidence.claims.written import judge
from evidence.page.records import recording
from tests.evidence.notation import ONE_T, SOFTMAX, i, j, k, n, over, s, t, x, z

SIGMA = {Function(r"\sigma"): Lambda(x, 1 / (1 + exp(-x)))}


@pytest.fixture(autouse=True)
def no_claims():
    made.clear()


def said_of(tex, *, by=None):
    with recording() as records:
        judge([] if by else [tex], [(tex, by)] if by else [], SIGMA)
    [answer] = records[0]["formulas"].values()
    return answer


def slope(**more):
    made.clear()
    return Derivation(Derivative(s[i], z[j]), "page.slope", n=n, define=SOFTMAX, **more)


def test_a_line_that_is_printed_is_confirmed_by_its_claim():
    slope().step("definition", slope().unfold)
    assert said_of(r"\partial s_i/\partial z_j = \partial s_i/\partial z_j") == {
        "evidence": "proved",
        "by": "page.slope",
    }


def test_what_is_read_is_proved():
    slope()
    assert said_of(r"\sum_k s_k = 1")["evidence"] == "proved"
    assert said_of(r"\sigma'(x) = \sigma(x)(1-\sigma(x))")["evidence"] == "proved"
    assert said_of(r"0 < \sigma(x) < 1")["evidence"] == "proved"


@pytest.mark.parametrize(
    "tex",
    [r"\sum_k s_k = 2", r"\sigma'(x) = \sigma(x)", r"\sigma(x) \ge 1", r"\sigma(x) < \sigma(x)"],
)
def test_what_is_false_is_not_confirmed(tex):
    slope()
    assert "in the setting of page.slope" in said_of(tex)["problem"]


def test_a_counterexample_tells_the_point():
    slope()
    assert "is false at n = " in said_of(r"\sum_k s_k = 2")["problem"]


def test_hypotheses_count_only_by_name():
    slope(given=[Ne(i, j)])
    tex = r"\partial s_i/\partial z_j = - s_i s_j"
    assert "problem" in said_of(tex)
    assert said_of(tex, by="page.slope")["evidence"] == "proved"
    made.clear()
    Derivation(over(t[k]), "page.one", n=n, given=[ONE_T]).step("given", 1)
    assert said_of(r"\sum_k t_k = 1")["evidence"] == "proved"  # printed


def test_a_statement_in_words_confirms_what_it_has():
    with recording():
        holds("page.norm", r"never $\|J\| \le 1$", test=lambda b: b == 1, version=1)
    assert said_of(r"\|J\| \le 1")["by"] == "page.norm"
    assert "problem" in said_of(r"\|J\| \le 2")


def test_nobody_confirms_for_a_claim_that_is_not_there():
    assert "no claim page.none" in said_of(r"x = 1", by="page.none")["problem"]
    assert "no claim of this page" in said_of(r"x = 1")["problem"]


def test_a_hypothesis_does_not_leak_into_another_claim():
    slope(given=[Eq(over(s[k] ** 2), 1)])
    assert "problem" in said_of(r"\sum_k s_k^2 = 2")

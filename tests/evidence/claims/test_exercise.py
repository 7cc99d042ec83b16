import mpmath
import numpy as np
import pytest
import sympy
import torch

from evidence import Exercise, NotAccepted, NotRefused, agree, exactly, holds
from evidence.claims.exercise import FRESH_SETS, is_hole
from evidence.page.draw import drawn
from evidence.page.records import problems, recording

X = np.linspace(-5, 5, 41)
x, y = sympy.symbols("x y")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def slope(x):
    return 1 / (2 + np.exp(x) + np.exp(-x))


exact = exactly(lambda x: 1 / (2 + mpmath.exp(x) + mpmath.exp(-x)))


@pytest.fixture(autouse=True)
def records():
    with recording() as found:
        yield found


def slope_claim(**options):
    return agree(
        "sigmoid.slope",
        r"$\sigma' = \sigma(1-\sigma)$",
        reference=("mpmath", exact),
        witnesses={"product": lambda x: sigmoid(x) * sigmoid(-x)},
        at=X,
        rtol=1e-12,
        **options,
    )


@pytest.fixture
def claim():
    return slope_claim()


@pytest.fixture
def exercise(claim):
    return Exercise(
        "sigmoid-slope",
        claim=claim,
        hint="Differentiate $1/(1+e^{-x})$.",
        wrong={
            "the minus was lost": lambda x: -slope(x),
            "σ is not 1 − σ": lambda x: sigmoid(x) ** 2,
        },
        forbid=["softact", "torch"],
    )


def graded(exercise, answer):
    grade = exercise.examine(answer)
    return grade.outcome, grade.message


@pytest.mark.parametrize(
    "answer",
    [
        slope,
        lambda x: sigmoid(x) * (1 - sigmoid(x)),
        lambda x: 1 / (4 * np.cosh(x / 2) ** 2),
        sympy.exp(-x) / (1 + sympy.exp(-x)) ** 2,
        (1 - sympy.tanh(x / 2) ** 2) / 4,
    ],
)
def test_right_answers_of_every_form(exercise, answer):
    assert graded(exercise, answer) == ("accepted", "Right.")


@pytest.mark.parametrize(
    "answer",
    [
        np.tanh,
        lambda x: slope(x) * (1 + 1e-9),
        lambda x: slope(x)[:-1],
        lambda x: slope(x) + 0 * x / (x - x),
        lambda x: np.where(x == X[3], 0, slope(x)),
        sympy.exp(-x) / (1 + sympy.exp(-x)),
    ],
)
def test_a_wrong_answer_gets_the_point_and_the_hint(exercise, answer):
    outcome, message = graded(exercise, answer)
    assert outcome == "refused"
    assert message.startswith("Not yet: ")
    assert " at " in message
    assert message.endswith("Hint: Differentiate $1/(1+e^{-x})$.")


def test_the_failing_point_is_the_one(exercise):
    _, message = graded(exercise, lambda x: np.where(x == X[3], 0, slope(x)))
    assert "0.0 instead of 0.013865841437" in message
    assert "in entry [3] at -4.25." in message


def test_a_known_mistake_is_named(exercise):
    for answer in (lambda x: -sigmoid(x) * sigmoid(-x), -sympy.exp(x) / (1 + sympy.exp(x)) ** 2):
        outcome, message = graded(exercise, answer)
        assert outcome == "refused"
        assert "That is what one gets by this mistake: the minus was lost." in message
    assert "mistake" not in graded(exercise, np.tanh)[1]


def hole(x): ...


def documented_hole(x):
    """To be written."""


def passing_hole(x):
    pass


def returning_hole(_):
    return ...


def half_hole(x):
    return sigmoid(x) * ...


@pytest.mark.parametrize(
    "answer",
    [..., hole, documented_hole, passing_hole, returning_hole, lambda _: ..., half_hole],
)
def test_a_hole_is_not_answered_yet(exercise, answer):
    outcome, message = graded(exercise, answer)
    assert outcome == "hole"
    assert message.startswith("Not answered yet")


@pytest.mark.parametrize("answer", [0, None, slope, len, lambda x: x[...], lambda _: 0.25])
def test_what_is_no_hole(answer):
    assert not is_hole(answer)


def test_a_closure_can_be_a_hole():
    captured = 3

    def answer(_):
        return ... if True else captured

    assert is_hole(answer)


@pytest.mark.parametrize(
    "answer",
    [lambda: 1, lambda x: x.nothing, lambda _: 1 / 0, 0.25, "σ(1−σ)", None, [1, 2], x * y],
)
def test_an_answer_that_cannot_be_run_is_refused_in_plain_words(exercise, answer):
    outcome, message = graded(exercise, answer)
    assert outcome == "refused"
    assert "your answer stops with" in message
    assert "Hint:" in message


def test_answers_known_by_heart_are_found_out(exercise):
    table = {float(v): float(slope(v)) for v in X}
    outcome, message = graded(exercise, lambda x: np.array([table.get(float(v), 0.1) for v in x]))
    assert outcome == "refused"
    assert "though it is right at the points of the check" in message


@pytest.mark.parametrize(
    ("f", "at"),
    [
        (lambda x: x**2, 0.5),
        (lambda x: x**2, np.array([0.5])),
        (lambda n: 2.0**n, [1, 2, 3]),
        (lambda n: 2.0**n, np.array([1, 2, 3])),
    ],
)
def test_points_that_cannot_be_mixed_are_told(f, at):
    points = at if isinstance(at, list) else [at]

    def solved(fresh):
        claim = agree(
            "e.f",
            "x",
            reference=("r", f),
            witnesses={"w": lambda x: f(x)},
            at=at,
            rtol=1e-12,
            fresh=fresh,
        )
        exercise = Exercise("e", claim=claim, hint="h", wrong={"w": lambda x: f(x) + 1})
        return exercise.solution(f)

    with pytest.raises(NotAccepted, match=r"e\.f: its points make no new ones; say fresh="):
        solved(None)
    assert solved(lambda rng: [rng.uniform(1, 5, np.shape(p)) for p in points]) is f


def test_the_author_can_say_what_fresh_points_are():
    made = []

    def fresh(rng):
        made.append(rng.normal(size=3))
        return made[-1]

    with_fresh = Exercise("e", claim=slope_claim(fresh=fresh), hint="h", wrong={"w": np.tanh})
    assert graded(with_fresh, slope)[0] == "accepted"
    assert len(made) == FRESH_SETS
    assert graded(with_fresh, lambda x: slope(x) * (1 + (x.size == 3)))[0] == "refused"


def test_an_answer_must_satisfy_the_further_claims_too(claim):
    def keeps_arrays(f):
        return isinstance(f(X), np.ndarray)

    arrays = holds("e.arrays", "arrays stay arrays", test=keeps_arrays, version=slope)
    wrong = {"no array": lambda x: list(slope(x))}
    with pytest.raises(NotRefused, match="no array"):
        Exercise("e", claim=claim, hint="h", wrong=wrong)
    exercise = Exercise("e", claim=claim, hint="h", wrong=wrong, also=[arrays])
    assert graded(exercise, slope)[0] == "accepted"
    outcome, message = graded(exercise, lambda x: tuple(slope(x)))
    assert outcome == "refused"
    assert "this does not hold: arrays stay arrays" in message
    assert "by this mistake: no array" in message


def test_the_same_answer_gets_the_same_grade(exercise):
    answer = lambda x: slope(x) * (1 + (np.abs(x - 1.234) < 0.02))  # noqa: E731
    assert len({graded(exercise, answer) for _ in range(5)}) == 1


def test_calling_the_library_is_forbidden(exercise):
    outcome, message = graded(exercise, lambda x: torch.sigmoid(torch.tensor(x)))
    assert outcome == "forbidden"
    assert "torch" in message


def test_a_number_is_graded_by_a_fact():
    peak = holds("peak", "x", test=lambda v: bool(abs(v - 0.25) < 1e-3), version=0.25)
    exercise = Exercise("e", claim=peak, hint="At 0.", wrong={"one half": 0.5})
    assert graded(exercise, sympy.Rational(1, 4))[0] == "accepted"
    assert graded(exercise, ...)[0] == "hole"
    assert "this mistake: one half" in graded(exercise, 0.5)[1]
    assert "it is not true of 0.3" in graded(exercise, 0.3)[1]


def test_no_mistake_is_named_of_what_has_no_name():
    fact = holds("even", "f is even.", test=lambda f: f(1) == f(-1), version=abs)
    exercise = Exercise("e", claim=fact, hint="h", wrong={"odd": lambda x: x})
    outcome, message = graded(exercise, lambda x: x + 1)
    assert outcome == "refused"
    assert "mistake" not in message


@pytest.mark.parametrize("is_random", [True, False])
def test_only_a_test_that_draws_points_is_asked_again(is_random):
    def is_four(x):
        asked.append(x)
        return x == 4

    test = (lambda x, rng: is_four(x + 0 * rng.normal())) if is_random else is_four
    asked = []
    fact = holds("count.test", "It is four.", test=test, version=4)
    exercise = Exercise("e", claim=fact, hint="h", wrong={"five": 5})
    asked.clear()
    assert graded(exercise, 4)[0] == "accepted"
    assert len(asked) == (1 + FRESH_SETS if is_random else 1)


def test_a_listed_mistake_is_judged_once(claim):
    judged = []

    def lost(x):
        judged.append(x)
        return -slope(x)

    exercise = Exercise("e", claim=claim, hint="h", wrong={"the minus": lost})
    judged.clear()
    for _ in range(2):
        assert "the minus" in graded(exercise, lambda x: -slope(x))[1]
    assert not judged


def test_a_solution_is_returned_and_recorded(exercise, records):
    @exercise.solution
    def answer(x):
        return slope(x)

    assert answer(0.0) == 0.25
    assert (records[-1]["event"], records[-1]["outcome"]) == ("solved", "accepted")


@pytest.mark.parametrize("answer", [np.tanh, ..., lambda _: 1 / 0])
def test_a_solution_that_is_not_accepted_raises(exercise, answer, records):
    with pytest.raises(NotAccepted, match="sigmoid-slope: the solution is not accepted"):
        exercise.solution(answer)
    assert records[-1]["event"] == "posed"


def test_grading_never_raises_and_is_recorded(exercise, records):
    for answer, outcome in [(..., "hole"), (np.tanh, "refused"), (slope, "accepted")]:
        assert exercise.grade(answer) is None
        assert (records[-1]["event"], records[-1]["outcome"]) == ("graded", outcome)


@pytest.mark.usefixtures("exercise")
def test_posing_tells_how_many_wrong_answers_were_refused(claim, records):
    assert records[-1]["message"] == "✗ 2 wrong answers refused, as they must be."
    assert records[-1]["wrong"] == ["the minus was lost", "σ is not 1 − σ"]
    Exercise("e", claim=claim, hint="h", wrong={"w": np.tanh})
    assert records[-1]["message"] == "✗ 1 wrong answer refused, as it must be."


def test_the_hint_stands_folded_under_the_question(claim, records):
    exercise = Exercise("e", claim=claim, hint="try $x < 0$", wrong={"w": np.tanh})
    exercise.grade(...)
    shown = [drawn(record)[0] for record in records[-2:]]
    hint = r'<details><summary>Hint</summary>try <span class="math">\(x &lt; 0\)</span></details>'
    assert [hint in html for html in shown] == [True, False]


def test_a_complete_exercise_has_no_problems(exercise, records):
    exercise.grade(...)
    exercise.solution(slope)
    assert problems([r for r in records if r["kind"] == "exercise"]) == []


def test_a_listed_wrong_answer_that_is_accepted_stops_the_page(claim):
    with pytest.raises(NotRefused, match="e: the claim accepts the wrong answer 'right'"):
        Exercise("e", claim=claim, hint="h", wrong={"fine": np.tanh, "right": slope})


def test_a_listed_wrong_answer_that_crashes_stops_the_page(claim):
    with pytest.raises(ZeroDivisionError):
        Exercise("e", claim=claim, hint="h", wrong={"typo": lambda _: 1 / 0})


@pytest.mark.parametrize("missing", [{"hint": " "}, {"wrong": {}}])
def test_an_exercise_has_a_hint_and_a_wrong_answer(claim, missing):
    with pytest.raises(ValueError, match="needs a hint and a wrong answer"):
        Exercise("e", **({"claim": claim, "hint": "h", "wrong": {"w": np.tanh}} | missing))

import copy
import functools
import json
import warnings

import mpmath
import numpy as np
import pytest
import sympy
import torch

from evidence import Claim, Disagreement, NotRefused, agree, exactly, holds
from evidence.claims.fact import describe
from evidence.page.draw import drawn
from evidence.page.records import recording

X = np.linspace(-3, 3, 13)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_tanh(x):
    return 0.5 + 0.5 * np.tanh(x / 2)


exact = exactly(lambda x: 1 / (1 + mpmath.exp(-x)))


def claim(at=X, witness=sigmoid, reference=exact, **tolerance):
    return agree(
        "sigmoid.value",
        r"$\sigma(x) = 1/(1+e^{-x})$",
        reference=("mpmath", reference),
        witnesses={"softact": witness},
        at=at,
        **(tolerance or {"ulps": 8}),
    )


@pytest.fixture(autouse=True)
def records():
    with recording() as found:
        yield found


# ---------------------------------------------------------------- what is accepted


def test_witnesses_that_agree_are_recorded_with_their_gaps(records):
    made = agree(
        "sigmoid.value",
        r"$\sigma$",
        reference=("mpmath", exact),
        witnesses={"NumPy": sigmoid, "torch": lambda x: torch.sigmoid(torch.tensor(x))},
        at=X,
        ulps=8,
        settles=["S0.1", "E15"],
    )
    [record] = records
    gaps = [witness.pop("gap") for witness in record["witnesses"]]
    assert record == {
        "kind": "claim",
        "id": "sigmoid.value",
        "statement": r"$\sigma$",
        "settles": ["S0.1", "E15"],
        "anchor": "claim-sigmoid.value",
        "evidence": "computed",
        "reference": "mpmath",
        "witnesses": [{"name": "NumPy"}, {"name": "torch"}],
        "unit": "ulp",
        "tolerance": 8.0,
        "calls": 1,
        "numbers": 13,
    }
    with mpmath.workdps(50):
        expected = max(
            abs(mpmath.mpf(float(sigmoid(x))) - exact(x).item()) / float(np.spacing(sigmoid(x)))
            for x in X
        )
    assert gaps[0] == pytest.approx(float(expected), rel=1e-6)
    assert isinstance(made, Claim)
    json.dumps(record, allow_nan=False)


@pytest.mark.parametrize(
    "at",
    [
        X,
        X.tolist(),
        [X, X[:2], np.zeros((2, 3))],
        (X,),
        [(X,), (X[:3],)],
        torch.tensor(X),
        np.float64(0.5),
        0.5,
    ],
)
def test_points_of_every_form(at):
    claim(at=at, witness=lambda x: sigmoid(np.asarray(x)))


def test_a_tuple_holds_the_arguments_of_one_call():
    agree(
        "sum",
        "x",
        reference=("a", lambda x, y: x + y),
        witnesses={"b": lambda x, y: y + x},
        at=[(1.0, 2.0), (X, X[::-1])],
        ulps=0,
    )


def test_a_tolerance_of_zero_is_met_by_equal_results_only():
    claim(reference=sigmoid, witness=lambda x: sigmoid(x) * 1.0, ulps=0)
    with pytest.raises(Disagreement, match=r"is 1 ulp away from 'mpmath', 0 is allowed"):
        claim(reference=sigmoid, witness=lambda x: np.nextafter(sigmoid(x), 2), ulps=0)


def test_the_reference_is_evaluated_at_fifty_digits_and_not_rounded(records):
    claim(at=0.1, reference=lambda x: 1 / mpmath.mpf(3) * (x * 10), witness=lambda _: 1 / 3, ulps=8)
    [witness] = records[0]["witnesses"]
    with mpmath.workdps(60):
        third = mpmath.mpf(1) / 3 * (mpmath.mpf(0.1 * 10))
        assert witness["gap"] == pytest.approx(float((third - mpmath.mpf(1 / 3)) * 2**54), rel=1e-9)
    assert witness["gap"] > 0.3


def test_ulps_are_those_of_the_points():
    single = X.astype(np.float32)
    claim(at=single, ulps=4)
    with pytest.raises(Disagreement):
        claim(at=X, witness=lambda x: sigmoid(x.astype(np.float32)), ulps=1000)


def test_a_float64_reference_of_float32_points_is_measured_in_float32_ulps():
    claim(at=X.astype(np.float32), reference=lambda x: by_tanh(x.astype(float)), ulps=4)


def test_bfloat16():
    points = torch.tensor(X, dtype=torch.bfloat16)
    double = lambda x: sigmoid(x.double().numpy())  # noqa: E731
    claim(at=points, reference=double, witness=torch.sigmoid, ulps=1)
    with pytest.raises(Disagreement):
        claim(at=points, reference=double, witness=lambda x: torch.sigmoid(x) * 1.02, ulps=1)


@pytest.mark.parametrize("tolerance", [{"rtol": 1e-15}, {"atol": 1e-15}, {"ulps": 8}])
def test_each_kind_of_tolerance(tolerance):
    claim(**tolerance)
    with pytest.raises(Disagreement):
        claim(witness=lambda x: sigmoid(x) * (1 + 1e-13), **tolerance)


def test_each_function_gets_points_that_no_other_one_has_touched():
    def in_place(x):
        x -= x.max()
        return np.exp(x) / np.exp(x).sum()

    z = np.array([1.0, 2.0, 4.0])
    agree(
        "softmax",
        "x",
        reference=("a", in_place),
        witnesses={"b": lambda z: np.exp(z - 4) / np.exp(z - 4).sum()},
        at=z,
        ulps=2,
    )
    assert z.tolist() == [1.0, 2.0, 4.0]


def test_gradients_flow_into_copies_of_tensors():
    z = torch.tensor([1.0, 2.0], requires_grad=True)

    def slope(z):
        (z**2).sum().backward()
        return z.grad

    agree("square", "x", reference=("a", lambda z: 2 * z), witnesses={"b": slope}, at=z, ulps=0)
    assert z.grad is None


# ---------------------------------------------------------------- what is not


@pytest.mark.parametrize("factor", [1 + 1e-6, 1 - 1e-14, -1, 0, np.nan, np.inf])
def test_a_broken_witness_is_named_with_the_claim_and_the_point(factor):
    with pytest.raises(Disagreement) as caught:
        claim(witness=lambda x: np.where(x == 1.5, sigmoid(x) * factor, sigmoid(x)))
    message = str(caught.value)
    assert message.startswith("sigmoid.value: 'softact' is ")
    assert "'mpmath'" in message
    assert message.endswith(" in entry [9] at 1.5")
    assert " instead of 0.817574476193643" in message


def test_one_wrong_number_in_one_of_many_calls_is_found():
    calls = [np.full((4, 3), float(k)) for k in range(20)]

    def off_at_seven(x):
        y = sigmoid(x)
        y[2, 1] += 1e-9 * (x[0, 0] == 7)
        return y

    with pytest.raises(Disagreement, match=r"in entry \[2, 1\] at \[7\. 7\. 7\.\]"):
        claim(at=calls, witness=off_at_seven)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_stray_infinities_never_pass(bad):
    for tolerance in ({"atol": 1}, {"rtol": 2}, {"ulps": 1e16}):  # as wide as may be
        with pytest.raises(Disagreement, match=f"{bad} instead of 0.5"):
            claim(at=np.zeros(2), witness=lambda x: np.full_like(x, bad), **tolerance)


def test_a_point_of_very_many_numbers_is_named_by_its_first_ones():
    table = np.arange(10_000.0).reshape(100, 100)
    with pytest.raises(Disagreement, match=r"1\.0 instead of .* at \[\[0.000e.00 .* …") as caught:
        agree(
            "x",
            "x",
            reference=("mpmath", np.sum),
            witnesses={"one": lambda _: 1.0},
            at=table,
            ulps=1,
        )
    assert len(str(caught.value)) < 250


def test_two_nans_do_not_agree():
    with pytest.raises(Disagreement, match="nan instead of nan"):
        claim(reference=lambda x: x * np.nan, witness=lambda x: np.nan * x, atol=1)


@pytest.mark.parametrize(
    "reshape",
    [lambda y: y[:, None], lambda y: y[:-1], lambda y: y.sum(), lambda y: [y, y], lambda _: 0.5],
)
def test_another_shape_never_passes(reshape):
    with pytest.raises(Disagreement, match=r"shape .* instead of \(13,\)"):
        claim(witness=lambda x: reshape(sigmoid(x)), atol=1)


@pytest.mark.parametrize("empty", [[], np.zeros(0), [np.zeros((0, 3))], (np.zeros(0),)])
def test_nothing_to_compare_never_passes(empty):
    with pytest.raises(ValueError, match="there is nothing to compare"):
        claim(at=empty)


def test_a_reference_cannot_confirm_itself():
    for names in (("a", "b"), ("a", "a")):
        with pytest.raises(ValueError, match="cannot confirm itself"):
            agree(
                "x",
                "x",
                reference=(names[0], sigmoid),
                witnesses={names[1]: sigmoid if names[1] == "b" else by_tanh},
                at=X,
                ulps=8,
            )


def test_one_function_under_two_names_is_one_witness():
    with pytest.raises(ValueError, match="cannot confirm itself"):
        agree(
            "x", "x", reference=("r", exact), witnesses={"a": sigmoid, "b": sigmoid}, at=X, ulps=8
        )


class Layer:
    def forward(self, x):
        return 2 * x


@pytest.mark.parametrize("twice", [Layer().forward, functools.partial(np.multiply, 2)])
def test_one_method_asked_for_twice_is_one_function(twice):
    again = copy.copy(twice) if isinstance(twice, functools.partial) else twice.__self__.forward
    assert again is not twice
    with pytest.raises(ValueError, match="cannot confirm itself"):
        agree("x", "x", reference=("r", twice), witnesses={"a": again}, at=X, ulps=8)


def test_no_witness():
    with pytest.raises(ValueError, match="without a witness"):
        agree("x", "x", reference=("r", exact), witnesses={}, at=X, ulps=8)


@pytest.mark.parametrize("tolerance", [{}, {"ulps": 1, "rtol": 1}, {"ulps": 1, "rtol": 0.0}])
def test_exactly_one_tolerance(tolerance):
    with pytest.raises(ValueError, match="give one tolerance"):
        agree("x", "x", reference=("r", exact), witnesses={"a": sigmoid}, at=X, **tolerance)


@pytest.mark.parametrize("value", [-1, np.nan, np.inf])
def test_a_tolerance_that_is_none(value):
    with pytest.raises(ValueError, match="is no tolerance"):
        claim(ulps=value)


@pytest.mark.parametrize("settles", ["S0.1", ["s0.1"], ["S0."], ["S0.1 "], ["0.1"]])
def test_settles_is_a_list_of_register_ids(settles):
    with pytest.raises(ValueError, match="is no list of ids"):
        holds("x", "x", test=lambda _: True, version=1, settles=settles)


def test_what_settles_may_come_one_at_a_time(records):
    holds("x", "x", test=lambda _: True, version=1, settles=iter(["S0.1", "E15"]))
    assert records[0]["settles"] == ["S0.1", "E15"]


def test_a_statement_with_half_a_formula_is_reported():
    with pytest.raises(ValueError, match="without its partner"):
        holds("x", "$x", test=lambda _: True, version=1)


def test_a_formula_left_over_is_an_error_and_not_a_disagreement():
    x = sympy.Symbol("x")
    with pytest.raises(TypeError, match="a formula is left") as caught:
        claim(at=0.5, witness=lambda v: v + x)
    assert caught.value.__notes__ == ["this was the witness 'softact' of sigmoid.value"]


def test_warnings_of_a_witness_are_not_hidden():
    with pytest.raises(RuntimeWarning, match="overflow"):
        claim(at=np.array([-800.0]), witness=sigmoid)


def test_a_disagreement_leaves_no_record(records):
    with pytest.raises(Disagreement):
        claim(witness=np.tanh)
    assert records == []


# ---------------------------------------------------------------- what shows nothing


def square(x):
    return x * x


def squares_of(witness):
    return lambda x: witness(x) + 0 * x


@pytest.mark.parametrize(
    ("reference", "witness", "message"),
    [
        (lambda x: 2 * x + 1, lambda x: 2 * x + 1, "cannot confirm itself"),
        (lambda x: sum(v * x for v in (1, 2)), lambda x: sum(v * x for v in (1, 2)), "itself"),
        (functools.partial(np.power, 2.0), functools.partial(np.power, 2.0), "itself"),
        (lambda x: square(x) + 0 * x, square, "the reference calls the witness"),
        (squares_of(square), square, "the reference calls the witness"),
        (lambda x: np.stack([square(v) for v in x]), square, "the reference calls the witness"),
    ],
)
def test_a_reference_that_shares_its_formula_with_the_witness(reference, witness, message):
    with pytest.raises(ValueError, match=message):
        claim(reference=reference, witness=witness)


@pytest.mark.parametrize(
    ("reference", "witness"),
    [
        (lambda x: x + x, lambda x: 2 * x),
        (lambda x: 2.0 * x, lambda x: x * 2.0),
        (lambda x: np.power(x, 2.0), square),
    ],
)
def test_two_formulas_for_one_thing_are_two(reference, witness):
    claim(reference=reference, witness=witness)


@pytest.mark.parametrize(
    "at",
    [[0.5] * 1000, [X, X[::-1], X.copy()], [(1.0, 2.0), (1.0, 2.0)], [torch.tensor(X)] * 2],
)
def test_equal_points_are_one_point(at):
    with pytest.raises(ValueError, match=r"two of its \d+ points are the same"):
        agree("x", "x", reference=("a", max), witnesses={"b": min}, at=at, ulps=8)


def test_points_that_print_alike_are_two():
    close = [torch.tensor(0.5), torch.tensor(0.500001), np.float32(0.5), np.float64(0.5)]
    claim(at=close, witness=lambda x: sigmoid(np.float64(x)), reference=lambda x: exact(float(x)))


@pytest.mark.parametrize("loose", [{"atol": 1e3}, {"rtol": 1e3}, {"ulps": 1e20}])
def test_a_tolerance_that_excludes_nothing(loose):
    with pytest.raises(ValueError, match="excludes nothing"):
        claim(**loose)


# ---------------------------------------------------------------- general facts


def test_holds_records_the_version(records):
    holds(
        "slope.range",
        r"$\sigma'$ takes every value of (0, ¼]",
        test=lambda v: v.contains(sympy.Rational(1, 4)),
        version=sympy.Interval.Lopen(0, sympy.Rational(1, 4)),
        settles=["S0.7"],
    )
    [record] = records
    assert (record["kind"], record["evidence"]) == ("claim", "exact")
    assert record["version"] == "Interval.Lopen(0, 1/4)"


def test_a_version_is_named_without_its_address():
    assert " at 0x" not in describe(functools.partial(len))
    assert describe(lambda: None) == ""
    assert describe(len) == "len"


def test_a_version_without_a_name_is_not_called_something(records):
    anonymous = holds("x", "a statement", test=callable, version=lambda: None)
    anonymous.refuse("a number", 3)
    assert records[0]["version"] == ""
    assert records[1]["reason"] == "it is not true of 3"


@pytest.mark.parametrize("truth", [True, np.True_, sympy.true])
def test_a_truth_value_of_any_library(truth):
    holds("x", "x", test=lambda _: truth, version=1)
    with pytest.raises(Disagreement, match="x: it is not true of 1"):
        holds("x", "x", test=lambda _: ~truth if truth is not True else False, version=1)


@pytest.mark.parametrize(
    "outcome", [None, 1, 0, "True", [], [True], np.array([True]), sympy.Symbol("x") > 0, ...]
)
def test_a_test_must_answer_true_or_false(outcome):
    with pytest.raises(TypeError, match="must answer True or False"):
        holds("x", "x", test=lambda _: outcome, version=1)


# ---------------------------------------------------------------- negative controls


def test_a_wrong_version_is_refused_by_the_same_test(records):
    claim().refuse("the lost minus", lambda x: 1 / (1 + np.exp(x)))
    record = records[1]
    assert record.pop("reason").startswith("0.9525741268224")
    assert record == {
        "kind": "refusal",
        "id": "sigmoid.value",
        "statement": r"$\sigma(x) = 1/(1+e^{-x})$",
        "settles": [],
        "evidence": "computed",
        "anchor": "claim-sigmoid.value",
        "wrong": "the lost minus",
    }


def test_a_control_that_is_accepted_raises(records):
    made = claim()
    with pytest.raises(NotRefused, match=r"sigmoid\.value: the check accepts 'tanh form'"):
        made.refuse("tanh form", by_tanh)
    assert len(records) == 1


def test_a_vacuous_check_is_unmasked():
    vacuous = holds("x", "x", test=lambda _: True, version=1)
    with pytest.raises(NotRefused):
        vacuous.refuse("nonsense", "nonsense")


def test_a_control_that_dies_from_a_typo_proves_nothing():
    made = claim()
    with pytest.raises(NameError) as caught:
        made.refuse("typo", lambda x: sigmiod(x))  # noqa: F821
    assert "'typo' of sigmoid.value crashed" in caught.value.__notes__[0]


def test_a_control_that_is_announced_to_crash_may(records):
    made = claim()

    def read_only(_):
        raise ValueError("output array is read-only")

    made.refuse("in place", read_only, raises=ValueError)
    assert records[1]["reason"] == "it raises ValueError: output array is read-only"
    with pytest.raises(ValueError, match="read-only"):
        made.refuse("in place", read_only, raises=(KeyError, TypeError))


def test_announcing_a_crash_does_not_excuse_a_right_version():
    with pytest.raises(NotRefused):
        claim().refuse("right", by_tanh, raises=ValueError)


def test_a_control_may_overflow_in_silence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = claim(at=np.array([-800.0, 1.0]), witness=by_tanh, atol=1e-15)
        made.refuse("naive exp", lambda x: np.exp(x * 2) / np.exp(-x * 2))


def test_holds_and_refuse():
    top = holds("x", "x", test=lambda v: v == 0.25, version=0.25)
    top.refuse("a half", 0.5)
    with pytest.raises(NotRefused):
        top.refuse("a quarter", 0.25)


# ---------------------------------------------------------------- what is displayed


def displayed(records, action):
    action()
    return drawn(records[-1])


def test_the_table(records):
    html, text = displayed(records, claim)
    assert html.startswith('<table class="sa-table sa-check" id="claim-sigmoid.value"><caption>')
    assert r'<span class="math">\(\sigma(x) = 1/(1+e^{-x})\)</span></caption>' in html
    assert html.count('scope="col"') == 5
    assert '<th scope="row">softact</th>' in html
    assert "<td>8</td><td>13</td>" in html
    assert "style=" not in html
    assert "against mpmath: 13 numbers, 8 ulp allowed\n  ✓ softact" in text


def test_names_are_escaped(records):
    html, _ = displayed(
        records, lambda: holds("x", "a < b", test=lambda _: True, version="<script>")
    )
    assert "a &lt; b" in html
    assert "<script>" not in html


def test_the_notebook_does_not_show_the_claim_twice():
    assert not hasattr(claim(), "_repr_mimebundle_")
    assert repr(claim()) == "<claim sigmoid.value>"


def test_long_arrays_are_shortened_in_messages():
    z = np.zeros(50)
    with pytest.raises(Disagreement) as caught:
        claim(at=z, reference=lambda z: np.outer(z, z), witness=lambda z: np.outer(z, z) + 1)
    assert len(str(caught.value)) < 250


def test_a_tolerance_is_shown_as_it_is(records):
    def check():
        agree("a.b", "c", reference=("r", np.sin), witnesses={"w": np.sinh}, at=0.0, ulps=375)

    html, text = displayed(records, check)
    assert "<td>375</td>" in html
    assert "375 ulp allowed" in text

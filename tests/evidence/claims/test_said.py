import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
import torch
from IPython.core.interactiveshell import InteractiveShell

from evidence.claims.said import matches, parse, plain, said
from evidence.page.records import recording

RIGHT = [
    ("0.25", 0.25),
    ("0.25", 0.2450001),
    ("0.25", 0.2549999),
    ("0.250", 0.25),
    ("-0.5", -0.5),
    ("−0.5", -0.5),
    ("+3", 3),
    ("1797", 1797),
    ("1,797", 1797),
    ("1 797", 1797),
    ("1\u202f234\u202f567.9", 1234567.89),
    ("37", 36.74),
    ("1.9287e-22", 1.92874985e-22),
    ("1.9 × 10⁻²²", 1.9287e-22),
    ("1.9·10^-22", 1.9287e-22),
    ("−1.9 × 10^{-22}", -1.9287e-22),
    ("10⁻³", 0.001),
    ("2⁻⁵³", 2.0**-53),
    ("25%", 0.25),
    ("6.8 %", 0.0683),
    ("6.8\N{NO-BREAK SPACE}%", 0.0683),
    ("1/4", 0.25),
    ("¼", 0.25),
    ("1/3", 1 / 3),
    ("⅔", 2 / 3),
    ("1/3", 0.1 + 0.2 + 1 / 30),
    ("-7/3", Fraction(-7, 3)),
    ("2", 2.4999),
    ("3", 2.5001),
    ("2.5", 2.5),
    ("0.1251", 0.12506),
    ("≈ 10²", 148.4),
    ("about 10²", 148.4),
    ("about 10^{-17}", 1.39e-17),
    ("1 × 10²", 148.4),
    ("0", 0.0),
    ("0.00", 0),
    ("∞", math.inf),
    ("-∞", -math.inf),
    ("inf", sympy.oo),
    ("−∞", -sympy.oo),
    ("nan", math.nan),
    ("0.1", np.float32(0.1)),
    ("0.1", torch.tensor(0.1, requires_grad=True)),
    ("3.14159265358979323846264", sympy.pi),
    ("0.7071", sympy.sqrt(2) / 2),
    ("1/4", sympy.Rational(1, 4)),
    ("0.3333", mpmath.mpf(1) / 3),
    ("3", np.int64(3)),
    ("float32", "float32"),
    ("[0, 0, 1]", np.array([0.0, 0.0, 1.0])),
    ("0.09, 0.24, 0.67", torch.tensor([0.0900, 0.2447, 0.6652])),
    ("(1.9287e-22; 2.1e-9; 1)", [1.92874985e-22, 2.0612e-9, 1.0]),
]
WRONG = [
    ("0.25", 0.2561),
    ("0.25", 0.2449),
    ("0.250", 0.2506),
    ("0.25", -0.25),
    ("-0.25", 0.25),
    ("0.25", math.nan),
    ("0.25", math.inf),
    ("1798", 1797),
    ("1800", 1797),
    ("17.97", 1797),
    ("1.9e-21", 1.9e-22),
    ("10³", 103),
    ("1.9 × 10²", 19),
    ("5×103", 515),
    ("25", 0.25),
    ("0.25%", 0.25),
    ("1/3", 0.3333333),
    ("1/4", 0.26),
    ("3", 2.5),
    ("2", 2.5),
    ("0.12", 0.125),
    ("0.13", 0.125),
    ("-0.12", -0.125),
    ("0.05", 0.045),
    ("0.04", 0.045),
    ("10²", 148.4),
    ("10⁻¹⁷", 1.39e-17),
    ("2⁻⁵³", 2.0**-52),
    ("about 10²", 330),
    ("about 10²", 31),
    ("about 10²", -100),
    ("about 10²", 0),
    ("about 5 × 10²", 500),
    ("0", 1e-30),
    ("0.00", 0.001),
    ("0", -1e-300),
    ("∞", 1e308),
    ("∞", -math.inf),
    ("nan", 0.0),
    ("0.3333333333333333333", mpmath.mpf(1) / 3),
    ("float32", "float64"),
    ("about 0.25", 0.25),
    ("0.25 or so", 0.25),
    ("", 0.25),
    ("0.2.5", 0.25),
    ("[0, 1]", [0.0, 0.0, 1.0]),
    ("[0, 0, 1, 0]", [0.0, 0.0, 1.0]),
    ("[0, 1, 0]", [0.0, 0.0, 1.0]),
    ("0", [0.0, 0.0]),
    ("2½", 10.5),
    ("110³", 11000),
    ("110^3", 11000),
    ("3.10²", 310),
    ("3/0", 0.0),
]


@pytest.mark.parametrize(("written", "value"), RIGHT)
def test_right_to_the_digits_written(written, value):
    assert matches(written, value)


@pytest.mark.parametrize(("written", "value"), WRONG)
def test_wrong_in_a_digit_written(written, value):
    assert not matches(written, value)


@pytest.mark.parametrize(("written", "value"), RIGHT + WRONG)
def test_what_was_recorded_is_judged_like_the_value_itself(written, value):
    assert matches(written, plain(value)) == matches(written, value)


def test_against_rounding_by_decimal_arithmetic():
    rng = np.random.default_rng(3)
    for value in rng.normal(size=300) * 10.0 ** rng.integers(-6, 6, size=300):
        digits = int(rng.integers(1, 9))
        written = f"{value:.{digits}e}"
        assert matches(written, value)
        last = 10.0 ** (int(written.split("e")[1]) - digits)
        assert not matches(f"{value + 1.01 * last:.{digits}e}", value)


@pytest.mark.parametrize("value", [None, True, np.True_, 1j, sympy.Symbol("x"), object(), [None]])
def test_what_no_sentence_can_state(value):
    with pytest.raises(TypeError, match="a sentence can state"):
        said(x=value)


def test_values_are_recorded_without_losing_digits():
    with recording() as records:
        said(peak=0.1 + 0.2, shape=np.zeros((2, 3)).shape, third=sympy.Rational(1, 3))
    assert records == [
        {
            "kind": "said",
            "id": "peak shape third",
            "statement": "",
            "values": {"peak": "0.30000000000000004", "shape": ["2", "3"], "third": "1/3"},
            "lines": ["peak = 0.30000000000000004", "shape = [2, 3]", "third = 1/3"],
        }
    ]


def test_the_values_are_shown(capsys):
    said(peak=1 / 4, probabilities=np.full(2, 1 / 2))
    assert capsys.readouterr().out == "peak = 0.25\nprobabilities = [0.5, 0.5]\n"


@pytest.mark.parametrize(
    "call",
    [
        "said(invented=0.26)",
        "said(invented=-0.26)",
        "said(invented=[0.5, 0.5])",
        "said(invented='float32')",
        "said(\n    right=x,\n    invented=0.26,  # σ\n)",
        "σ = x; said(right=σ, invented=(1, 2))",
    ],
)
def test_a_number_that_was_typed_in_is_refused(call, tmp_path):
    cell = tmp_path / "cell.py"
    cell.write_text(call, encoding="utf-8")
    with pytest.raises(ValueError, match=r"but invented is typed in"), recording():
        exec(compile(call, str(cell), "exec"), {"said": said, "x": 0.26})


@pytest.mark.parametrize("call", ["said(a=x)", "said(a=2 / 2**5)", "said(a=f(0.5))", "said(**d)"])
def test_a_number_that_was_computed_is_recorded(call, tmp_path):
    cell = tmp_path / "cell.py"
    cell.write_text(call, encoding="utf-8")
    with recording() as found:
        exec(compile(call, str(cell), "exec"), {"said": said, "x": 1, "f": abs, "d": {"a": 1}})
    assert len(found) == 1


def test_in_a_notebook_a_number_that_was_typed_in_is_refused():
    shell = InteractiveShell.instance()
    try:
        shell.run_cell("from evidence.claims.said import said", silent=True)
        outcome = shell.run_cell("σ = 1\nsaid(invented=0.26)", silent=True)
    finally:
        InteractiveShell.clear_instance()
    assert "invented is typed in" in str(outcome.error_in_exec)


def test_where_no_source_is_at_hand_nothing_is_refused():
    with recording() as found:
        exec("said(a=1)", {"said": said})
    assert len(found) == 1


def test_saying_nothing_is_an_error():
    with pytest.raises(ValueError, match="needs a value"):
        said()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0.25 <peak>", ("0.25", "peak")),
        ("1.9 × 10⁻²²<tiny_2>", ("1.9 × 10⁻²²", "tiny_2")),
        (" [0, 0, 1]  <p> ", ("[0, 0, 1]", "p")),
    ],
)
def test_parse(text, parts):
    assert parse(text) == parts


@pytest.mark.parametrize("text", ["0.25", "<peak>", "0.25 <a b>", "0.25 <peak> ulps", "", "peak"])
def test_the_role_wants_a_number_and_a_name(text):
    with pytest.raises(ValueError, match="write the number and the name"):
        parse(text)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (sympy.log(10), "2.3025850929940456…"),
        (mpmath.mpf("1.5e-309"), "1.5e-309"),
        (sympy.Rational(1, 3), "1/3"),
        (0.1 + 0.2, "0.30000000000000004"),
        (2**70, "1180591620717411303424"),
        ([sympy.pi, 1], "[3.1415926535897932…, 1]"),
    ],
)
def test_the_page_shows_no_more_digits_than_a_float_has(value, shown, capsys):
    said(value=value)
    assert capsys.readouterr().out == f"value = {shown}\n"


def test_the_record_has_all_digits():
    with recording() as found:
        said(value=sympy.log(10))
    assert len(found[-1]["values"]["value"]) > 50

import sys
from types import ModuleType

import pytest

from evidence.page import records
from evidence.page.draw import drawn
from evidence.page.records import MIME, bundle, check_id, emit, problems, read, recording

CLAIM = {
    "kind": "claim",
    "id": "a.b",
    "statement": "x",
    "settles": [],
    "evidence": "exact",
    "anchor": "claim-a.b",
}
REFUSAL = CLAIM | {"kind": "refusal", "wrong": "y", "reason": "it is not x"}
CHECK = CLAIM | {"kind": "check"}
DERIVED = CLAIM | {"evidence": "proved", "steps": []}
POSED = {
    "kind": "exercise",
    "id": "e",
    "statement": "x",
    "event": "posed",
    "wrong": ["w"],
    "message": "m",
}
GRADED = {"kind": "exercise", "id": "e", "statement": "x", "event": "graded", "outcome": "hole"}
SOLVED = {"kind": "exercise", "id": "e", "statement": "x", "event": "solved"}


def test_bundle_serves_the_eye_the_terminal_and_the_build():
    assert bundle(CLAIM) == {"text/html": drawn(CLAIM)[0], "text/plain": "[=] x", MIME: CLAIM}


@pytest.mark.parametrize("field", ["kind", "id", "statement"])
def test_a_record_lacks_nothing(field):
    with pytest.raises(ValueError, match=f"needs {field}"):
        bundle({k: v for k, v in CLAIM.items() if k != field})


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="'hope'"):
        bundle(CLAIM | {"kind": "hope"})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_record_is_json_that_everyone_can_read(value):
    with pytest.raises(ValueError, match="JSON"):
        bundle(CLAIM | {"gap": value})


def test_outside_a_notebook_the_text_is_printed(capsys):
    emit(CLAIM)
    assert capsys.readouterr().out == "[=] x\n"


def test_recording_collects_and_prints_nothing(capsys):
    with recording() as outer:
        emit(CLAIM)
        with recording() as inner:
            emit(REFUSAL)
        emit(POSED)
    assert (outer, inner) == ([CLAIM, POSED], [REFUSAL])
    assert capsys.readouterr().out == ""


def test_recording_ends_even_after_an_error():
    with pytest.raises(ZeroDivisionError), recording():
        raise ZeroDivisionError
    assert not records.is_recording()


def test_in_a_notebook_the_bundle_is_published(monkeypatch):
    ipython = pytest.importorskip("IPython")
    published = []
    monkeypatch.setattr(ipython, "get_ipython", lambda: object())
    monkeypatch.setattr(ipython.display, "publish_display_data", published.append)
    emit(CLAIM)
    assert published == [bundle(CLAIM)]


@pytest.mark.parametrize(("statement", "scripts"), [("$x$", 1), ("x", 0)])
def test_on_colab_formulas_bring_what_typesets_them(monkeypatch, statement, scripts):
    ipython = pytest.importorskip("IPython")
    published = []
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    monkeypatch.setattr(ipython, "get_ipython", lambda: object())
    monkeypatch.setattr(ipython.display, "publish_display_data", published.append)
    emit(CLAIM | {"statement": statement})
    assert published[0]["text/html"].startswith('<p class="sa-check"')
    assert published[0]["text/html"].count("MathJax.js") == scripts


def test_read_finds_the_records_of_a_notebook_in_order():
    outputs = [
        {"output_type": "stream", "text": "x"},
        {"output_type": "display_data", "data": bundle(CLAIM)},
        {"output_type": "execute_result", "data": {"text/plain": "3"}},
        {"output_type": "display_data", "data": bundle(REFUSAL)},
    ]
    notebook = {"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": outputs}]}
    assert read(notebook) == [CLAIM, REFUSAL]


def test_complete_records_have_no_problems():
    assert problems([CLAIM, REFUSAL, REFUSAL, POSED, GRADED, SOLVED]) == []
    assert problems([DERIVED | {"settles": ["S0.1"]}, CHECK, CHECK, REFUSAL]) == []


def test_a_derivation_on_the_way_to_another_needs_no_refusal():
    assert problems([DERIVED]) == []


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        ([CLAIM], "claim a.b: no wrong version was refused"),
        ([DERIVED | {"settles": ["S0.1"]}], "claim a.b: no wrong version was refused"),
        ([DERIVED, CHECK], "claim a.b: no wrong version was refused"),
        ([CHECK], "check a.b: there is no such claim"),
        ([REFUSAL], "refusal a.b: there is no such claim"),
        ([CLAIM, CLAIM, REFUSAL], "claim a.b: made 2 times"),
        ([POSED, GRADED], "exercise e: no solution was accepted"),
        ([POSED, SOLVED], "exercise e: its hole is not graded on the page"),
        ([POSED, GRADED | {"outcome": "refused"}, SOLVED], "exercise e: its hole is not graded"),
        ([POSED | {"wrong": []}, GRADED, SOLVED], "exercise e: no wrong answer was refused"),
        ([POSED, POSED, GRADED, SOLVED], "exercise e: posed 2 times"),
    ],
)
def test_each_gap_in_the_evidence_is_a_problem(found, problem):
    [told] = problems(found)
    assert told.startswith(problem)


@pytest.mark.parametrize("name", ["sigmoid", "softmax.jacobian", "sigmoid.slope-range", "a_1.b2"])
def test_ids(name):
    assert check_id(name) == name


@pytest.mark.parametrize("name", ["", "Softmax", "a b", "a..b", ".a", "a.", 'a"', "σ", 3, None])
def test_what_is_no_id(name):
    with pytest.raises(ValueError, match="is no id"):
        check_id(name)

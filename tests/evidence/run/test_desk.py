"""Grading at the desk, as the page's Python does it; here in this one."""

import json
import sys

import pytest

from evidence.run import desk

STATEMENTS = [
    [1, "from evidence import Exercise, holds"],
    [2, "import absent_library.part as absent"],
    [3, "drawn = list(absent.draw(1))"],
    [4, "follows = drawn + 1"],
    [5, "def right(v):\n    return v == 4"],
    [7, 'four = holds("d.four", "it is $2^{2}$", test=right, version=4)'],
    [8, 'ex = Exercise("d-four", claim=four, hint="Count, $\\\\log$.", wrong={"five": 5})'],
    [9, 'other = holds("d.other", "x", test=lambda v: absent.f(v), version=None)'],
    [10, 'needs = Exercise("d-absent", claim=other, hint="h", wrong={"one": 1})'],
    [11, "n = 3"],
]


@pytest.fixture(autouse=True)
def page(monkeypatch, tmp_path):
    monkeypatch.setattr(desk, "FOLDER", tmp_path / "chapters")
    monkeypatch.setitem(desk.ABSENT, "absent_library", "The library")
    monkeypatch.setattr(sys, "meta_path", [desk.Finder(), *sys.meta_path])
    monkeypatch.chdir(tmp_path)
    opened = {
        "chapter": "d",
        "statements": STATEMENTS,
        "exercises": {"d-four": [0, 1, 2, 3, 4, 5, 6], "d-absent": [0, 1, 7, 8]},
        "at_hand": [9],
        "files": {"data/a.txt": "abc"},
    }
    desk.answer({"open": opened})
    yield
    for name in [name for name in sys.modules if name.startswith("absent_library")]:
        del sys.modules[name]


def prepared(exercise="d-four"):
    """Return in how many parts the exercise is got ready."""
    parts = 1
    while desk.answer({"chapter": "d", "prepare": exercise})["more"]:
        parts += 1
    return parts


def graded(text, exercise="d-four"):
    return desk.answer({"chapter": "d", "exercise": exercise, "text": text})


def tried(text):
    return desk.answer({"chapter": "d", "text": text})


def test_a_right_answer():
    assert graded("print('hm')\nex.grade(4)") == {
        "verdict": "accepted",
        "message": "Right.",
        "printed": "hm",
        "left_out": "",
    }


def test_a_wrong_answer_gets_the_exercises_own_words():
    found = graded("ex.grade(5)")
    assert found["verdict"] == "refused"
    assert found["message"] == (
        "Not yet: it is not true of 5. That is what one gets by this mistake: five. "
        "Hint: Count, log."
    )


def test_a_hole_is_refused():
    assert graded("ex.grade(...)")["verdict"] == "refused"


def test_an_answer_that_grades_nothing_is_told_so():
    found = graded("4")
    assert found["verdict"] == "refused"
    assert ".grade(" in found["message"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ok = 1\nboom = 1 / 0", "ZeroDivisionError in line 2: division by zero"),
        ("def f(:\n    pass", "SyntaxError in line 1"),
        ("raise SystemExit", "SystemExit in line 1."),
        ("ex.grade(unknown)", "NameError in line 1: name 'unknown' is not defined"),
    ],
)
def test_an_error_is_told_in_one_line(text, message):
    found = graded(text)
    assert found["verdict"] == "error"
    assert found["message"].startswith(message)


def test_what_was_got_ready_beforehand_is_not_done_again(monkeypatch):
    monkeypatch.setattr(desk, "PART", 0)
    assert prepared() > len(STATEMENTS[:7])  # the statements, and the rehearsal
    chapter = desk._chapters["d"]
    names = chapter.prepared["d-four"]
    assert names["ex"]._known["five"] == "it is not true of 5"
    assert prepared() == 1
    assert graded("ex.grade(4)")["verdict"] == "accepted"
    assert chapter.prepared["d-four"] is names


def test_an_answer_that_comes_before_all_is_ready_waits_for_the_rest(monkeypatch):
    monkeypatch.setattr(desk, "PART", 0)
    assert desk.answer({"chapter": "d", "prepare": "d-four"}) == {"more": True}
    assert graded("ex.grade(5)")["verdict"] == "refused"
    assert prepared() >= 1
    assert graded("ex.grade(4)")["verdict"] == "accepted"


def test_what_fails_while_it_is_got_ready_is_the_readers_to_see():
    assert prepared("d-absent") == 1  # the claim needs what is not here
    assert graded("needs.grade(2)", "d-absent")["verdict"] == "error"


def test_getting_ready_asks_for_sympy_and_begins_anew(monkeypatch):
    monkeypatch.delitem(sys.modules, "sympy.core", raising=False)
    chapter = desk._chapters["d"]
    chapter.statements = [*STATEMENTS, [12, "import unicodedata"]]
    chapter.exercises["d-late"] = [0, 4, 5, 6, len(STATEMENTS)]
    with monkeypatch.context() as missing:
        missing.setitem(sys.modules, "unicodedata", None)
        assert desk.answer({"chapter": "d", "prepare": "d-late"}) == {"needs": "sympy"}
    assert prepared("d-late") == 1
    assert "unicodedata" in chapter.prepared["d-late"]


def test_an_answer_leaves_no_trace():
    graded("del ex\nright = None\nfour = 5")
    assert graded("ex.grade(4)")["verdict"] == "accepted"


def test_what_is_not_here_is_named_and_left_out():
    assert graded("needs.grade(...)", "d-absent")["verdict"] == "refused"
    found = graded("needs.grade(2)", "d-absent")
    assert found["verdict"] == "error"
    assert found["message"].startswith("The library is not in this page: ")
    assert found["left_out"] == "The library"
    assert not isinstance(1, desk.Missing("absent_library").Kind)


def test_something_of_ones_own():
    assert tried("n + 1") == {"printed": "4"}
    assert tried("n = 10\nprint('so')\nNone") == {"printed": "so"}
    assert tried("n") == {"printed": "10"}
    assert tried("print('o' * 5000)")["printed"].endswith("oo …")
    claim = "from evidence import holds\nholds('d.new', 'it is so', test=lambda v: v, version=True)"
    assert "it is so" in tried(claim)["printed"]
    assert tried("1 / 0")["message"] == "ZeroDivisionError in line 1: division by zero"


def test_data_lies_where_the_chapter_reads_it():
    assert tried("from pathlib import Path\nPath('data/a.txt').read_text()") == {"printed": "'abc'"}


def test_sympy_is_asked_for_when_it_is_missing(monkeypatch):
    monkeypatch.delitem(sys.modules, "sympy.core", raising=False)
    monkeypatch.setitem(sys.modules, "unicodedata", None)
    assert tried("import unicodedata") == {"needs": "sympy"}
    assert graded("import unicodedata") == {"needs": "sympy"}


def test_a_request_is_read_and_answered(monkeypatch, tmp_path):
    monkeypatch.setattr(desk, "IN", tmp_path / "in")
    monkeypatch.setattr(desk, "OUT", tmp_path / "out")
    request = {"chapter": "d", "exercise": "d-four", "text": "ex.grade(4)"}
    (tmp_path / "in").write_text(json.dumps(request), "utf-8")
    desk.serve()
    assert json.loads((tmp_path / "out").read_text("utf-8"))["verdict"] == "accepted"
    (tmp_path / "in").write_text('{"chapter": "unknown"}', "utf-8")
    desk.serve()
    assert json.loads((tmp_path / "out").read_text("utf-8"))["verdict"] == "error"

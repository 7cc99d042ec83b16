import pytest

from evidence import results as exported
from evidence.page import records
from evidence.run.results import ChapterError, forget, results

HEADER = """---
kernelspec:
  name: python3
---
# A chapter
"""


def cell(code, options=":tags: [derive]"):
    return f"```{{code-cell}} ipython3\n{options}\n\n{code}\n```\n\nText.\n\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write_chapter(name, *cells):
        (tmp_path / f"{name}.md").write_text(HEADER + "".join(cells), encoding="utf-8")

    return write_chapter


def test_only_the_derive_cells_are_run(write):
    write("a", cell("x = 2"), cell("x = 3\n1 / 0", ":tags: [hide-input]"), cell("y = x + 1"))
    found = results("a")
    assert (found.x, found.y) == (2, 3)
    assert exported is results


def test_a_chapter_is_run_once(write):
    write("a", cell("log = []"), cell("log.append(1)"))
    assert results("a") is results("a")
    assert results("a").log == [1]


def test_what_is_forgotten_is_derived_anew(write, monkeypatch):
    write("a", cell("from math import pi\ny = 2 * pi"))
    right = results("a").y
    monkeypatch.setattr("math.pi", 3)
    assert results("a").y == right
    forget()
    assert results("a").y == 6


def test_nothing_is_displayed(write, capsys):
    said = "from evidence import said\nx = 1\nsaid(x=x)"
    write("a", cell(said))
    with records.recording() as seen:
        results("a")
    assert seen == []
    assert capsys.readouterr().out == ""


def test_chapters_build_on_each_other(write):
    write("a", cell("x = 2"))
    write("b", cell("from evidence import results\ny = results('a').x * 3"))
    assert results("b").y == 6


def test_a_circle_of_chapters_is_named(write):
    write("a", cell("from evidence import results\nresults('b')"))
    write("b", cell("from evidence import results\nresults('a')"))
    with pytest.raises(ChapterError, match="wait for each other: a needs b needs a"):
        results("a")


def test_an_unknown_chapter(write):
    write("sigmoid", cell("x = 1"))
    with pytest.raises(ChapterError, match=r"no chapter 'sigmod' in .*; there are: sigmoid"):
        results("sigmod")


def test_a_chapter_without_derive_cells(write):
    write("a", cell("x = 1", ":tags: [derived, hide-cell]"))
    with pytest.raises(ChapterError, match="chapter 'a' has no cell tagged derive"):
        results("a")


def test_a_failing_cell_is_named_with_its_line(write):
    write("a", cell("x = 1"), cell("y = 2\nz = w + y"))
    with pytest.raises(ChapterError, match=r"^a\.md, line 18: NameError: .*'w'"):
        results("a")
    with pytest.raises(ChapterError, match="NameError"):  # not kept as if it had succeeded
        results("a")


def test_a_cell_that_does_not_parse(write):
    write("a", cell("x = 1"), cell("y = ("))
    with pytest.raises(ChapterError, match=r"^a\.md, line 17: SyntaxError"):
        results("a")


def test_what_a_chapter_does_not_define(write):
    write("a", cell("x = 1"))
    with pytest.raises(AttributeError, match="module 'a' has no attribute 'y'"):
        _ = results("a").y

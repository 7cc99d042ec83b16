import pytest

from evidence.run.chapter import Cell, code_cells, folder, path_of


def cell(code, options=":tags: [derive]"):
    return f"```{{code-cell}} ipython3\n{options}\n\n{code}\n```\n\nText.\n\n"


@pytest.mark.parametrize(
    ("options", "tags"),
    [
        (":tags: [derive]", {"derive"}),
        (":tags: [hide-input, derive]\n:name: x", {"hide-input", "derive"}),
        (':tags: ["derive"]', {"derive"}),
        ("---\ntags: [derive, hide-cell]\n---", {"derive", "hide-cell"}),
        ("---\ntags:\n- derive\n- hide-cell\n---", {"derive", "hide-cell"}),
        ("---\nmystnb:\n  figure:\n    caption: A\ntags:\n  - derive\n---", {"derive"}),
        ("---\nmystnb:\n  figure:\n    caption: 'tags: [derive]'\n---", set()),
        (":name: derive", set()),
        ("", set()),
    ],
)
def test_tags_of_every_form(options, tags):
    [found] = code_cells(cell("x = 1", options))
    assert found.tags == tags
    assert found.code.strip() == "x = 1"


def test_cells_and_their_lines():
    text = (
        "\n```{code-cell}\na = 1\n```\n````{code-cell} python3\n:tags: [t]\n'''\n```\n'''\n````\n"
    )
    text += "```python\nno = 1\n```\n~~~{code-cell}\nb = 2\n~~~"
    assert list(code_cells(text)) == [
        Cell(frozenset(), "a = 1", 3),
        Cell(frozenset({"t"}), "'''\n```\n'''", 7),
        Cell(frozenset(), "b = 2", 15),
    ]


def test_jupytext_reads_the_same_cells():
    jupytext = pytest.importorskip("jupytext")
    front = "---\njupytext:\n  text_representation:\n    extension: .md\n    format_name: myst\n"
    front += "kernelspec:\n  name: python3\n  display_name: x\n---\n"
    text = front + cell("a = 1") + cell("b = 2", "---\ntags: [derive, x]\n---") + cell("c", "")
    cells = [c for c in jupytext.reads(text, fmt="md:myst").cells if c.cell_type == "code"]
    ours = list(code_cells(text))
    assert [c.code.strip() for c in ours] == [c.source.strip() for c in cells]
    assert [set(c.tags) for c in ours] == [set(c.metadata.get("tags", [])) for c in cells]


def test_a_chapter_runs_beside_the_others_and_the_cover_above_them(monkeypatch, tmp_path):
    chapters = tmp_path / "chapters"
    chapters.mkdir()
    for here in (tmp_path, chapters):
        monkeypatch.chdir(here)
        assert folder() == chapters
        assert path_of("one") == chapters / "one.md"

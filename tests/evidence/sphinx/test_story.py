"""What becomes of each kind of cell, in a small book whose page carries its outputs already."""

import io
import re
from html.parser import HTMLParser

import nbformat
import nbformat.v4 as nb
import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from evidence.page.records import bundle
from evidence.sphinx import story

PLACE = {"id": "a.b", "statement": "$x$ is true", "settles": [], "anchor": "claim-a.b"}
CLAIM = PLACE | {"kind": "claim", "evidence": "measured"}
STEP = {"evidence": "proved", "latex": "x", "text": "x", "reason": "why", "relation": "="}
DERIVED = CLAIM | {
    "evidence": "proved", "start": {"latex": "y", "text": "y"}, "steps": [STEP], "where": []
}  # fmt: skip
CHECK = PLACE | {
    "kind": "check", "evidence": "proved", "unit": "ulp", "tolerance": 4.0, "numbers": 800,
    "calls": 400, "reference": "the first line, to 50 digits", "domain": "n = 1 … 9, ties",
    "witnesses": [
        {"name": "the last line", "gap": 0.0}, {"name": "softact", "gap": 2.3},
        {"name": "torch", "gap": 1.0},
    ],
}  # fmt: skip
REFUSAL = PLACE | {"kind": "refusal", "evidence": "proved", "wrong": "$s(1 - s)$", "reason": "no"}
SAID = {"kind": "said", "id": "peak", "statement": "", "values": {"peak": "1"}, "lines": ["p = 1"]}
EXERCISE = {"kind": "exercise", "id": "e", "statement": "x", "message": "m"}
POSED = EXERCISE | {"event": "posed", "wrong": ["one short"], "hint": "Draw $x$."}
HOLE = EXERCISE | {"event": "graded", "outcome": "hole"}
SOLVED = EXERCISE | {"event": "solved", "outcome": "accepted"}
PICTURE = nb.new_output("display_data", {"image/svg+xml": "<svg/>", "text/plain": "a picture"})
PRINTED = nb.new_output("stream", name="stdout", text="printed text\n")

LONG = "\n".join(f"line({k})" for k in range(story.SHORT + 1))
LINE = "within 3 ulps of 50 digits at 400 points, n\xa0=\xa01\xa0…\xa09"


def cell(code, *outputs, tags=()):
    made = [nb.new_output("display_data", bundle(o)) if "kind" in o else o for o in outputs]
    return nb.new_code_cell(code, outputs=made, execution_count=1, metadata={"tags": list(tags)})


class Page(HTMLParser):
    """The text of a page that is in sight, and that of its folds by their kind."""

    def __init__(self, html):
        super().__init__()
        self.seen, self.lines, self.folded, self.inside, self.summary = "", [], "", [], False
        self.answers = []  # the exercises with a place for an answer
        self.feed(html[html.index('<div class="body"') :])

    def handle_starttag(self, tag, attributes):
        self.answers += [value for name, value in attributes if name == "data-exercise"]
        if tag == "details":
            kind = re.search(r"sa-fold-([\w-]+)", dict(attributes).get("class", "sa-fold-own"))
            self.inside.append(kind[1])
        if tag == "summary" and len(self.inside) == 1:
            self.lines.append((self.inside[-1], ""))
            self.summary = True

    def handle_endtag(self, tag):
        if tag == "details":
            self.inside.pop()
        if tag == "summary":
            self.summary = False

    def handle_data(self, text):
        if self.summary:
            kind, before = self.lines[-1]
            self.lines[-1] = kind, before + text
        elif self.inside:
            self.folded += text
        else:
            self.seen += text


@pytest.fixture
def told(tmp_path):
    """Build a page of these cells; return what of it is in sight, and what is not."""

    def build(*cells, builder="html"):
        source = tmp_path / "source"
        source.mkdir(exist_ok=True)
        made = [nb.new_markdown_cell(c) if isinstance(c, str) else c for c in ("# Title", *cells)]
        metadata = {"language_info": {"name": "python", "pygments_lexer": "python"}}
        nbformat.write(nb.new_notebook(cells=made, metadata=metadata), source / "index.ipynb")
        warnings = io.StringIO()
        extensions = ["myst_nb", "evidence.sphinx.said", "evidence.sphinx.story"]
        settings = {"extensions": extensions, "nb_execution_mode": "off", "html_theme": "basic"}
        with docutils_namespace():
            app = Sphinx(
                source, None, tmp_path / "out", tmp_path / "trees", builder, settings,
                status=None, warning=warnings, freshenv=True,
            )  # fmt: skip
            app.build()
        assert "Error" not in warnings.getvalue()
        suffix = {"html": "html", "text": "txt"}[builder]
        page = (tmp_path / f"out/index.{suffix}").read_text("utf-8")
        return Page(page) if builder == "html" else page

    return build


def test_the_lines_of_a_derivation_and_its_short_code_stay_in_sight(told):
    page = told(cell("d = Derivation()", DERIVED))
    assert page.lines == []
    assert "d = Derivation()" in page.seen
    assert "why" in page.seen


def test_its_long_code_is_folded(told):
    page = told(cell(LONG, DERIVED))
    assert page.lines == [("code", "the code of this derivation")]
    assert "line(0)" in page.folded
    assert "why" in page.seen


def test_code_of_just_the_length_is_not_and_blank_lines_do_not_count(told):
    page = told(cell(LONG.replace("line(0)\n", "\n\n"), DERIVED))
    assert page.lines == []


def test_checks_and_refusals_are_one_line(told):
    page = told(cell("d.check()", CHECK, REFUSAL))
    [(kind, text)] = page.lines
    assert kind == "evidence"
    assert re.sub("[ \n]+", " ", text) == rf"≐ softact and PyTorch {LINE}; refuses \(s(1 - s)\)"
    assert "d.check()" in page.folded
    assert "largest gap" in page.folded
    assert "check" not in page.seen


def test_evidence_of_a_derivation_stands_under_it(told):
    page = told(cell("d.step().check()", DERIVED, CHECK, REFUSAL))
    [(kind, text)] = page.lines
    assert (kind, LINE in text) == ("evidence", True)
    assert "d.step().check()" in page.seen
    assert "largest gap" not in page.seen


def test_a_claim_says_its_statement_and_what_it_rests_on(told):
    page = told(cell("holds()", CLAIM | {"version": "4.51"}, REFUSAL, SAID))
    [(kind, text)] = page.lines
    assert kind == "evidence"
    assert text == r"± \(x\) is true 4.51; refuses \(s(1 - s)\); numbers recorded: peak"


def test_recorded_numbers_are_one_line(told):
    page = told("The peak is {said}`1 <peak>`.", cell("said(peak=1)", SAID))
    assert page.lines == [("numbers", " numbers recorded: peak")]


def test_recorded_numbers_are_named_in_the_order_of_the_code(told):
    both = SAID | {"id": "width peak", "values": {"width": "2", "peak": "1"}}
    page = told("{said}`1 <peak>` and {said}`2 <width>`.", cell("said(width=2, peak=1)", both))
    assert page.lines == [("numbers", " numbers recorded: width, peak")]


def test_a_picture_stays_and_its_code_goes(told):
    page = told(cell("show(fig)", PICTURE))
    assert page.lines == [("code", "the code of this figure")]
    assert "show(fig)" in page.folded


def test_short_code_that_prints_stays_and_long_code_goes(told):
    page = told(cell("print(short)", PRINTED), cell(LONG, PRINTED))
    assert page.lines == [("code", "the code")]
    assert page.seen.count("printed text") == 2
    assert "print(short)" in page.seen
    assert "line(0)" not in page.seen


def test_set_up_is_one_line_whatever_a_tag_says(told):
    page = told(
        cell("import numpy as np\nx: int = 1", tags=["hide-input"]),
        cell("%matplotlib inline", tags=["hide-cell"]),
    )
    assert page.lines == [
        ("set-up", "set-up: imports numpy; defines x"),
        ("set-up", "set-up"),
    ]
    assert "import" not in page.seen


def test_what_was_judged_of_the_text_is_no_output_of_its_cell(told):
    page = told(cell("x = 1", {"kind": "written", "id": "text", "statement": "", "formulas": {}}))
    assert page.lines == [("set-up", "set-up: defines x")]


def test_a_tag_folds_nothing(told):
    page = told(cell("d = Derivation()", DERIVED, tags=["hide-cell"]))
    assert page.lines == []


@pytest.mark.parametrize(("sentence", "shown"), [("A colleague's test:", True), ("So.", False)])
def test_a_short_definition_is_shown_after_a_colon(told, sentence, shown):
    page = told(sentence, cell("def f(x):\n    return x"))
    assert ("def f" in page.seen) is shown


def test_the_function_that_an_exercise_asks_about_is_shown(told):
    asked, helper = cell("def theirs(x):\n    return x"), cell("def helper(x):\n    return x")
    page = told("**1.** Mend this.", asked, helper, cell("ex = Exercise()", POSED))
    assert "theirs" in page.seen
    assert page.lines[0] == ("set-up", "set-up: defines helper")


def test_an_exercise_shows_its_hole_and_keeps_what_gives_the_answer_away(told):
    page = told(
        "**1.** Do it.",
        cell("d = Derivation().check()", DERIVED, CHECK),
        cell("ex = Exercise()", POSED),
        cell("answer = ...\nex.grade(answer)", HOLE),
        cell("ex.solution(1)", SOLVED),
    )
    assert page.lines == [
        ("solution", story.SPOILER),
        ("hint", "a hint"),
        ("grading", "how answers are graded: refuses one short"),
        ("solution", "the solution"),
    ]
    assert "answer = ..." in page.seen
    assert page.answers == ["e"]
    for hidden in ("Derivation", "why", "Exercise()", "solution(1)", "Draw"):
        assert hidden not in page.seen


def test_an_exercise_in_one_cell_gives_nothing_away(told):
    page = told(cell("Exercise().grade(...).solution(1)", POSED, HOLE, SOLVED))
    assert [kind for kind, _ in page.lines] == ["hint", "grading"]
    assert "solution" not in page.seen


def test_a_check_with_prose_after_it_gives_nothing_away(told):
    page = told(cell("d.check()", CHECK), "**1.** Do it.", cell("ex = Exercise()", POSED))
    assert [kind for kind, _ in page.lines] == ["evidence", "hint", "grading"]


def test_other_formats_show_everything(told):
    page = told(cell("d.check()", CHECK), builder="text")
    assert "d.check()" in page


def test_nothing_is_lost(told):
    """Whatever a cell is, its code is on the page once."""
    kinds = {
        "one": [DERIVED], "two": [CHECK], "three": [CLAIM], "four": [REFUSAL], "five": [SAID],
        "six": [PICTURE], "seven": [PRINTED], "eight": [], "nine": [POSED], "ten": [HOLE],
        "eleven": [SOLVED], "twelve": [DERIVED, CHECK, SAID, PRINTED, PICTURE],
    }  # fmt: skip
    page = told(*(cell(f"{name}()", *outputs) for name, outputs in kinds.items()))
    text = page.seen + page.folded
    assert {name: text.count(f"{name}()") for name in kinds} == dict.fromkeys(kinds, 1)


def test_only_code_cells_are_told():
    assert not story.is_cell(nodes.container(nb_element="mime_bundle"))

"""The role ``said`` in a small book whose one page carries its outputs already."""

import io
import re

import nbformat
import nbformat.v4 as nb
import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from evidence.claims.said import said
from evidence.page.records import MIME, bundle, recording

METADATA = {"language_info": {"name": "python", "pygments_lexer": "python"}}


def output(**values):
    with recording() as records:
        said(**values)
    return nb.new_output("display_data", bundle(records[0]))


@pytest.fixture
def build(tmp_path):
    """Build a page of prose and outputs; return its HTML and the warnings."""

    def build_page(prose, *outputs, builder="html"):
        cells = [nb.new_markdown_cell(f"# Title\n\n{prose}")]
        cells += [nb.new_code_cell("said()", outputs=[each], execution_count=1) for each in outputs]
        source = tmp_path / "source"
        source.mkdir()
        nbformat.write(nb.new_notebook(cells=cells, metadata=METADATA), source / "index.ipynb")
        warnings = io.StringIO()
        out = tmp_path / "out"
        settings = {"extensions": ["myst_nb", "evidence.sphinx.said"], "nb_execution_mode": "off"}
        with docutils_namespace():
            app = Sphinx(
                source, None, out, tmp_path / "trees", builder, settings,
                status=None, warning=warnings, freshenv=True,
            )  # fmt: skip
            app.build()
        suffix = {"html": "html", "text": "txt"}[builder]
        text = re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue()).replace(str(source), "")
        return (out / f"index.{suffix}").read_text("utf-8"), text

    return build_page


def test_a_number_that_the_run_confirms(build):
    page, warnings = build(
        "The peak is {said}`0.25 <peak>`, or {said}`0.2501 <peak>`.", output(peak=0.2501)
    )
    assert warnings == ""
    span = '<span class="sa-said" title="verified against the run: peak">'
    assert f"The peak is {span}0.25</span>" in page
    assert 'class="sa-values"' in page
    assert MIME not in page


def test_a_percentage_is_not_torn_apart(build):
    page, warnings = build("It is {said}`25 % <peak>`.", output(peak=0.2501))
    assert warnings == ""
    assert "25\N{NO-BREAK SPACE}%</span>" in page


def test_a_number_that_the_run_contradicts(build):
    page, warnings = build("One.\nThe peak is {said}`0.26 <peak>`.", output(peak=0.2501))
    [warning] = warnings.splitlines()
    assert re.search(r"index\.ipynb:\d+: WARNING: said: the text says 0\.26, the run says", warning)
    assert "peak = 0.2501" in warning
    assert '<span class="sa-said">0.26</span>' in page


def test_lines_tell_one_paragraph_from_the_next(build):
    _, warnings = build("a\n\n{said}`1 <x>`\n\n\n\n- d {said}`2 <x>`", output(x=3))
    first, second = (int(n) for n in re.findall(r"index\.ipynb:(\d+):", warnings))
    assert second - first == 4


def test_a_value_that_no_cell_recorded(build):
    _, warnings = build("{said}`0.25 <peek>` {said}`1 <peak>`", output(peak=1))
    assert warnings.count("WARNING") == 1
    assert "said: no cell recorded peek, only peak" in warnings


def test_a_value_that_no_sentence_states(build):
    _, warnings = build("{said}`1 <a>`", output(a=1, b=2))
    assert warnings.count("WARNING") == 1
    assert "said: no sentence states b = 2" in warnings
    assert "index.ipynb:" in warnings


def test_a_value_recorded_twice(build):
    _, warnings = build("{said}`1 <a>`", output(a=2), output(a=1))
    assert warnings.count("WARNING") == 1
    assert "said: a is recorded twice" in warnings


@pytest.mark.parametrize("text", ["0.25", "<peak>", "0.25 <a b>"])
def test_a_role_without_its_name(build, text):
    _, warnings = build(f"{{said}}`{text}`")
    assert warnings.count("WARNING") == 1
    assert "write the number and the name of its value" in warnings


def test_other_formats_show_the_number(build):
    page, warnings = build("It is {said}`0.25 <peak>`.", output(peak=0.25), builder="text")
    assert warnings == ""
    assert "It is 0.25." in page


def test_lists_and_powers_survive_the_markup(build):
    prose = "{said}`[0, 0, 1] <p>` and {said}`1.9 × 10⁻²² <tiny>`"
    page, warnings = build(prose, output(p=[0.0, 0.0, 1.0], tiny=1.9287e-22))
    assert warnings == ""
    assert ">[0, 0, 1]</span>" in page

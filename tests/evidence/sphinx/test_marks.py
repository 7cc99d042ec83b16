"""Where the mark of what a person stands behind is drawn."""

import re
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document

from evidence.sphinx.marks import Declared, draw_marks


@pytest.mark.parametrize(
    ("after", "stop", "rest"),
    [(". Then it ends", ".", " Then it ends"), (": so", ":", " so"), (" and", "", " and")],
)
def test_a_mark_stands_behind_the_stop(after, stop, rest):
    document = new_document("")
    declared = Declared("", "0 only where both are equal", kind="argued")
    document += nodes.paragraph("", "", declared, nodes.Text(after))
    draw_marks(SimpleNamespace(), document, "")
    drawn = "".join(child.astext() for child in declared)
    assert re.match(rf"0 only where both are equal{re.escape(stop)}\u2060<span", drawn)
    assert declared.parent[1] == rest

"""Exponents are raised digits of the text's own face: _ext/typesetting.py."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document

from _ext.typesetting import set_exponents

HTML = SimpleNamespace(builder=SimpleNamespace(format="html"))


def written(inline):
    """Return the paragraph of this, what is raised after a ^."""
    document = new_document("")
    document += nodes.paragraph("", "", inline)
    set_exponents(HTML, document, "")
    raised = list(document.findall(nodes.superscript))
    for node in raised:
        node[0] = nodes.Text(f"^{node.astext()}")
    return document.astext()


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("10⁻⁸", "10^−8"),
        ("1.9 × 10⁻²², and 2⁵", "1.9 × 10^−22, and 2^5"),
        ("x² and y³ are in the face", "x² and y³ are in the face"),
        ("none", "none"),
    ],
)
def test_what_the_face_lacks_is_raised(text, want):
    assert written(nodes.Text(text)) == want
    assert written(nodes.emphasis("", text)) == want


def test_code_stays_as_it_is_written():
    assert written(nodes.literal("", "10⁻⁸")) == "10⁻⁸"

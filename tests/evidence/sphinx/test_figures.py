"""A drawing becomes a part of the page that is named by its title."""

from evidence.sphinx.figures import inline_svg

FILE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE svg PUBLIC "x" "y">
<svg width="10" viewBox="0 0 1 1">
 <title>σ &lt; 1, "always"</title>
 <metadata><rdf:RDF>drawn today</rdf:RDF></metadata>
 <g><title>a part</title></g>
</svg>"""


def test_the_title_becomes_the_name_and_no_tooltip():
    element, title = inline_svg(FILE)
    assert title == 'σ < 1, "always"'
    label = 'aria-label="σ &lt; 1, &quot;always&quot;"'
    assert element.startswith(f'<svg role="img" {label} width="10"')
    assert "σ &lt; 1" not in element.replace(label, "")
    assert "<title>a part</title>" in element


def test_nothing_of_the_file_remains_that_html_does_not_know():
    element, _ = inline_svg(FILE)
    assert "xml" not in element
    assert "metadata" not in element

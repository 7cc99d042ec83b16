import re
import warnings
from xml.etree import ElementTree as ET

import numpy as np
import pytest

plt = pytest.importorskip("matplotlib.pyplot")

from evidence.page.palette import LIGHT, VARIABLES  # noqa: E402
from evidence.page.plotting import show  # noqa: E402, F401  (sets the style)
from evidence.page.svg import svg  # noqa: E402

ALT = 'A curve <rising> from 0 to 1 & "more"'


def draw(slope=1.0, image=False):
    figure, axes = plt.subplots()
    x = np.linspace(-6, 6, 200)
    axes.plot(x, 1 / (1 + np.exp(-slope * x)), marker="o", markevery=20, label=r"$\sigma(x)$ now")
    axes.fill_between(x, 0, 1, alpha=0.2)
    axes.set(xlabel="$x$", title="a & b < c")
    axes.legend()
    if image:
        axes.imshow(np.arange(64.0).reshape(8, 8), extent=(-1, 1, 0, 1), cmap="gray")
    drawing = svg(figure, ALT, VARIABLES)
    plt.close(figure)
    return drawing


@pytest.fixture(scope="module")
def drawing():
    return draw()


def ids(drawing):
    return re.findall(r'\bid="([^"]+)"', drawing)


def test_it_is_an_svg_that_says_what_it_shows(drawing):
    root = ET.fromstring(drawing)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].tag.endswith("title")
    assert root[0].text == ALT


def test_it_brings_paper_for_places_that_are_darker_than_its_ink(drawing):
    paper = f"background: var(--sa-paper, {LIGHT['--sa-paper']})"
    assert ET.fromstring(drawing).attrib["style"] == paper


def test_the_same_figure_gives_the_same_bytes(drawing):
    assert draw() == drawing
    assert not re.search(r"20\d\d-\d\d|matplotlib|metadata", drawing, re.IGNORECASE)


def test_figures_beside_each_other_share_no_id(drawing):
    other = draw(slope=2)
    assert len(ids(drawing)) == len(set(ids(drawing))) > 0
    assert not set(ids(drawing)) & set(ids(other))


def test_all_references_lead_somewhere_and_all_ids_are_used(drawing):
    drawing = draw(image=True)
    referred = re.findall(r'(?:href="#|url\(#)([^")]+)', drawing)
    assert set(referred) == set(ids(drawing))
    assert "xlink" not in drawing


def test_colours_are_variables_of_the_page(drawing):
    assert "var(--sa-1, #17497f)" in drawing
    assert "var(--sa-ink, #1d2429)" in drawing
    bare = re.sub(r"var\([^)]*\)", "", drawing)
    assert not [c for c in LIGHT.values() if c in bare]
    assert not re.findall(r"(?:fill|stroke): #", bare)


def test_nothing_leaks_into_the_page(drawing):
    assert "<style" not in drawing
    assert "<script" not in drawing
    assert "<!DOCTYPE" not in drawing


def test_it_can_shrink(drawing):
    root = ET.fromstring(drawing)
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    assert (left, top) == (0, 0)
    assert (int(root.attrib["width"]), int(root.attrib["height"])) == (480, round(height * 4 / 3))
    assert width == 360


def test_words_are_text(drawing):
    words = "".join(ET.fromstring(drawing).itertext())
    assert "a & b < c" in words
    assert "σ" in words
    assert "\n" not in words
    assert "font-family" not in drawing.replace(
        'font-family="DejaVu Sans, Verdana, sans-serif"', ""
    )


def test_spaces_between_words_survive():
    figure = plt.figure()
    figure.text(0.5, 0.5, "two words")
    figure.text(0.5, 0.7, "one $x$")
    words = "".join(ET.fromstring(svg(figure, ALT, VARIABLES)).itertext())
    plt.close(figure)
    assert "two words" in words
    assert "one\xa0x" in words


def test_geometry_is_kept_to_a_hundredth_of_a_point(drawing):
    assert not re.search(r'\b(?:d|x|y|transform)="[^"]*\d\d\.\d{3}', drawing)
    assert len(drawing) < 20_000


def test_an_image_is_as_small_as_its_data():
    [data] = re.findall(r'href="data:image/png;base64,\s*([^"]+)"', draw(image=True))
    assert len(data) < 400


def test_drawing_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(image=True)

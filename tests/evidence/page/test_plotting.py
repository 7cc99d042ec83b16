import re
import subprocess
import sys

import numpy as np
import pytest

plt = pytest.importorskip("matplotlib.pyplot")

from evidence import barycentric, curves, heat_map, show, simplex  # noqa: E402
from evidence.page import records  # noqa: E402
from evidence.page.palette import BLUE, CYCLE, ORANGE  # noqa: E402

ALT = "A parabola that opens upward from its lowest point, 0 at x = 0."


@pytest.fixture(autouse=True)
def close_all():
    yield
    plt.close("all")


@pytest.fixture
def published(monkeypatch):
    found = []
    monkeypatch.setattr(records, "publish", found.append)
    return found


def parabola():
    figure, axes = plt.subplots()
    axes.plot([0, 1, 2], [0, 1, 4])
    return figure


def test_show_displays_an_svg_with_its_words_and_closes_the_figure(published):
    figure = parabola()
    assert show(figure, alt=ALT) is None
    [shown] = published
    assert shown["text/plain"] == ALT
    assert shown["image/svg+xml"].startswith("<svg ")
    assert f"<title>{ALT}</title>" in shown["image/svg+xml"]
    assert not plt.fignum_exists(figure.number)


def test_alt_text_is_one_paragraph(published):
    show(parabola(), alt="A parabola that opens\n    upward from its lowest point.")
    assert published[0]["text/plain"] == "A parabola that opens upward from its lowest point."


@pytest.mark.parametrize("alt", ["", "   ", "A plot.", " " * 40])
def test_a_figure_without_words_is_not_shown(published, alt):
    with pytest.raises(ValueError, match="the alt text tells in a sentence"):
        show(parabola(), alt=alt)
    assert published == []


def test_alt_text_cannot_be_forgotten():
    with pytest.raises(TypeError, match="alt"):
        show(parabola())


def test_an_empty_figure_is_not_shown():
    with pytest.raises(ValueError, match="empty"):
        show(plt.figure(), alt=ALT)


def test_a_figure_that_a_phone_would_shrink_is_not_shown(published):
    figure = parabola()
    figure.set_figwidth(5.1)
    with pytest.raises(ValueError, match=r"5\.1 in wide"):
        show(figure, alt=ALT)
    assert published == []
    figure.set_figwidth(5)
    show(figure, alt=ALT)
    assert len(published) == 1


def test_no_figure_is_shown_while_recording(published):
    with records.recording():
        show(parabola(), alt=ALT)
    assert published == []


def test_the_style_tells_curves_apart_twice():
    _, axes = plt.subplots()
    lines = [axes.plot([0, 1])[0] for _ in range(5)]
    assert [line.get_color() for line in lines] == CYCLE
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == 5


def test_every_line_of_an_annotated_figure_has_a_colour_of_the_page(published):
    figure = parabola()
    figure.axes[0].annotate("lowest", (0, 0), (1, 1), arrowprops={"arrowstyle": "->"})
    show(figure, alt=ALT)
    drawing = published[0]["image/svg+xml"].replace("background: #ffffff", "")
    assert "#" not in re.sub(r"var\([^)]*\)|url\([^)]*\)|href=\S+", "", drawing)


def test_text_is_large_enough_for_a_phone():
    """At 350 px a figure of 5 inches shrinks to 73 %; 10 points are then still 9.7 px."""
    width = plt.rcParams["figure.figsize"][0] * 96
    for key in ("font.size", "axes.labelsize", "xtick.labelsize", "legend.fontsize"):
        assert plt.rcParams[key] * 4 / 3 * 350 / width >= 9.5


def test_curves():
    x = np.linspace(0, 1, 5)
    _, axes = curves(x, {"one": x, "two": 2 * x}, xlabel="$x$", ylabel="y")
    assert [line.get_label() for line in axes.lines] == ["one", "two"]
    assert axes.lines[1].get_ydata().tolist() == (2 * x).tolist()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$x$", "y")
    assert [text.get_text() for text in axes.get_legend().texts] == ["one", "two"]


def test_one_curve_needs_no_legend_and_draws_where_it_is_told():
    figure, (_, right) = plt.subplots(1, 2)
    found, axes = curves([0, 1], {"one": [0, 1]}, xlabel="x", axes=right)
    assert (found, axes) == (figure, right)
    assert axes.get_legend() is None


def test_heat_map():
    matrix = np.array([[0.25, -0.5], [0.0, 1.0], [np.float32(0.125), -1.0]])
    _, axes = heat_map(matrix, rows="i", columns="j")
    texts = {t.get_position(): t.get_text() for t in axes.texts}
    assert texts[(0.5, 0.5)] == "0.25"
    assert texts[(1.5, 0.5)] == "−0.50"
    assert texts[(1.5, 2.5)] == "−1.00"
    fields = {p.get_xy(): p for p in axes.patches}
    assert len(fields) == 6
    assert plt.matplotlib.colors.to_hex(fields[(1, 1)].get_facecolor()) == BLUE
    assert plt.matplotlib.colors.to_hex(fields[(1, 2)].get_facecolor()) == ORANGE
    assert fields[(0, 1)].get_alpha() == 0
    assert (
        fields[(1, 1)].get_alpha() == fields[(1, 2)].get_alpha() == 4 * fields[(0, 0)].get_alpha()
    )
    assert axes.get_ylim() == (3, 0)


def test_a_heat_map_of_zeros():
    _, axes = heat_map(np.zeros((2, 2)))
    assert {p.get_alpha() for p in axes.patches} == {0}


def test_barycentric_places_are_weighted_means_of_the_corners():
    corners = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])
    p = np.random.default_rng(0).dirichlet([1, 1, 1], size=(4, 5))
    x, y = barycentric(p)
    np.testing.assert_allclose(np.stack([x, y], axis=-1), p @ corners, atol=1e-15)
    np.testing.assert_allclose(barycentric([2, 1, 1]), barycentric([0.5, 0.25, 0.25]))


def test_simplex_shows_its_corners():
    _, axes = simplex(corners=("cat", "dog", "cow"))
    assert [t.get_text() for t in axes.texts] == ["cat", "dog", "cow"]
    np.testing.assert_allclose(axes.texts[2].xy, (0.5, np.sqrt(3) / 2))


def test_softact_book_loads_no_torch_and_matplotlib_only_on_demand():
    code = (
        "import sys, evidence\n"
        "assert not {'torch', 'matplotlib', 'IPython'} & sys.modules.keys()\n"
        "evidence.show\n"
        "assert 'matplotlib' in sys.modules and 'torch' not in sys.modules\n"
        "try: evidence.nothing\n"
        "except AttributeError: pass\n"
        "else: raise SystemExit('an unknown name was found')\n"
        "for name in evidence.__all__: getattr(evidence, name)\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)

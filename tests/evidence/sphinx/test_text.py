"""False statements planted in a page, each in another place or form: a build names them all.

The page is right but for its plants: what surrounds them is bound or declared, and is not blamed.
"""

import io
import re

import nbformat
import nbformat.v4 as nb
import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace
from sympy import Derivative, Function, IndexedBase, Lambda, Ne, Sum, Symbol, exp, symbols

from evidence import Derivation, collapse, differentiate, fold, holds, said
from evidence.claims.claim import made
from evidence.claims.written import judge
from evidence.page import formula
from evidence.page.records import bundle, recording
from evidence.sphinx.execution import IN_SOURCE

MARKDOWN = ("amsmath", "attrs_block", "colon_fence", "deflist", "dollarmath")
METADATA = {"language_info": {"name": "python", "pygments_lexer": "python"}}
FIGURE = """\
import matplotlib.pyplot as plt
from evidence import show

peak = 0.25
fig, ax = plt.subplots()
ax.plot([0, 1], label=f"at {peak}")
ax.set(title="the slope", xlabel="x")
ax.annotate("the peak", (0, 0.25))
show(fig, alt=f"The slope is largest, {peak:.2f}.")
"""
RIGHT = r"""# The slope of the sigmoid

**Definition.** With $Z = \sum_k e^{z_k}$,

$$s_i = \frac{e^{z_i}}{Z}, \qquad J_{ij} = \frac{\partial s_i}{\partial z_j}.$$

In float64, by IEEE 754, figure 2 shows class 1 and rows 3 and 4. **1. Where is it?** They sum to 1.

A slope $\sigma'(x) = \sigma(x)(1-\sigma(x))$ is at most $\sigma'(0) = \frac14$, that is
{said}`0.25 <peak>` or {said}`a quarter <peak>`; between {said}`0.2 and 0.3 <around>` lies more.

If $x = 0$, for $n = 1000$ and $i \ne j$, with logits {example}`(2, 1, 0)`, as $x \to \infty$,
nothing is said.
The entries are $\frac{\partial s_i}{\partial z_j} = s_i (\delta_{ij} - s_j)$, and off the diagonal
{shown}`$\partial s_i/\partial z_j = -s_i s_j$ <page.apart>`. In words
{shown}`$\|J\|_2 \le \frac12$ <page.norm>`.
Every row sums to 0: $J \mathbf 1 = 0$. With $0 < \sigma(x) < 1$ the text is over. {by}`page.norm`

{.convention}
Where a probability is 0, one says

$$0 \log 0 = 0$$

See [the page](https://doi.org/10.1000/182) and <https://doi.org/10.1000/182>.
"""
SPOKEN = (
    "steps = 300\n\n\ndef loss(seed):\n    return sum(range(1, 6)) * 2.0**-10",
    'holds("p.a", f"{steps} steps, n = 1 to 5, all 300 below 2⁻¹⁰ or 60 %", test=loss, tol=0.6)',
    'slope.refuse("a 3rd of ¼, as for $3n^2$", Rational(1, 4))\nopen("a.txt", encoding="utf-8")',
)
TYPED = {
    "a statement": 'holds("p.b", "below 0.25 for every seed", test=loss)',
    "a part of a statement that is computed": 'holds("p.c", f"{steps} steps and 240 more", loss)',
    "a hint": 'Exercise("p.d", claim=slope, hint="it is −0.26 at the peak")',
    "the name of a wrong version": 'slope.refuse("⅓ of it", 3)',
    "a name among wrong answers": 'Exercise("p.e", claim=slope, wrong={"as for 10⁻⁷": 1e-6})',
    "the reason of a step": 'slope.step("for 37 % of it", how)',
}
NUMBERS = {
    "a decimal": "Its maximum is 0.26.",
    "a percentage": "It grows by 37 % here.",
    "a vulgar fraction": "It is at most ⅓ there.",
    "a power of ten": "The gap is 3 × 10⁻⁵ at most.",
    "a power of two": "The gap is 2⁻⁵⁰ at most.",
    "thousands": "It takes 48,000 bytes.",
    "a negative number": "At its end it is −7.",
    "a range": "It takes 4–6 steps.",
    "a whole number": "It has 17 entries.",
    "a number in bold": "It is **0.263** there.",
    "a number in italics": "It is *0.264* there.",
    "the text of a link": "See [0.265 of it](https://example.org/a).",
    "an item of a list": "- it is 0.266",
    "an item within another": "- a thing\n  - it is 0.267",
    "a numbered item": "1. it is 0.268",
    "a quotation": "> It is 0.269.",
    "a note": ":::{note}\nIt is 0.270.\n:::",
    "the title of a note": ":::{admonition} It is 0.271\nNothing.\n:::",
    "a footnote": "A word.[^one]\n\n[^one]: It is 0.272.",
    "a heading": "## Its maximum is 0.273",
    "a cell of a table": "| a | b |\n|---|---|\n| peak | 0.274 |",
    "the head of a table": "| a | 0.275 |\n|---|---|\n| peak | b |",
    "the caption of a table": "```{list-table} It is 0.276\n* - a\n  - b\n```",
    "a term of a glossary": "Peak\n: It is 0.277.",
    "a formula that is a number": r"It is at most $\tfrac15$ there.",
    "a formula that is a decimal": "It is at most $0.278$ there.",
    "a power in a formula": "The gap is $2^{-49}$ at most.",
    "what looks like code": "It returns `0.279` there.",
    "a number in brackets": "It falls (to 0.280).",
    "an order after a declared one": "From {example}`3` it goes to 0.281.",
    "an exponent of e": "It is 3.2e-9 there.",
    "the value of another name": "It is {said}`0.2 <peak>` there.",
    "a word for another number": "It is {said}`a third <peak>` there.",
    "a value that nobody recorded": "It is {said}`0.25 <height>` there.",
    "a range with another end": "Between {said}`0.2 and 0.4 <around>` lies more.",
}
FORMULAS = {
    "a sign": r"The slope is $\sigma'(x) = \sigma(x)(1+\sigma(x))$.",
    "another bound": r"The slope is $\sigma'(x) \le \frac15$.",
    "a bound the wrong way": r"The slope is $\sigma'(x) \ge \frac14$.",
    "a value": r"At zero $\sigma(0) = \frac13$.",
    "a slope at a point": r"At zero $\sigma'(0) = \frac12$.",
    "a strict bound that is met": r"The slope has $\sigma'(x) < \frac14$.",
    "an index": r"The entries are $\partial s_i/\partial z_j = s_i (\delta_{ij} - s_i)$.",
    "a sum": r"They have $\sum_k s_k = n$.",
    "a display": r"$$\sigma'(x) = 2\sigma(x)$$",
    "a labelled display": "$$\\sigma'(x) = 3\\sigma(x)$$ (eq-false)",
    "an environment": "\\begin{align}\n\\sigma'(x) = 4\\sigma(x)\n\\end{align}",
    "a formula in a heading": r"## The slope $\sigma'(x) = 5\sigma(x)$",
    "a formula in a table": "| a | b |\n|---|---|\n| slope | $\\sigma'(x) = 6\\sigma(x)$ |",
    "a formula in a footnote": "A word.[^two]\n\n[^two]: It is $\\sigma'(x) = 7\\sigma(x)$.",
    "a formula in a note": ":::{tip}\nIt is $\\sigma'(x) = 8\\sigma(x)$.\n:::",
    "about as much": r"Everywhere $\sigma(x) \approx 0.9$.",
    "unknown symbols": r"They say $Q = 3R$.",
    "vectors": r"Every column has $J \mathbf 1 = 1$.",
    "a claim that says something else": r"It is {shown}`$\|J\|_2 \le \frac13$ <page.norm>`.",
    "a claim that nobody made": r"It is {shown}`$\|J\|_2 \le \frac12$ <page.morn>`.",
    "what holds elsewhere only": r"Always $\partial s_i/\partial z_j = - s_i s_j$.",
    "a false one bound by name": r"It is {shown}`$\partial s_i/\partial z_j = s_i$ <page.apart>`.",
    "a condition that is a claim": r"They meet exactly when $x = 3$.",
    "a mark of nothing": "So it is said. {by}`page.morn`",
    "a mark before the full stop": "So it is said {by}`page.norm`.",
    "a limit": r"It tends to it, $\sigma(x) \to 2$.",
}
FIGURES = {
    "a title": ('title="the slope"', 'title="the slope 0.31"'),
    "a label": ('label=f"at {peak}"', 'label="at 0.32"'),
    "an axis": ('xlabel="x"', 'xlabel="x from 33"'),
    "an annotation": ('"the peak"', '"the peak 0.34"'),
    "the alternative text": ("largest, {peak:.2f}", "largest, 0.35"),
    "a second number in it": ("The slope is", "The slope of 0.36 is"),
}
CAPTION, DESCRIPTION = "It peaks at 0.41.", "A slope of 0.42."


def claims_and_numbers(text):
    """Return what the cells of the page show, and what its claims say of its formulas."""
    n = Symbol("n", integer=True, positive=True)
    i, j, k = symbols("i j k", integer=True)
    z, s = IndexedBase("z", real=True), IndexedBase("s", positive=True)
    total = Sum(exp(z[k]), (k, 0, n - 1))
    setting = {"n": n, "define": {s: Lambda(i, exp(z[i]) / total)}}
    x = Symbol("x", real=True)
    sigma = Function(r"\sigma")
    made.clear()
    with recording() as records:
        row = Derivation(
            Sum(Derivative(s[i], z[j]), (j, 0, n - 1)), "page.row", **setting,
            in_words=r"$J\mathbf 1 = 0$",
        )  # fmt: skip
        row.step("all of it", 0)
        entry = Derivation(Derivative(s[i], z[j]), "page.entry", **setting)
        entry.step("definition", entry.unfold).step("quotient", differentiate)
        entry.step("collapse", collapse).step("fold", fold(s, z, total))
        apart = Derivation(Derivative(s[i], z[j]), "page.apart", **setting, given=[Ne(i, j)])
        apart.step("off the diagonal", -s[i] * s[j])
        holds("page.norm", r"$\|J\|_2 \le \tfrac12$", test=lambda b: b == 0.5, version=0.5)
        said(peak=1 / 4, around=[2 / 10, 3 / 10])
        records += [derivation.record() for derivation in (row, entry, apart)]
        judge(
            formula.formulas(text),
            [(formula.normal(tex), name) for tex, name in IN_SOURCE.findall(text)],
            {sigma: Lambda(x, 1 / (1 + exp(-x)))},
        )
    return records


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Build a page; return the warnings about its text."""

    def build_page(
        text, figure=FIGURE, caption="How steep is it?", description="A slope.", spoken=SPOKEN
    ):
        folder = tmp_path_factory.mktemp("book")
        records = claims_and_numbers(text)
        outputs = [nb.new_output("display_data", bundle(record)) for record in records]
        mystnb = {"figure": {"caption": caption, "name": "fig"}}
        cells = [
            nb.new_markdown_cell(text),
            nb.new_code_cell("judged()", outputs=outputs, execution_count=1),
            *(nb.new_code_cell(source, execution_count=1) for source in spoken),
            nb.new_code_cell(
                figure, metadata={"mystnb": mystnb}, execution_count=2, outputs=[picture()]
            ),
        ]
        head = {"myst": {"html_meta": {"description": description}}}
        notebook = nb.new_notebook(cells=cells, metadata={**METADATA, **head})
        (folder / "chapters").mkdir()
        nbformat.write(notebook, folder / "index.ipynb")
        warnings = io.StringIO()
        settings = {
            "extensions": ["myst_nb", "evidence.sphinx.said", "evidence.sphinx.text"],
            "myst_enable_extensions": [*MARKDOWN],
            "nb_execution_mode": "off",
        }  # fmt: skip
        with docutils_namespace():
            app = Sphinx(
                folder, None, folder / "out", folder / "trees", "html", settings,
                status=None, warning=warnings, freshenv=True,
            )  # fmt: skip
            app.connect("env-before-read-docs", lambda _app, env, _: with_records(env, records))
            app.build()
        return re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue()).replace(str(folder), "")

    return build_page


def with_records(env, records):
    env.evidence_records = {"index": records}


def picture():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><title>A slope</title></svg>'
    )
    return nb.new_output("display_data", {"image/svg+xml": svg})


def test_what_is_bound_declared_or_harmless_is_not_blamed(build):
    assert build(RIGHT) == ""


@pytest.fixture(scope="module")
def warnings(build):
    """All plants of the text in one page, each in a paragraph of its own."""
    plants = "\n\n".join([*NUMBERS.values(), *FORMULAS.values()])
    return build(f"{RIGHT}\n\n{plants}", caption=CAPTION, description=DESCRIPTION)


def token(plant):
    """What a message about a plant has to quote: its number, or its formula."""
    if found := re.search(r"\{by\}`([\w.]+)`|\{said\}`[^<]*<\w+>`|\$+([^$]+)\$+", plant):
        return found[1] or found[2] or found[0].split("`")[1].split(" <")[0]
    if "align" in plant:
        return "4\\sigma(x)"
    return re.search(
        r"[-−]?\d[\d.,]*(?:⁻⁵⁰|e-9|(?=⁻))?|⅓", plant.replace("[^one]: ", "").split("1. ")[-1]
    )[0]


@pytest.mark.parametrize("plant", [*NUMBERS, *FORMULAS])
def test_a_plant_in_the_text_is_named(warnings, plant):
    text = {**NUMBERS, **FORMULAS}[plant]
    assert re.search(rf"index\.ipynb:\d+: WARNING: .*{re.escape(token(text))}", warnings), warnings


def test_the_caption_and_the_description_are_read(warnings):
    assert "'0.41' in 'It peaks at 0.41.'" in warnings
    assert "'0.42' in the page's description" in warnings


def test_what_is_typed_onto_a_figure_is_named(build):
    figure = FIGURE
    for right, wrong in FIGURES.values():
        assert figure.count(right) == 1
        figure = figure.replace(right, wrong)
    found = build(RIGHT, figure)
    for _, wrong in FIGURES.values():
        assert f"'{re.search(r'0[.]3[0-9]|33', wrong)[0]}' in " in found, found


def test_a_number_in_the_texts_of_code_is_in_the_code(build):
    found = build(RIGHT, spoken=[*SPOKEN, *TYPED.values()])
    for number in ("0.25", "240", "−0.26", "⅓", "10⁻⁷", "37 %"):
        assert f"'{number}' in " in found, found
    assert found.count("is not in the code") == len(TYPED)


def test_there_are_at_least_sixty_plants():
    assert len({*NUMBERS.values(), *FORMULAS.values()}) + len(FIGURES) + 2 >= 60


def test_what_is_not_caught_is_known(build):
    missed = [
        "Its maximum is three tenths.",  # numbers in words are words
        "They sum to 1 where they sum to 0.",
        "Let $x = 3$.",  # a condition
        "It needs $3n^2$ steps.",  # a formula that relates nothing
        "Every sigmoid is a parabola.",
    ]
    assert build("\n\n".join([RIGHT, *missed])) == ""

"""All that is made wrong in the small book at once, each in a file of its own.

A build must name every one of them, at its own file, and nothing else.
"""

from __future__ import annotations

from pathlib import Path

from tests.house import CODE, DESCRIPTION, FIGURE, FORMULA, KERNEL, TOC, chapter, edit

ASSERTION = "assert sigmoid(0.0) == 0.5"
ALT = "The sigmoid rises from left to right, at last hardly at all."

# what is wrong: (the part of a chapter, what stands there, what stands there instead,
# and what the build must say at the chapter's file)
CHAPTERS = {
    "a cell that raises": (
        CODE,
        ASSERTION,
        "1 / 0",
        r":17: WARNING: code cell 1: ZeroDivisionError: division by zero",
    ),
    "a false assertion": (
        CODE,
        ASSERTION,
        'assert sigmoid is None, "one half"',
        r":17: WARNING: code cell 1: AssertionError: one half",
    ),
    "a false step of a derivation": (
        CODE,
        ASSERTION,
        "from sympy import Symbol\nfrom evidence import Derivation\n"
        'Derivation(Symbol("x"), "the-slope").step("by magic", Symbol("x") + 1)',
        r":17: WARNING: code cell 1: FalseStep: the-slope, step 1 \(by magic\)",
    ),
    "a warning on stderr": (
        CODE,
        ASSERTION,
        "import numpy; numpy.exp(numpy.array([1000.0]))",
        r":17: .*code cell 1: wrote to stderr: .*RuntimeWarning: overflow",
    ),
    "a cell that never ends": (
        CODE,
        ASSERTION,
        "while True: pass",
        r":\d+: .*code cell 1: no end after 2 s",
    ),
    "a kernel that dies": (
        CODE,
        ASSERTION,
        "import os; os._exit(1)",
        r":17: .*code cell 1: DeadKernelError",
    ),
    "a dangling reference to an equation": (
        FORMULA,
        "{eq}`eq-NAME`",
        "{eq}`eq-sigmold`",
        r":\d+: .*eq-sigmold",
    ),
    "a dangling reference to a figure": (
        FIGURE,
        "{numref}`fig-NAME`",
        "{numref}`fig-sigmold`",
        r":\d+: .*fig-sigmold",
    ),
    "a dangling reference to a page": (
        FORMULA,
        "{eq}`eq-NAME`",
        "{doc}`nowhere`",
        r":\d+: .*nowhere",
    ),
    "a chapter without its header": (
        CODE,
        ASSERTION,
        "",
        r":1: WARNING: its code cells are not executed: the jupytext header",
    ),
    "a figure without a text": (FIGURE, "show(fig, alt=", "print(", r":\d+: WARNING: .*(text|alt)"),
    "an empty text for a figure": (
        FIGURE,
        f'alt="{ALT}"',
        'alt=" "',
        r":\d+: WARNING: code cell 1: .*alt",
    ),
    "an undrawn figure": (
        FIGURE,
        f'show(fig, alt="{ALT}")',
        "plt.close(fig)",
        r":\d+: WARNING: .*figure",
    ),
    "a number in prose": (
        FORMULA,
        "zero is mapped to one half",
        "zero is mapped to 0.51",
        r":\d+: WARNING: text: '0\.51' in .* is bound to nothing",
    ),
    "a formula in prose": (
        FORMULA,
        "zero is mapped to one half",
        "we have $\\sigma = \\sigma^2$",
        r":\d+: WARNING: text: \$.* is neither confirmed nor declared",
    ),
    "a TeX error": (
        FORMULA,
        "\\frac{1}{1 + e^{-x}}",
        "\\frac{1}{1 + e^{-x}",
        r":\d+: WARNING: .*(TeX|KaTeX|math)",
    ),
    "an unknown TeX command": (FORMULA, "\\frac{1}", "\\fracc{1}", r":\d+: WARNING: .*fracc"),
}
ELSEWHERE = {
    "a softact broken after a green build": (
        r"chapters/one\.md:23: WARNING: code cell 1: AssertionError"
    ),
    "a check that is taken away": (
        r"claims\.yml:9: WARNING: S0\.2: no check in chapters/two\.md settles it"
    ),
    "a wrong version that nobody refuses": (
        r"claims\.yml:13: WARNING: S0\.3 is ERR: .* has not refused"
    ),
    "a missing file": r"WARNING: .*chapters/missing",
    "a chapter that is not in the contents": (
        r"chapters/forgotten\.md:1: WARNING: this chapter is not in _toc\.yml"
    ),
}
BROKEN_SOFTACT = "\nright = sigmoid\n\n\ndef sigmoid(x):\n    return right(x) * (1 + 1e-6)\n"


def stem(wrong: str) -> str:
    return wrong.replace(" ", "-").lower()


def message(wrong: str) -> str:
    """What a build must say of this fault, as a regular expression."""
    if wrong in ELSEWHERE:
        return ELSEWHERE[wrong]
    return rf"chapters/{stem(wrong)}\.md{CHAPTERS[wrong][-1]}"


def commit(house: Path) -> None:
    """Make everything wrong."""
    contents = TOC + "  - file: chapters/missing\n"
    for wrong, (part, old, new, _) in CHAPTERS.items():
        assert part.count(old) == 1, f"{old!r} must stand in its part once"
        text = chapter(stem(wrong), part.replace(old, new))
        if wrong == "a cell that never ends":
            text = text.replace("\nmyst:\n", "\nmystnb:\n  execution_timeout: 2\nmyst:\n")
        if wrong == "a chapter without its header":
            text = text.removeprefix(KERNEL + DESCRIPTION)
        (house / "chapters" / f"{stem(wrong)}.md").write_text(text, "utf-8")
        contents += f"  - file: chapters/{stem(wrong)}\n"
    (house / "_toc.yml").write_text(contents, "utf-8")
    (house / "chapters/forgotten.md").write_text(chapter("forgotten"), "utf-8")
    edit(house / "chapters/two.md", ', settles=["S0.2"]', "")
    edit(house / "chapters/two.md", 'four.refuse("the note\'s 5", 5)', "four")
    with (house / "softact/__init__.py").open("a", encoding="utf-8") as module:
        module.write(BROKEN_SOFTACT)

"""A book that is wrong in one way must not be built: not at first, and not when tried again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = [
    "_config.yml", "_ext", "_static", "_templates", "dev.py", "evidence", "softact",
    "package-lock.json", "pyproject.toml", "requirements.txt",
]  # fmt: skip

HEADER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
myst:
  html_meta:
    description: A chapter that is right.
---
"""
CHAPTER = (
    HEADER
    + """
# A chapter that is right

$$ \\sigma(x) = \\frac{1}{1 + e^{-x}} $$ (eq-sigmoid)

By {eq}`eq-sigmoid`, zero is mapped to one half.

```{code-cell}
from softact import sigmoid

assert sigmoid(0.0) == 0.5
```

```{code-cell}
---
mystnb:
  figure:
    name: fig-sigmoid
    caption: How steep is the sigmoid?
---
import matplotlib.pyplot as plt
from evidence import show

fig, ax = plt.subplots()
ax.plot([-1, 0, 1], [0.27, 0.5, 0.73])
show(fig, alt="The sigmoid rises from 0.27 at -1 to 0.73 at 1.")
```

{numref}`fig-sigmoid` shows the slope.
"""
)
INDEX = """\
---
myst:
  html_meta:
    description: A small book.
---
# A small book

Its only chapter is {doc}`chapters/one`.
"""
TOC = "format: jb-book\nroot: index\nchapters:\n  - file: chapters/one\n"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    return make_house(tmp_path)


def make_house(folder: Path) -> Path:
    """Make a small book that is right, in a house like this one."""
    for name in HOUSE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    (folder / "chapters").mkdir()
    shutil.copy(ROOT / "chapters" / "references.bib", folder / "chapters")
    (folder / "chapters" / "one.md").write_text(CHAPTER, "utf-8")
    (folder / "index.md").write_text(INDEX, "utf-8")
    (folder / "_toc.yml").write_text(TOC, "utf-8")
    return folder


def book(house: Path, command: str = "book", **environment: str) -> tuple[int, str]:
    """Run the command that everybody runs; give its exit code and what it said."""
    done = subprocess.run(
        [sys.executable, house / "dev.py", command],
        # A shell that chooses another backend for matplotlib must not take the figures away.
        env={**os.environ, "PYTHONPATH": str(house), "MPLBACKEND": "agg", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} must stand in {path.name} once"
    path.write_text(text.replace(old, new), "utf-8")


def test_a_right_book_is_built_and_executed_once(house: Path) -> None:
    code, said = book(house)
    assert code == 0, said
    assert "executing chapters/one (1 of 1)" in said
    assert (house / "_build/html/chapters/one.html").exists()
    code, said = book(house)
    assert code == 0, said
    assert "executing" not in said


# what is wrong: (what stands in the chapter, what stands there instead, what the command must say)
WRONG = {
    "a cell that raises": (
        "assert sigmoid(0.0) == 0.5",
        "1 / 0",
        r"chapters/one\.md:21: WARNING: code cell 1: ZeroDivisionError: division by zero",
    ),
    "a false assertion": (
        "assert sigmoid(0.0) == 0.5",
        'assert sigmoid(0.0) == 0.6, "one half"',
        r"chapters/one\.md:21: WARNING: code cell 1: AssertionError: one half",
    ),
    "a false step of a derivation": (
        "assert sigmoid(0.0) == 0.5",
        "from sympy import Symbol\nfrom evidence import Derivation\n"
        'Derivation(Symbol("x"), "the slope").step("by magic", Symbol("x") + 1)',
        r"chapters/one\.md:21: WARNING: code cell 1: FalseStep: the slope, step 1 \(by magic\)",
    ),
    "a warning on stderr": (
        "assert sigmoid(0.0) == 0.5",
        "import numpy; numpy.exp(numpy.array([1000.0]))",
        r"chapters/one\.md:21: .*code cell 1: wrote to stderr: .*RuntimeWarning: overflow",
    ),
    "a cell that never ends": (
        HEADER + "\n# A chapter",
        HEADER.replace("myst:\n", "mystnb:\n  execution_timeout: 2\nmyst:\n") + "\n# A chapter",
        r"chapters/one\.md:\d+: .*code cell 1: no end after 2 s",
    ),
    "a kernel that dies": (
        "assert sigmoid(0.0) == 0.5",
        "import os; os._exit(1)",
        r"chapters/one\.md:21: .*code cell 1: DeadKernelError",
    ),
    "a dangling reference to an equation": (
        "{eq}`eq-sigmoid`",
        "{eq}`eq-sigmold`",
        r"chapters/one\.md:\d+: .*eq-sigmold",
    ),
    "a dangling reference to a figure": (
        "{numref}`fig-sigmoid`",
        "{numref}`fig-sigmold`",
        r"chapters/one\.md:\d+: .*fig-sigmold",
    ),
    "a dangling reference to a page": (
        "{numref}`fig-sigmoid` shows",
        "{doc}`two` shows",
        r"chapters/one\.md:\d+: .*two",
    ),
    "a chapter without its header": (
        HEADER,
        "",
        r"chapters/one\.md:1: WARNING: its code cells are not executed: the jupytext header",
    ),
    "a figure without a text": (
        "show(fig, alt=",
        "print(",
        r"chapters/one\.md:\d+: WARNING: .*(text|alt)",
    ),
    "an empty text for a figure": (
        'alt="The sigmoid rises from 0.27 at -1 to 0.73 at 1."',
        'alt=" "',
        r"chapters/one\.md:\d+: WARNING: code cell 2: .*alt",
    ),
    "an undrawn figure": (
        'show(fig, alt="The sigmoid rises from 0.27 at -1 to 0.73 at 1.")',
        "plt.close(fig)",
        r"chapters/one\.md:\d+: WARNING: .*figure",
    ),
    "a TeX error": (
        "\\frac{1}{1 + e^{-x}}",
        "\\frac{1}{1 + e^{-x}",
        r"chapters/one\.md:\d+: WARNING: .*(TeX|KaTeX|math)",
    ),
    "an unknown TeX command": (
        "\\frac{1}",
        "\\fracc{1}",
        r"chapters/one\.md:\d+: WARNING: .*fracc",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_chapter_is_refused_every_time(house: Path, wrong: str) -> None:
    old, new, message = WRONG[wrong]
    edit(house / "chapters/one.md", old, new)
    if wrong == "a cell that never ends":
        edit(house / "chapters/one.md", "assert sigmoid(0.0) == 0.5", "while True: pass")
    refused_twice(house, message)


def test_files_of_other_tools_do_not_matter(house: Path) -> None:
    """pytest leaves a README.md in its cache, which a strict build over all files trips over."""
    for folder in (".pytest_cache", "softact", "tests"):
        (house / folder).mkdir(exist_ok=True)
        (house / folder / "README.md").write_text("# Not a page\n", "utf-8")
    code, said = book(house)
    assert code == 0, said


def test_a_missing_file_is_refused(house: Path) -> None:
    edit(house / "_toc.yml", "chapters/one", "chapters/one\n  - file: chapters/two")
    refused_twice(house, r"chapters/two")


def test_a_chapter_that_is_not_in_the_contents_is_refused(house: Path) -> None:
    (house / "chapters/two.md").write_text(HEADER + "\n# Forgotten\n", "utf-8")
    refused_twice(house, r"chapters/two\.md:1: WARNING: this chapter is not in _toc\.yml")


def test_a_softact_broken_after_a_green_build_is_refused(house: Path) -> None:
    code, said = book(house)
    assert code == 0, said
    broken = "\nright = sigmoid\n\n\ndef sigmoid(x):\n    return right(x) * (1 + 1e-6)\n"
    with (house / "softact/__init__.py").open("a", encoding="utf-8") as module:
        module.write(broken)
    refused_twice(house, r"chapters/one\.md:21: WARNING: code cell 1: AssertionError")


def test_an_unreadable_setting_is_refused(house: Path) -> None:
    edit(house / "_toc.yml", "root: index", "root: [index")
    code, said = book(house)
    assert code != 0
    assert "_toc.yml" in said


def refused_twice(house: Path, message: str) -> None:
    for attempt in ("first", "second"):
        code, said = book(house)
        assert code != 0, f"the {attempt} build accepted it:\n{said}"
        last_lines = "\n".join(said.splitlines()[-25:])
        assert re.search(message, last_lines), f"{message} is not in\n{last_lines}"
        assert "The book is built" not in said

"""A small book in a house like this one, built again and again while more is changed in it.

A strict build costs some ten seconds, so all tests of builds share one house, which goes through
the states below, one after another; a test asks for the state whose outcome it looks at.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = [
    "_config.yml", "_ext", "_static", "_templates", "dev.py", "evidence", "softact",
    "package-lock.json", "pyproject.toml", "requirements.txt",
]  # fmt: skip
# The house borrows the environment, so its commands never make, update or clear one.
COMMAND = "import sys, dev; dev.environment = lambda: None; sys.exit(dev.main())"
ADDRESS = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "Ann-B/soft.act",
    "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
}
NO_ADDRESS = dict.fromkeys(ADDRESS, "")

INDEX = """\
---
myst:
  html_meta:
    description: A small book.
---
# A small book

Its first chapter is {doc}`chapters/one`.
"""
TOC = """\
format: jb-book
root: index
chapters:
  - file: chapters/one
  - file: chapters/two
  - file: chapters/claims
"""
KERNEL = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
"""
DESCRIPTION = """\
myst:
  html_meta:
    description: A chapter of which this is told.
---
"""
# What the chapters are made of; NAME keeps their labels apart.
FORMULA = """
**Definition.** The sigmoid is

$$ \\sigma(x) = \\frac{1}{1 + e^{-x}} $$ (eq-NAME)

By {eq}`eq-NAME`, zero is mapped to one half.
"""
CODE = """
```{code-cell}
from softact import sigmoid

assert sigmoid(0.0) == 0.5
```
"""
FIGURE = """
```{code-cell}
---
mystnb:
  figure:
    name: fig-NAME
    caption: How steep is the sigmoid?
---
import matplotlib.pyplot as plt
from evidence import show

fig, ax = plt.subplots()
ax.plot([-1, 0, 1], [0.27, 0.5, 0.73])
show(fig, alt="The sigmoid rises from left to right, at last hardly at all.")
```

{numref}`fig-NAME` shows the slope.
"""
CHECK = """
```{code-cell}
from evidence import holds

zero = holds(
    "one.at-zero", "σ(0) = ½", test=lambda p: p == 0.5, version=sigmoid(0.0), settles=["S0.1"]
)
```

```{code-cell}
zero.refuse("the note's 1", 1.0)
```

The row is {ref}`S0.1`, and its check {ref}`one.at-zero`.
"""
TWO_CHECKS = """
```{code-cell}
from evidence import holds

two = holds("two.sum", "1 + 1 = 2", test=lambda n: n == 1 + 1, version=2, settles=["S0.2"])
four = holds("two.product", "2 · 2 = 4", test=lambda n: n == 2 * 2, version=4, settles=["S0.3"])
```

```{code-cell}
two.refuse("three", 3)
four.refuse("the note's 5", 5)
```
"""
REGISTER = """
```{claims-register}
```

```{code-cell}
from evidence import said
from softact import sigmoid

said(at_zero=sigmoid(0.0))
```
"""
CLAIMS = """\
notes: {S0: A note}
verdicts: {OK: {means: right}, ERR: {means: wrong, needs: [truth, refusal]}}
claims:
  - id: S0.1
    claim: "The sigmoid of 0 is 1."
    verdict: ERR
    truth: "It is {said}`0.5 <at_zero>`."
    chapter: one
  - id: S0.2
    claim: "One and one are two."
    verdict: OK
    chapter: two
  - id: S0.3
    claim: "Two by two is five."
    verdict: ERR
    truth: "It is less by one."
    chapter: two
"""


def chapter(name: str, *pieces: str) -> str:
    """Put a chapter together."""
    text = "".join(pieces).replace("NAME", name)
    header = (KERNEL if "{code-cell}" in text else "---\n") + DESCRIPTION
    return f"{header}\n# The chapter {name}\n{text}"


def make_house(folder: Path) -> Path:
    """Make a small book that is right."""
    folder.mkdir()
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    edit(folder / "_config.yml", "    evidence_notation: notation.functions\n", "")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    (folder / "chapters" / "data").mkdir(parents=True)
    shutil.copy(ROOT / "chapters" / "references.bib", folder / "chapters")
    written = {
        "index": INDEX,
        "chapters/one": chapter("one", FORMULA, CODE, FIGURE, CHECK),
        "chapters/two": chapter("two", TWO_CHECKS),
        "chapters/claims": chapter("claims", REGISTER),
    }
    for page, text in written.items():
        (folder / f"{page}.md").write_text(text, "utf-8")
    (folder / "chapters/data/claims.yml").write_text(CLAIMS, "utf-8")
    (folder / "_toc.yml").write_text(TOC, "utf-8")
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} must stand in {path.name} once"
    path.write_text(text.replace(old, new), "utf-8")


@dataclass(frozen=True)
class Built:
    """How a build ended, what it said, and what the folder then held of its pages."""

    code: int
    said: str
    folder: Path

    @property
    def site(self) -> Path:
        return self.folder / "_build" / "html"

    def page(self, name: str) -> str:
        return (self.site / f"{name}.html").read_text("utf-8")


class House:
    """The house and its states, each of which is reached from the one before when asked for."""

    def __init__(self, folder: Path, states: dict[str, Callable[[House], tuple[int, str]]]) -> None:
        self.folder = make_house(folder / "house")
        self.waiting = dict(states)
        self.reached: dict[str, Built] = {}

    def book(self, command: str = "book", **environment: str) -> tuple[int, str]:
        """Run a command that everybody runs; give its exit code and what it said."""
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, command],
            cwd=self.folder,
            # A shell that chooses another backend for matplotlib must not take the figures away.
            env={**os.environ, "PYTHONPATH": str(self.folder), "MPLBACKEND": "agg", **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def after(self, state: str) -> Built:
        """Bring the house into a state and tell how that went."""
        while state not in self.reached:
            name = next(iter(self.waiting))
            code, said = self.waiting.pop(name)(self)
            kept = self.folder.parent / name
            for part in ("_build/html", "chapters"):
                if (self.folder / part).exists():
                    shutil.copytree(self.folder / part, kept / part)
            self.reached[name] = Built(code, said, kept)
        return self.reached[state]

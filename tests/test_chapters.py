"""The checks of all chapters as tests: a new NumPy, SymPy or torch is tried without building.

A chapter that a build has run already, with all that its outputs depend on as it is now, is not
run again: the build keeps only outputs of which nothing was wrong.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from myst_parser.config.main import MdParserConfig

import softact
from evidence import Disagreement
from evidence.page.records import recording
from evidence.run import rerun
from evidence.run.chapter import code_cells, path_of
from evidence.run.results import forget
from evidence.sphinx.execution import Chapters

ROOT = Path(__file__).parents[1]
NOTATION = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"][
    "evidence_notation"
]

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def no_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")


@pytest.fixture(scope="module")
def built() -> Chapters:
    """The chapters as the build of this book sees them, with the outputs that it keeps."""
    return Chapters(
        SimpleNamespace(
            srcdir=ROOT,
            outdir=ROOT / "_build" / "html",
            config=SimpleNamespace(nb_execution_timeout=0, evidence_notation=NOTATION),
            env=SimpleNamespace(myst_config=MdParserConfig()),
        )
    )


@pytest.fixture
def nothing_kept() -> Iterator[None]:
    """No result of another test is used here, and none of these in another."""
    forget()
    yield
    forget()


@pytest.mark.parametrize("chapter", rerun.chapters())
def test_the_claims_of_the_chapter_stand(chapter: str, built: Chapters) -> None:
    name = f"chapters/{chapter}"
    built.keys[name] = built.key((ROOT / f"{name}.md").read_text("utf-8"))
    if built.is_current(name):
        return
    failures = rerun.rerun(chapter).failures
    assert not failures, "\n".join(f"chapters/{chapter}.md, {failure}" for failure in failures)


def is_noticed(chapter: str) -> bool:
    """Run the cells of a chapter until one of them finds a disagreement."""
    path, names = path_of(chapter).resolve(), {"__name__": "__main__"}
    with contextlib.chdir(path.parent), recording():
        for cell in code_cells(path.read_text("utf-8")):
            try:
                cell.run(path, names)
            except Disagreement:
                if rerun.ALLOWED not in cell.tags:
                    return True
            except Exception:  # names it fails to define, or an assertion: not what is asked here
                pass
    return False


@pytest.mark.parametrize(
    ("function", "chapter"),
    [
        ("sigmoid_prime", "sigmoid"),
        ("softmax_jacobian", "softmax_jacobian"),
        ("logsumexp", "logsumexp"),
        ("cross_entropy_grad", "cross_entropy"),
    ],
)
@pytest.mark.usefixtures("nothing_kept")
def test_a_function_off_by_a_millionth_is_noticed(
    function: str, chapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = getattr(softact, function)
    monkeypatch.setattr(softact, function, lambda *a, **k: right(*a, **k) * (1 + 1e-6))
    assert is_noticed(chapter)

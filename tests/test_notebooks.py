"""A notebook that was taken along alone runs where the book is missing: it fetches that first.

NOTEBOOKS names the pages to try, `all` means every one. The place is an environment that has what
Colab has, everything but the book's two packages, and an empty folder; the book's repository is a
local one, which git is told to use in place of the public address.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

from _ext.publishing import first_cell
from tests.browser import ROOT
from tools.saved import notebooks

ADDRESS = "https://github.com/Ann-B/soft.act"
PAGES = os.environ.get("NOTEBOOKS", "index chapters/digits").split()
if PAGES == ["all"]:
    PAGES = [page.relative_to(ROOT).with_suffix("").as_posix() for page in notebooks()]
RUN = """
import sys
sys.modules["rfc3987_syntax"] = None  # as in tests/conftest.py
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=600, allow_errors=True).execute()
nbformat.write(notebook, sys.argv[1])
"""
WHERE = "import sys, evidence, softact; print(sys.prefix, evidence.__file__, softact.__file__)"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def others(tmp_path_factory) -> Path:
    """Everything that is installed here, except the book's packages."""
    folder = tmp_path_factory.mktemp("others")
    for entry in Path(pytest.__file__).parents[1].iterdir():
        if not re.match(r"_?(evidence|softact)\b", entry.name):
            (folder / entry.name).symlink_to(entry)
    return folder


@pytest.fixture
def python(others: Path, tmp_path: Path) -> Path:
    """A fresh environment that sees the others."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    [packages] = (tmp_path / "env").rglob("site-packages")
    (packages / "others.pth").write_text(f"{others}\n", "utf-8")
    return tmp_path / "env" / "bin" / "python"


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> tuple[Path, str]:
    """A repository with what is being tested, and the name of its commit."""
    folder = tmp_path_factory.mktemp("repository")
    for name in ("evidence", "softact", "chapters"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    git = ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=all"]):
        subprocess.run([*git, *command], check=True)
    done = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return folder, done.stdout.strip()


def run(notebook: nbformat.NotebookNode, python: Path, repository: Path) -> list[dict]:
    """Run a notebook in an empty folder and return its outputs."""
    folder = python.parents[2] / "Downloads"
    folder.mkdir()
    file = folder / "notebook.ipynb"
    nbformat.write(notebook, file)
    instead = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{repository.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([python, "-c", RUN, file], cwd=folder, env=surroundings | instead, check=True)
    cells = json.loads(file.read_text("utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", ())]


def errors(outputs: list[dict]) -> list[str]:
    return [output["evalue"] for output in outputs if output["output_type"] == "error"]


def text(output: dict) -> str:
    return "".join(output.get("text", ""))


@pytest.mark.parametrize("page", PAGES)
def test_it_fetches_what_is_missing_and_runs(page: str, python: Path, repository) -> None:
    folder, commit = repository
    notebook = jupytext.read(ROOT / f"{page}.md")
    start = nbformat.v4.new_code_cell(first_cell(page, ADDRESS, commit))
    notebook.cells = [start, *notebook.cells, nbformat.v4.new_code_cell(WHERE)]
    outputs = run(notebook, python, folder)
    assert errors(outputs) == []
    prefix, *modules = text(outputs[-1]).split()
    assert Path(prefix) == python.parents[1]
    # The cover stands in the clone's root, where Python finds both before it looks further.
    home = python.parents[2] / "Downloads/book" if page == "index" else prefix
    assert [module for module in modules if not Path(module).is_relative_to(home)] == []


def test_without_its_first_cell_it_does_not(python: Path, repository) -> None:
    notebook = jupytext.read(ROOT / "chapters" / "softmax.md")
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"][:1]
    [error] = errors(run(notebook, python, repository[0]))
    assert re.fullmatch("No module named '(evidence|softact)'", error)


def test_without_a_public_address_it_says_in_a_sentence_how(python: Path, repository) -> None:
    cell = nbformat.v4.new_code_cell(first_cell("chapters/softmax", ""))
    [error] = errors(run(nbformat.v4.new_notebook(cells=[cell]), python, repository[0]))
    assert "run `python3 dev.py lab` in the folder of the book" in error


@pytest.mark.parametrize("page", ["index", "chapters/softmax"])
@pytest.mark.parametrize("address", ["", ADDRESS])
def test_where_the_book_is_nothing_is_fetched(page: str, address: str, monkeypatch) -> None:
    """The shells' commands in the cell would be a syntax error, were they not left out here."""
    code = re.sub(r"^( +)[!%].*", r"\1raise AssertionError", first_cell(page, address), flags=re.M)
    monkeypatch.chdir((ROOT / page).parent)
    exec(code, {})
    assert Path.cwd() == (ROOT / page).parent

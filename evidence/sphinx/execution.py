"""Execute the chapters in parallel, and again only when something that they depend on has changed.

Sphinx reads one file after the other, and MyST-NB would execute each notebook as it is read.
Here every chapter that is about to be read is executed first, as many at a time as the machine
has cores. The outputs are kept in ``_build/executed`` under a key made of the code of the cells,
the interpreter and the version of every installed package, and with a list of the files that the
kernel has opened (`evidence.run.watch`): they serve as long as none of these has changed. MyST-NB
then reads notebooks that already carry their outputs, and executes nothing.

No chapter is left out in silence. Only the files in ``_toc.yml`` are built, so one that nobody
entered there would vanish without a word; and one without the jupytext header would be shown but
never run. Both are warnings: a strict build fails on them.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import nbformat
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat.v4 import new_code_cell
from sphinx.util import logging

from evidence.page import formula
from evidence.run import chapter, watch
from evidence.sphinx.marks import SHOWN

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

ANSI = re.compile(r"\x1b\[[0-9;]*m")
# What a chapter shows may depend on nothing that the caller's shell happens to have set.
KERNEL_ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONSTARTUP": watch.__file__,
    "SYMPY_GROUND_TYPES": "python",  # with python-flint's own, SymPy takes other, slower paths
}
IN_SOURCE = re.compile(rf"\{{shown\}}`{SHOWN.pattern}\s*`", re.DOTALL)
SOURCE_OF = re.compile(r"__pycache__/([^/]+?)\.[^/]*\.pyc$")
NOT_OURS = ("_build", ".venv", "node_modules", ".git")


@dataclass
class Failure:
    """What went wrong in a chapter, and at which line of its source."""

    line: int
    summary: str
    details: str


class Chapters:
    """The chapters of one build: their notebooks, their keys, and their outputs once executed."""

    def __init__(self, app: Sphinx) -> None:
        self.root = Path(app.srcdir)
        self.store = Path(app.outdir).parent / "executed"
        self.timeout: int = app.config.nb_execution_timeout
        self.myst_config = app.env.myst_config
        self.notation: str = app.config.evidence_notation
        self.surroundings = surroundings()
        self.digests: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.executed: dict[str, NotebookNode] = {}

    def parse(self, text: str) -> NotebookNode:
        return read_myst_markdown_notebook(text, config=self.myst_config, add_source_map=True)

    def read(self, text: str) -> NotebookNode:
        """Parse a page, and give a chapter the outputs of its execution."""
        notebook = self.parse(text)
        if is_myst_markdown_notebook(text):
            executed = self.executed[text]
            notebook.metadata["language_info"] = executed.metadata.get("language_info", {})
            for cell, done in zip(code_cells(notebook), code_cells(executed), strict=True):
                cell.outputs, cell.execution_count = done.outputs, done.execution_count
        return notebook

    def key(self, text: str) -> str:
        """Say what the outputs of a chapter depend on, but for the files that it opens."""
        notebook = self.parse(text)
        cells = [*code_cells(notebook), judging_cell(notebook, self.notation)]
        # Some tags change how a cell is executed.
        sources = [f"{cell.source}\n# {sorted(cell.metadata.get('tags', []))}" for cell in cells]
        return digest([self.surroundings, *sources])

    def is_current(self, docname: str) -> bool:
        """Tell whether the outputs at hand are those of the code and of the files of today."""
        stored = self.stored(docname)
        if not stored.exists():
            return False
        opened = nbformat.read(stored, as_version=4).metadata.get("opened", {})
        return all(self.digest(name) == before for name, before in opened.items())

    def digest(self, name: str) -> str:
        """Hash a file of the book; of a chapter the cells that another one may use."""
        if name not in self.digests:
            path = self.root / name
            if not path.exists():
                parts = ["gone"]
            elif path.suffix == ".md":
                cells = chapter.code_cells(path.read_text("utf-8"))
                parts = [cell.code for cell in cells if chapter.DERIVE in cell.tags]
            else:
                parts = [hashlib.sha256(path.read_bytes()).hexdigest()]
            self.digests[name] = digest(parts)
        return self.digests[name]

    def opened(self, report: Path) -> dict[str, str]:
        """Read which files of the book a kernel has opened."""
        lines = set(report.read_text("utf-8").splitlines()) if report.exists() else set()
        paths = {Path(SOURCE_OF.sub(r"\1.py", line)) for line in lines}
        names = [p.relative_to(self.root) for p in paths if p.is_relative_to(self.root)]
        ours = sorted(n.as_posix() for n in names if n.parts and n.parts[0] not in NOT_OURS)
        return {name: self.digest(name) for name in ours if (self.root / name).is_file()}

    def stored(self, docname: str) -> Path:
        return self.store / docname / f"{self.keys[docname]}.ipynb"

    def execute(self, docname: str, path: Path) -> Failure | None:
        """Run one chapter in a kernel of its own and keep its outputs if nothing went wrong."""
        text = path.read_text("utf-8")
        notebook = self.executed[text] = self.parse(text)
        timeout = notebook.metadata.get("mystnb", {}).get("execution_timeout", self.timeout)
        stored = self.stored(docname)
        stored.parent.mkdir(parents=True, exist_ok=True)
        for outdated in stored.parent.glob("*.ipynb"):
            outdated.unlink()
        with TemporaryDirectory() as place:
            report = Path(place) / "opened"
            notebook.cells.append(judging_cell(notebook, self.notation))
            failure = run(notebook, path.parent, timeout, report)
            judging = notebook.cells.pop()
            code_cells(notebook)[-1].outputs += judging.outputs
            notebook.metadata["opened"] = self.opened(report)
        if failure is None:
            nbformat.write(notebook, stored)
        return failure


def judging_cell(notebook: NotebookNode, notation: str) -> NotebookNode:
    """Return the last cell, which no page shows: the formulas of the text, put to the claims."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    bound = [(formula.normal(tex), name) for tex, name in IN_SOURCE.findall(text)]
    page, _, name = notation.rpartition(".")
    known = f"__import__('evidence').results({page!r}).{name}" if notation else "None"
    return new_code_cell(
        "from evidence.claims.written import judge\n"
        f"judge({formula.formulas(text)!r}, {bound!r}, {known})"
    )


def run(notebook: NotebookNode, folder: Path, timeout: int, report: Path) -> Failure | None:
    """Execute a notebook in place; a cell that raises, hangs or warns is a failure."""
    client = NotebookClient(notebook, timeout=timeout, resources={"metadata": {"path": folder}})
    try:
        watched = {**os.environ, **KERNEL_ENVIRONMENT, "EVIDENCE_WATCH": str(report)}
        client.execute(env=watched, stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        told = ANSI.sub("", f"{error.ename}: {error.evalue}"), ANSI.sub("", error.traceback)
    except CellTimeoutError as error:
        told = f"no end after {timeout} s", str(error)
    except Exception as error:  # a kernel that dies or does not start must not stop the other ones
        told = f"{type(error).__name__}: {error}", str(error)
    else:
        return warned(notebook)
    begun = [k for k, cell in enumerate(code_cells(notebook), 1) if cell.execution_count]
    return at_cell(notebook, max(begun, default=1), *told)


def warned(notebook: NotebookNode) -> Failure | None:
    """Blame the first cell that wrote to stderr."""
    for number, cell in enumerate(code_cells(notebook), 1):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                lines = output.text.strip().splitlines() or ["(blank)"]
                found = next((line for line in lines if "Warning" in line), lines[-1])
                return at_cell(notebook, number, f"wrote to stderr: {found.strip()}", output.text)
    return None


def at_cell(notebook: NotebookNode, number: int, summary: str, details: str) -> Failure:
    """Blame a code cell."""
    places = zip(notebook.cells, notebook.metadata["source_map"], strict=False)
    lines = [line for cell, line in places if cell.cell_type == "code"]
    line = dict(enumerate(lines, 1)).get(number, 0) + 1
    return Failure(line, f"code cell {number}: {summary}", details)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def surroundings() -> str:
    """Hash what all chapters depend on: the interpreter and the packages."""
    packages = sorted(f"{each.name}=={each.version}" for each in distributions())
    return digest([sys.version, sys.platform, *packages])


def digest(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def read(text: str) -> NotebookNode:
    """Hand a chapter to MyST-NB (the reader that ``nb_custom_formats`` names)."""
    return _chapters.read(text)


_chapters: Chapters


def prepare(app: Sphinx, env: BuildEnvironment, *_found: set[str]) -> list[str]:
    """Name the pages whose outputs are out of date although their source is not."""
    global _chapters
    _chapters = Chapters(app)
    for path in sorted(Path(app.srcdir, chapter.FOLDER).glob("*.md")):
        if f"{chapter.FOLDER}/{path.stem}" not in env.found_docs:
            logger.warning("this chapter is not in _toc.yml", location=f"{path}:1")
    for docname in sorted(env.found_docs):
        path = Path(env.doc2path(docname))
        text = path.read_text("utf-8")
        if path.suffix == ".md" and is_myst_markdown_notebook(text):
            _chapters.keys[docname] = _chapters.key(text)
        elif "{code-cell}" in text:
            logger.warning(
                "its code cells are not executed: the jupytext header is missing "
                "(copy it from another chapter)",
                location=f"{path}:1",
            )
    before = getattr(env, "execution_keys", {})
    env.execution_keys = dict(_chapters.keys)
    return [
        docname
        for docname, key in _chapters.keys.items()
        if before.get(docname) != key or not _chapters.is_current(docname)
    ]


def execute_outdated(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Execute the chapters that are about to be read and whose outputs are not at hand."""
    waiting = {}
    for docname in sorted(_chapters.keys.keys() & set(docnames)):
        path = Path(env.doc2path(docname))
        if _chapters.is_current(docname):
            stored = _chapters.stored(docname)
            _chapters.executed[path.read_text("utf-8")] = nbformat.read(stored, as_version=4)
        else:
            waiting[docname] = path
    if not waiting:
        return
    workers = min(len(waiting), int(os.environ.get("BOOK_JOBS") or os.cpu_count() or 1))
    print(f"executing {len(waiting)} chapters, {workers} at a time", flush=True)
    with ThreadPoolExecutor(workers) as pool:
        started = {
            pool.submit(execute_aloud, number, len(waiting), docname, path): docname
            for number, (docname, path) in enumerate(waiting.items(), 1)
        }
        for future in as_completed(started):
            if failure := future.result():
                report(app, started[future], failure)
                del env.execution_keys[started[future]]  # so that the next build tries again


def execute_aloud(number: int, total: int, docname: str, path: Path) -> Failure | None:
    print(f"executing {docname} ({number} of {total})", flush=True)
    start = time.perf_counter()
    failure = _chapters.execute(docname, path)
    verdict = "FAILED" if failure else "executed"
    print(f"{verdict} {docname} in {time.perf_counter() - start:.1f} s", flush=True)
    return failure


def report(app: Sphinx, docname: str, failure: Failure) -> None:
    """Warn, which fails a strict build, and keep the whole traceback in a file."""
    log = Path(app.outdir) / "reports" / f"{docname}.err.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(failure.details, "utf-8")
    logger.warning(failure.summary, location=(docname, failure.line), type="execution")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("evidence_notation", "", "env")  # such as page.name: functions by name
    app.connect("env-get-outdated", prepare)
    app.connect("env-before-read-docs", execute_outdated)
    return {"version": "1", "parallel_read_safe": False}

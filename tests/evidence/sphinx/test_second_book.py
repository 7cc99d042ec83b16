"""The engine serves a book on another subject, and knows nothing of this one."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]
ENGINE = HERE.parents[1] / "evidence"
BUILD = (
    "import sys; sys.modules['softact'] = sys.modules['rfc3987_syntax'] = None; "
    "from jupyter_book.cli.main import main; main(sys.argv[1:])"
)


def build(book: Path) -> tuple[int, str]:
    # Beside the engine there is nothing of this book to be imported.
    (book / "lib").mkdir(exist_ok=True)
    if not (book / "lib/evidence").exists():
        (book / "lib/evidence").symlink_to(ENGINE)
    done = subprocess.run(
        [sys.executable, "-c", BUILD, "build", book, "-n", "-W", "--keep-going"],
        env={**os.environ, "PYTHONPATH": str(book / "lib"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "second_book", tmp_path / "book"))


@pytest.mark.slow
def test_a_book_on_another_subject_is_built(book: Path) -> None:
    code, said = build(book)
    assert code == 0, said
    register = (book / "_build/html/index.html").read_text("utf-8")
    assert "derived in 1 step, proved for every n" in register
    assert "so it is not" in register


@pytest.mark.slow
def test_its_false_step_is_refused(book: Path) -> None:
    chapter = book / "chapters/squares.md"
    text = chapter.read_text("utf-8")
    chapter.write_text(text.replace('.step("Gauss", n**2)', '.step("Gauss", n**3)'), "utf-8")
    code, said = build(book)
    assert code != 0
    assert "squares.md:14: WARNING: code cell 1: FalseStep: squares.odd, step 1 (Gauss)" in said


def test_the_engine_imports_nothing_of_this_book() -> None:
    allowed = {"evidence"}
    ours = {path.stem for path in ENGINE.parent.iterdir() if path.is_dir()} - allowed
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.partition(".")[0] for name in names} & ours, path

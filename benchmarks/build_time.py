"""What a cold build of the book costs, beside the plain running of the same code.

python benchmarks/build_time.py

Runs the code of every chapter as a script, one after another, then builds the book from nothing,
then builds the draft after an edit of one sentence. Compare the ratios, not the seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jupytext

ROOT = Path(__file__).resolve().parents[1]


def seconds(*arguments: str | Path, folder: Path = ROOT) -> float:
    """Time a command that must succeed."""
    environment = {**os.environ, "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1"}
    start = time.perf_counter()
    subprocess.run(arguments, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def scripts(folder: Path) -> list[Path]:
    """Write the code of each chapter as a script."""
    written = []
    for chapter in sorted((ROOT / "chapters").glob("*.md")):
        cells = [cell.source for cell in jupytext.read(chapter).cells if cell.cell_type == "code"]
        script = folder / f"{chapter.stem}.py"
        script.write_text("from IPython.display import display\n\n" + "\n\n".join(cells), "utf-8")
        written.append(script)
    return written


def main() -> None:
    """Print the three times and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        plain = sum(
            seconds(sys.executable, script, folder=ROOT / "chapters")
            for script in scripts(Path(folder))
        )
    seconds(sys.executable, "dev.py", "clean")
    cold = seconds(sys.executable, "dev.py", "book")
    page = ROOT / "chapters" / "sigmoid.md"
    text = page.read_text("utf-8")
    try:
        page.write_text(text + "\nOne more sentence.\n", "utf-8")
        draft = seconds(sys.executable, "dev.py", "draft")
    finally:
        page.write_text(text, "utf-8")
    print(f"the code as scripts, one after another  {plain:6.1f} s")
    print(f"the book, cold                          {cold:6.1f} s  ({cold / plain:.2f} of it)")
    print(
        f"a draft after one sentence              {draft:6.1f} s  ({draft / cold:.2f} of the cold)"
    )


if __name__ == "__main__":
    main()

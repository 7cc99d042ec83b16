"""Which cell of a chapter is blamed, and at which line, when it goes wrong in the middle."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from evidence.sphinx.execution import run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "summary"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("while True: pass", "no end after 3 s"),
        ("import os; os._exit(1)", "DeadKernelError: "),
        ("import sys; print('late', file=sys.stderr)", "wrote to stderr: late"),
    ],
)
def test_the_cell_that_went_wrong_is_blamed(tmp_path, wrong: str, summary: str) -> None:
    allowed = new_code_cell("[][0]", metadata={"tags": ["raises-exception"]})
    cells = [allowed, new_markdown_cell("So."), new_code_cell(wrong), new_code_cell("x = 1")]
    notebook = new_notebook(cells=cells, metadata={"source_map": [4, 8, 12, 16]})
    failure = run(notebook, tmp_path, 3, tmp_path / "opened")
    assert failure.summary.startswith(f"code cell 2: {summary}")
    assert failure.line == 13

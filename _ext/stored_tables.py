"""A table that a benchmark has stored becomes a table of the page: `{stored-table} FILE`.

Its file's first line says when and on what it was made. That is the caption; the rest is CSV, with
the names of the columns in its first row and those of the rows in its first column.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils.parsers.rst.directives.tables import CSVTable
from docutils.statemachine import StringList

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


class StoredTable(CSVTable):
    """A CSV table with its caption in the file."""

    required_arguments = 1
    option_spec: dict[str, Any] = {}  # noqa: RUF012
    has_content = False

    def run(self) -> list[nodes.Node]:
        env = self.state.document.settings.env
        within_sources, file = env.relfn2path(self.arguments[0])
        env.note_dependency(within_sources)
        made, *rows = Path(file).read_text("utf-8").splitlines()
        self.arguments = [f"{made}; {len(rows) - 1} rows"]  # of which a box shows the first
        self.content = StringList(rows, source=file)
        self.options = {"header-rows": 1, "stub-columns": 1, "class": ["sa-stored"]}
        return list(super().run())


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("stored-table", StoredTable)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

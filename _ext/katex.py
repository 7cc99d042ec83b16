"""KaTeX, which package.json pins, as one process that renders the formulas of a whole build."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError

from _ext.assets import NODE, NODE_MODULES

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPT = Path(__file__).with_name("katex_lines.cjs")
NAMED = re.compile(r' of:([^" ]+)"')


class TexError(Exception):
    """What KaTeX said about TeX that it refused."""


class Katex:
    """One Node process that renders the formulas of a whole build."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answers: dict[tuple[str, bool], dict[str, str]] = {}

    def render(
        self, tex: str, *, display: bool = False, rows: Mapping[str, str] | None = None
    ) -> str:
        """Return the HTML of a formula, or raise `TexError`; its symbols are marked with `rows`."""
        rows = rows or {}

        def mark(found: re.Match[str]) -> str:
            row = rows.get(found[1])
            return f'" data-symbol="{row}"' if row else '"'

        return NAMED.sub(mark, self._html(tex, display))

    def symbols(self, tex: str) -> list[str]:
        """Name the symbols of a formula: `s`, with an index `s_`, with a prime `s′`."""
        return NAMED.findall(self._html(tex, display=False))

    def _html(self, tex: str, display: bool) -> str:
        key = (tex, display)
        if key not in self._answers:
            self._answers[key] = self._ask({"tex": tex, "display": display})
        answer = self._answers[key]
        if "error" in answer:
            raise TexError(answer["error"])
        return answer["html"]

    def _ask(self, question: dict[str, Any]) -> dict[str, str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [NODE, SCRIPT, NODE_MODULES / "katex"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ExtensionError("The Node process that renders the formulas has ended.")
        return json.loads(line)

    def close(self) -> None:
        """End the process; a later formula starts a new one."""
        if self._process is not None:
            self._process.communicate()  # closes its input, at which it ends
            self._process = None


katex = Katex()

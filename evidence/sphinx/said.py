"""The role ``{said}`0.25 <peak>```: a number in prose, verified against what the page's cells ran.

The page shows the number as the author wrote it. A number that the run contradicts, a value that no
cell recorded, and a recorded value that no sentence states are warnings: a strict build fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from myst_nb.core.render import load_mime_renders
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from evidence.claims.said import matches, parse
from evidence.page.records import MIME
from evidence.sphinx.marks import PLAIN, TITLED

if TYPE_CHECKING:
    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)


class Said(nodes.inline):
    """A number in prose that is still to be verified."""


class Record(nodes.comment):
    """What a cell recorded, at the place of its output; no page shows it."""


class RecordRenderer:
    """Keeps the records when myst-nb reads the outputs of a cell."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = ()

    @staticmethod
    def handle_mime(_renderer: object, data: Any, inline: bool) -> list[nodes.Element] | None:
        """Take an output of ours, and leave any other to myst-nb."""
        if inline or data.mime_type != MIME:
            return None
        return [Record(json.dumps(data.content), json.dumps(data.content))]


class SaidRole(SphinxRole):
    """Read the number and the name of its value."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Put the number on the page."""
        try:
            written, name = parse(self.text)
        except ValueError as error:
            message = self.inliner.reporter.warning(f"said: {error}", line=self.lineno)
            return [nodes.literal(self.text, self.text)], [message]
        on_one_line = re.sub(" (?=[×%])|(?<=×) ", "\N{NO-BREAK SPACE}", written)
        node = Said(self.rawtext, on_one_line, classes=["sa-said"], value=name)
        self.set_source_info(node)
        return [node], []


def verify(_app: Sphinx, doctree: nodes.document) -> None:
    """Compare every number that the page says with the value of that name."""
    recorded: dict[str, tuple[Any, Record]] = {}
    for record in doctree.findall(Record):
        for name, value in json.loads(record.rawsource).get("values", {}).items():
            if name in recorded:
                logger.warning("said: %s is recorded twice", name, location=record)
            recorded[name] = value, record
    for saying in doctree.findall(Said):
        _verify(saying, {name: value for name, (value, _) in recorded.items()})
    stated = {saying["value"] for saying in doctree.findall(Said)}
    for name, (value, record) in recorded.items():
        if name not in stated:
            logger.warning("said: no sentence states %s = %s", name, value, location=record)


def _verify(saying: Said, values: dict[str, Any]) -> None:
    name, written = saying["value"], saying.astext()
    if name not in values:
        known = ", ".join(sorted(values)) or "nothing"
        logger.warning("said: no cell recorded %s, only %s", name, known, location=saying)
    elif matches(written, values[name]):
        saying["title"] = f"verified against the run: {name}"
    else:
        told = (written, name, values[name])
        logger.warning("said: the text says %s, the run says %s = %s", *told, location=saying)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the role, and the check once a page with its outputs is read."""
    renderers: list[Any] = load_mime_renders()
    if RecordRenderer not in renderers:
        renderers.append(RecordRenderer)
    app.add_node(Said, html=TITLED, latex=PLAIN, text=PLAIN)
    app.add_node(Record)
    app.add_role("said", SaidRole())
    app.connect("doctree-read", verify)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

"""The text of a page for a place that knows no marks and no roles, such as a notebook."""

from __future__ import annotations

import re

_BY = re.compile(r"\s*\{by\}`[^`]*`")
_ROLE = re.compile(r"\{[a-z][a-z:+-]*\}`(?P<text>[^`]*?)\s*(?:<[^<>`]*>)?`")
_CLASS = re.compile(r"^\{\.[\w.-]+\}\n", re.MULTILINE)


def unmarked(text: str) -> str:
    """Write the content of each role in its place.

    >>> unmarked("At most {said}`¼ <peak>`, see {doc}`the page <page>`. {by}`page.claim`")
    'At most ¼, see the page.'
    """
    return _CLASS.sub("", _ROLE.sub(r"\g<text>", _BY.sub("", text)))

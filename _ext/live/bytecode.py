"""Modules as the page's Python loads them: compiled, most of them without docstrings.

The same code runs here, where this Python makes the bytecode that the page's understands, and in
the page's own Python where it does not.
"""

import json
import marshal
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType

HEADER = MAGIC_NUMBER + bytes(12)


def made(path: str, content: bytes, is_documented: bool) -> bytes:
    """Compile a source, or take the docstrings out of what is compiled."""
    if not path.endswith(".py"):
        return HEADER + marshal.dumps(_without_docstrings(marshal.loads(content[16:])))
    code = compile(content, path, "exec", dont_inherit=True, optimize=0 if is_documented else 2)
    return HEADER + marshal.dumps(code)


def _without_docstrings(code: CodeType) -> CodeType:
    constants = [_without_docstrings(c) if isinstance(c, CodeType) else c for c in code.co_consts]
    is_function = code.co_flags & 0x3 == 0x3  # it has names of its own, in fast places
    if is_function and constants and isinstance(constants[0], str) and code.co_name[0] != "<":
        constants[0] = None
    return code.replace(co_consts=tuple(constants))


def in_the_page() -> None:
    """Do so with what the worker is given: lines of JSON, [path, content, is_documented]."""
    with (
        Path("/in").open(encoding="utf-8") as given,
        Path("/out").open("w", encoding="utf-8") as out,
    ):
        for line in given:
            path, content, is_documented = json.loads(line)
            result = made(path, content.encode("latin-1"), is_documented)
            out.write(json.dumps([path, result.decode("latin-1")]) + "\n")

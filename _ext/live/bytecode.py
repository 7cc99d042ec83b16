"""Modules as the page's Python loads them: compiled, without docstrings.

The same code runs here, where this Python makes the bytecode that the page's understands, and in
the page's own Python where it does not.
"""

import json
import marshal
from importlib.util import MAGIC_NUMBER
from types import CodeType

HEADER = MAGIC_NUMBER + bytes(12)


def compiled(path: str, content: bytes, *, is_documented: bool) -> bytes:
    """Compile the source of a module."""
    code = compile(content, path, "exec", dont_inherit=True, optimize=0 if is_documented else 2)
    return HEADER + marshal.dumps(code)


def stripped(content: bytes) -> bytes:
    """Take the docstrings out of the functions of a compiled module."""
    return HEADER + marshal.dumps(_without_docstrings(marshal.loads(content[16:])))


def _without_docstrings(code: CodeType) -> CodeType:
    constants = [_without_docstrings(c) if isinstance(c, CodeType) else c for c in code.co_consts]
    is_function = code.co_flags & 0x3 == 0x3  # it has its own names, in fast places
    if is_function and constants and isinstance(constants[0], str) and code.co_name[0] != "<":
        constants[0] = None
    return code.replace(co_consts=tuple(constants))


def in_the_page() -> None:
    """Compile what the worker is given: lines of JSON, [path, source, is_documented]."""
    with open("/in", encoding="utf-8") as given, open("/out", "w", encoding="utf-8") as out:
        for line in given:
            path, source, is_documented = json.loads(line)
            made = compiled(path, source.encode(), is_documented=is_documented)
            out.write(json.dumps([path, made.hex()]) + "\n")

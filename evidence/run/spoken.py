"""The numbers that the texts in a chapter's code state: its statements, hints, reasons and names.

A statement that an author types stands beside a test, and nothing ties the two together but the
author's care. So a number in it must be one that the code has as well: the code of its cell, or of
what that cell needs. A text that computes its number, ``f"{steps} steps"``, has no such duty.

>>> cells = [Cell(frozenset(), 'steps = 300', 1), Cell(frozenset(), 'holds("200 steps", steps)', 2)]
>>> list(unbacked(cells))
[(1, '200', '200 steps')]
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Iterator
from fractions import Fraction
from typing import Any

from evidence.claims.said import matches
from evidence.page.numerals import NAMES, called, literals, stated
from evidence.run.chapter import Cell
from evidence.run.needed import needed, statements, symbols

LARGEST_POWER = 5000
MAKERS = {"Decimal", "Float", "Fraction", "Integer", "Rational", "S", "mpf"}
OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Pow: operator.pow,
    ast.Div: lambda a, b: Fraction(a) / Fraction(b), ast.FloorDiv: operator.floordiv,
}  # fmt: skip


def unbacked(
    cells: Collection[Cell], names: Collection[str] = NAMES
) -> Iterator[tuple[int, str, str]]:
    """Yield what no code backs: the index of its cell, the number, and the text that states it."""
    everything = [each for cell in cells for each in statements(cell)]
    for index, cell in enumerate(cells):
        spoken = [(number, text) for text in texts(cell.code) for number in stated(text, names)]
        if not spoken:
            continue
        behind = needed(everything, symbols(cell.code)[1])
        known = [
            value for code in (cell.code, *(s.code for s in behind)) for value in numbers(code)
        ]
        for number, text in spoken:
            size = number.lstrip("+-−±")
            if not any(matches(size, value) for value in known):
                yield index, number, text


def texts(code: str) -> Iterator[str]:
    """Yield the sentences that code hands to what it calls, without the formulas in them."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and called(node) not in MAKERS:
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                said = (text for text in literals(argument) if " " in text)
                yield from ("$".join(text.split("$")[::2]) for text in said)


def numbers(code: str) -> Iterator[Any]:
    """Yield the sizes that code writes: literals, what they make alone, and the ends of ranges."""
    for node in ast.walk(ast.parse(code)):
        value = _value(node)
        if value is not None:
            yield abs(value)


def _value(node: ast.AST) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = _value(operand)
            return None if value is None else -value
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            return _computed(OPERATIONS[type(op)], _value(left), _value(right))
        case ast.Call(args=[ast.Constant(value=str(text))]) if called(node) in MAKERS:
            return Fraction(text)
        case ast.Call(args=[one]) if called(node) in MAKERS:
            return _value(one)
        case ast.Call(args=[above, below]) if called(node) in MAKERS:
            return _computed(OPERATIONS[ast.Div], _value(above), _value(below))
        case ast.Call(args=[_, end, *step]) if called(node) in ("range", "arange"):
            return _computed(operator.sub, _value(end), _value(step[0]) if step else 1)
    return None


def _computed(operation: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    if a is None or b is None or (operation is operator.pow and abs(b) > LARGEST_POWER):
        return None
    try:
        return operation(a, b)
    except (ArithmeticError, ValueError):
        return None

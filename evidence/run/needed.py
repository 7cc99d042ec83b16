"""What of a chapter an exercise needs: the statements before it on which its grading depends.

A page that grades answers itself, in an interpreter of its own, can run no whole chapter: figures,
PyTorch, refusals and derivations that lead elsewhere would make a reader wait. Which statements
are needed follows from the names that they bind, use and change; nobody marks them.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evidence.run.chapter import DERIVE, Cell

POSES, GRADES, SOLVES = "Exercise", "grade", "solution"
IDLE = {GRADES, SOLVES, "refuse"}  # what they say of an object leaves it as it was


@dataclass(frozen=True)
class Statement:
    """A statement of a chapter, and the names that it binds, uses and changes."""

    line: int
    code: str
    binds: frozenset[str]
    uses: frozenset[str]
    changes: frozenset[str] = frozenset()

    @property
    def gives(self) -> frozenset[str]:
        """Return the names that are not what they were after it."""
        return self.binds | self.changes


@dataclass(frozen=True)
class Posed:
    """An exercise of a chapter: its hole, its solution, and what both need."""

    id: str
    name: str
    hole: str
    solution: str
    needs: list[Statement]


def exercises(cells: Iterable[Cell]) -> Iterator[Posed]:
    """Find the exercises of a chapter, each with what stands before its hole and is needed."""
    before: list[Statement] = []
    posed: dict[str, str] = {}
    holes: dict[str, tuple[str, list[Statement]]] = {}
    for cell in cells:
        tree = ast.parse(cell.code)
        posed |= dict(_posed(tree))
        for name in _asked(tree, GRADES) & posed.keys():
            uses = symbols(cell.code)[1]
            holes[name] = cell.code, needed(before, uses)
        for name in _asked(tree, SOLVES) & holes.keys():
            hole, needs = holes[name]
            both = {*needs, *needed(before, symbols(cell.code)[1] - {name})}
            yield Posed(posed[name], name, hole, cell.code, [s for s in before if s in both])
        if not any(_asked(tree, GRADES)):
            before += statements(cell)


def derived(cells: Iterable[Cell]) -> list[Statement]:
    """Return what a chapter's results need, and its imports: what a reader may want at hand."""
    cells = list(cells)
    everything = [each for cell in cells for each in statements(cell)]
    results = [each for cell in cells if DERIVE in cell.tags for each in statements(cell)]
    names = {name for each in results for name in each.binds}
    return needed(everything, names)


def needed(statements: Iterable[Statement], names: Iterable[str]) -> list[Statement]:
    """Return the statements that give these names, or names that those use, and so on."""
    statements, found = list(statements), set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting += [used for each in statements if name in each.gives for used in each.uses]
    return [each for each in statements if each.gives & found]


def statements(cell: Cell) -> Iterator[Statement]:
    """Take a cell apart; what only shows, refuses or grades is left out."""
    lines = cell.code.splitlines()
    for node in ast.parse(cell.code).body:
        start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        if _is_solution(node):
            start = node.lineno
        code = "\n".join(lines[start - 1 : node.end_lineno])
        binds, uses = symbols(code)
        changes = frozenset(_changed(node))
        line = cell.line + start - 1
        if isinstance(node, ast.ImportFrom):  # one at a time: each may load a library of its own
            for alias in node.names:
                one = ast.ImportFrom(node.module, [alias], node.level)
                name = frozenset({alias.asname or alias.name})
                yield Statement(line, ast.unparse(one), name, frozenset())
        elif binds or changes:
            yield Statement(line, code, binds, uses, changes)


def symbols(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that code binds at its top, and those of the top that it uses anywhere."""
    top = symtable.symtable(code, "", "exec")
    bound = [s for s in top.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()]
    used, waiting = set(), [top]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        used |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and s.is_global()}
    return frozenset(s.get_name() for s in bound), frozenset(used)


def _changed(node: ast.stmt) -> Iterator[str]:
    """Name what a statement changes in place: an object whose method it calls, or its items."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Try | ast.With):  # an attempt that is to fail, shown to the reader
        return
    for each in ast.walk(node):
        if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call):
            calls = list(_chain(each.value))
            if not any(call.attr in IDLE for call in calls):
                targets += calls
        elif isinstance(each, ast.Assign):
            targets += [t for t in each.targets if not isinstance(t, ast.Name | ast.Tuple)]
        elif isinstance(each, ast.AugAssign):
            targets.append(each.target)
    for target in targets:
        if name := _root(target):
            yield name


def _chain(call: ast.expr) -> Iterator[ast.Attribute]:
    """List the methods of ``a.b(…).c(…)``."""
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        yield call.func
        call = call.func.value


def _root(node: ast.AST) -> str:
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            node = node.value
        else:
            return ""
    return node.id


def _posed(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            called, target = node.value.func, node.targets[0]
            if isinstance(called, ast.Name) and called.id == POSES and isinstance(target, ast.Name):
                yield target.id, ast.literal_eval(node.value.args[0])


def _asked(tree: ast.Module, method: str) -> set[str]:
    """Name the objects that are asked for this method."""
    return {
        each.value.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Attribute)
        and each.attr == method
        and isinstance(each.value, ast.Name)
    }


def _is_solution(node: ast.stmt) -> bool:
    """Tell whether a function is shown to an exercise, which need not see it again."""
    return any(
        isinstance(each, ast.Attribute) and each.attr == SOLVES
        for decorator in getattr(node, "decorator_list", ())
        for each in ast.walk(decorator)
    )

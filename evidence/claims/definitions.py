"""Notation: names that stand for expressions, and how they are written out."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from sympy import Basic, Derivative, Expr, Indexed, IndexedBase, Lambda, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.function import UndefinedFunction

from evidence.algebra.search import SIGNS
from evidence.algebra.sums import rename_bound

Name: TypeAlias = Symbol | IndexedBase | UndefinedFunction


def body_of(e: Basic) -> Basic:
    """Return what a definition or a hypothesis says, without the names that a Lambda binds."""
    return e.expr if isinstance(e, Lambda) else e


def unfolded(e: Basic, define: Mapping[Name, Expr]) -> Any:
    """Write every defined symbol in `e` out, until none is left."""
    return _unfold(e, define, frozenset()) if define else e


def _unfold(e: Basic, define: Mapping[Name, Expr], bound: frozenset[Symbol]) -> Basic:
    if isinstance(e, Derivative):
        for v in e.variables:
            if _definition(v, define)[0] is not None:
                raise ValueError(
                    f"cannot differentiate by {v}, which is defined; leave it out of define here"
                )
    body, arguments = _definition(e, define)
    if body is not None:
        if len(body.variables) != len(arguments):
            raise ValueError(
                f"the definition does not fit {e}: it has {len(body.variables)} indices"
            )
        taken = bound | {s for a in arguments for s in a.free_symbols}
        written = rename_bound(body.expr, taken - set(body.variables))
        meant = dict(zip(body.variables, arguments, strict=True))
        return _unfold(written.xreplace(meant), define, bound)
    if not e.args or isinstance(e, Indexed):
        return e
    inner = bound | set(e.variables) if isinstance(e, ExprWithLimits) else bound
    return e.func(*(_unfold(a, define, inner) for a in e.args))


def _definition(e: Basic, define: Mapping[Name, Expr]) -> tuple[Lambda | None, tuple[Expr, ...]]:
    if isinstance(e, Indexed) and e.base in define:
        return define[e.base], e.indices
    if isinstance(e, Symbol) and e in define:
        return Lambda((), define[e]), ()
    if isinstance(e.func, UndefinedFunction) and e.func in define:
        return define[e.func], e.args
    return None, ()


def check_definitions(define: Mapping[Name, Expr], name: str) -> None:
    """Refuse definitions of what cannot be defined, of the wrong form, or in a circle."""
    for key, body in define.items():
        if not isinstance(key, Name):
            raise TypeError(f"{name}: {key} cannot be defined; use a Symbol or an IndexedBase")
        needs_lambda = not isinstance(key, Symbol)
        if not isinstance(body, Expr) or needs_lambda != isinstance(body, Lambda):
            wanted = "Lambda(i, …)" if needs_lambda else "an expression, not a Lambda"
            raise TypeError(f"{name}: the definition of {key} must be {wanted}")
    for key in define:
        path = _circle(key, define, [])
        if path:
            raise ValueError(f"{name}: the definition is circular: {' → '.join(map(str, path))}")


def signs_known(define: Mapping[Name, Expr]) -> bool:
    """Tell whether the definitions are sure to satisfy the assumptions of their names."""
    return all(_has_sign(key, body) for key, body in define.items())


def _has_sign(key: Name, body: Expr) -> bool:
    value = body_of(body)
    name = key(*body.variables) if isinstance(key, UndefinedFunction) else key
    wanted = {sign: name.assumptions0.get(sign) for sign in SIGNS}
    return all(getattr(value, f"is_{s}") == w for s, w in wanted.items() if w is not None)


def _circle(key: Name, define: Mapping[Name, Expr], path: list[Name]) -> list[Name]:
    if key in path:
        return [*path[path.index(key) :], key]
    for other in define:
        uses = body_of(define[key]).has(other)
        if uses and (found := _circle(other, define, [*path, key])):
            return found
    return []

"""A derived expression becomes a function on arrays: what was derived is what is compared.

Every index of the expression is one axis. Σ_k adds along the axis of k, δ_ij compares two axes, and
axes in front of those that the expression knows are a batch. Nothing is printed and parsed again,
and n is whatever the arrays say.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from importlib import import_module
from operator import eq, ge, gt, le, lt, ne
from typing import Any, TypeAlias

import numpy as np
from sympy import (
    Add,
    Basic,
    Derivative,
    Dummy,
    Expr,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    NumberSymbol,
    Piecewise,
    Pow,
    Product,
    Rational,
    S,
    Sum,
    Symbol,
)
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from evidence.algebra.ranges import Node, Ranges
from evidence.algebra.sums import with_own_names

Array: TypeAlias = Any  # of NumPy or of torch, as the caller chose
Function: TypeAlias = Callable[..., Array]

LIBRARIES = ("numpy", "torch")


def array_function(
    e: Expr,
    args: Sequence[Symbol | IndexedBase],
    index: Sequence[Symbol] = (),
    *,
    n: Symbol | None = None,
    lib: str = "numpy",
) -> Function:
    """Compile an expression with a symbolic n to a function on arrays.

    Parameters
    ----------
    e : Expr
        The expression, such as `derivation.result`.
    args : sequence of Symbol and IndexedBase
        The arguments of the function, in order. An IndexedBase takes an array whose last axes are
        its indices, a Symbol a number or an array of the batch's shape; n itself a whole number.
        A number of Python takes the type of the arrays beside it.
    index : sequence of Symbol
        The free indices; they become the last axes of the result, in this order.
    n : Symbol, optional
        The number of classes, where no Σ shows which range an index has.
    lib : {"numpy", "torch"}
        Whose arrays to compute with.

    Returns
    -------
    callable
        A function of arrays with any batch axes in front.

    Examples
    --------
    >>> from sympy import Sum, exp, symbols
    >>> n, i, k = symbols("n i k", integer=True, positive=True)
    >>> z = IndexedBase("z")
    >>> softmax = array_function(exp(z[i]) / Sum(exp(z[k]), (k, 0, n - 1)), [z], [i])
    >>> softmax([[0.0, 0.0], [1.0, 1.0]])
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    if lib not in LIBRARIES:
        raise ValueError(f"lib is {lib!r}; it must be 'numpy' or 'torch'")
    if e.has(Derivative):
        raise ValueError(f"carry the derivative out first: {e.atoms(Derivative).pop()}")
    # A name bound twice, one sum inside the other, would share one axis.
    named, e = e, with_own_names(e)
    ranges, deepest = Ranges([e], n), depth(e)
    _check_symbols(e, args, index, ranges)

    def function(*arrays: Array) -> Array:
        if len(arrays) != len(args):
            raise TypeError(f"{len(args)} arguments are needed ({_names(args)}), not {len(arrays)}")
        run = Run.of(arrays, args, index, ranges, lib, deepest)
        return run.finished(run.value(e, run.grids), index)

    function.__name__ = "derived"
    function.__doc__ = f"f({_names(args)}) = {named}"
    return function


def _names(args: Sequence[Basic]) -> str:
    return ", ".join(map(str, args))


def _check_symbols(e: Expr, args: Sequence[Basic], index: Sequence[Symbol], ranges: Ranges) -> None:
    bases = {a.base for a in e.atoms(Indexed)}
    labels = {b.label for b in bases}
    free = {s for s in e.free_symbols if isinstance(s, Symbol)}
    free -= labels | set(args) | set(index) | set(ranges.sizes)
    missing = sorted(map(str, free | (bases - set(args))))
    if missing:
        raise ValueError(f"{', '.join(missing)}: neither an argument nor an index of {e}")


def depth(e: Basic) -> int:
    """Return how many sums are nested."""
    inner = max((depth(a) for a in e.args), default=0)
    return inner + (len(e.limits) if isinstance(e, ExprWithLimits) else 0)


@dataclass
class Run:
    """One call: the arrays, the sizes they show, and one integer grid for each index."""

    xp: Any
    arrays: dict[Basic, Array]
    sizes: dict[Node, int]
    axes: int
    dtype: Any
    device: Any
    grids: dict[Symbol, Array] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        arrays: Sequence[Array],
        args: Sequence[Basic],
        index: Sequence[Symbol],
        ranges: Ranges,
        lib: str,
        depth: int,
    ) -> "Run":
        """Read the sizes off the arrays, and lay a grid for each index."""
        xp = import_module(lib)
        given = [_floats(xp, a) for a in arrays]
        typed = [g for g, a in zip(given, arrays, strict=True) if hasattr(a, "dtype")] or given
        dtype = reduce(xp.promote_types, (a.dtype for a in typed))
        device = getattr(typed[0], "device", None)
        run = cls(xp, {}, {}, len(index) + depth, dtype, device)
        run.arrays = {name: run.floats(a) for name, a in zip(args, given, strict=True)}
        run.sizes = sizes = sizes_of(dict(zip(args, given, strict=True)), ranges)
        for axis, i in enumerate(index):
            length = sizes.get(ranges.index_class(i))
            if length is None:
                raise ValueError(f"no argument shows how far the index {i} runs; pass n")
            run.grids[i] = run.grid(range(length), axis)
        return run

    def grid(self, values: range, axis: int) -> Array:
        """Return numbers along one axis."""
        shape = [1] * self.axes
        shape[axis] = len(values)
        return np.arange(values.start, values.stop).reshape(shape)

    def finished(self, value: Array, index: Sequence[Symbol]) -> Array:
        """Drop the axes of the sums and give every index its full length."""
        lengths = [self.grids[i].size for i in index]
        value = self.floats(value)
        batch = tuple(value.shape[: max(value.ndim - self.axes, 0)])
        value = value.reshape(batch + tuple(value.shape[len(batch) :][: len(index)]))
        value = self.xp.broadcast_to(value, batch + tuple(lengths))
        return value[()] if self.xp is np else value

    def floats(self, value: Array) -> Array:
        """Return a number or a grid as an array of the arguments' type."""
        if self.xp is np:
            return np.asarray(value, dtype=self.dtype)
        return self.xp.as_tensor(value, dtype=self.dtype, device=self.device)

    # ------------------------------------------------------------ one node

    def value(self, e: Basic, at: Mapping[Symbol, Array]) -> Array:
        """Return the value of an expression: a number, or an array with an axis for each index."""
        if isinstance(e, Rational):
            return int(e) if e.is_Integer else e.p / e.q
        if isinstance(e, NumberSymbol):
            return float(e)
        if isinstance(e, Symbol):
            return self._symbol(e, at)
        if isinstance(e, Indexed):
            return self._indexed(e, at)
        if isinstance(e, KroneckerDelta):
            a, b = (self._whole(i, at) for i in e.args[:2])
            return self.floats(np.equal(a, b))
        if isinstance(e, Sum | Product):
            return self._over_range(e, at)
        if isinstance(e, Piecewise):
            return self._piecewise(e, at)
        values = [self.value(a, at) for a in e.args]
        if isinstance(e, Add):
            return sum(values[1:], values[0])
        if isinstance(e, Mul):
            return math.prod(values[1:], start=values[0])
        if isinstance(e, Pow):
            return values[0] ** values[1]
        return self._function(e, values)

    def _symbol(self, e: Symbol, at: Mapping[Symbol, Array]) -> Array:
        if e in at:
            return self.floats(at[e])
        if e in self.arrays:
            a = self.arrays[e]
            return a.reshape(tuple(a.shape) + (1,) * self.axes)
        return self.floats(self.sizes[e])  # 1 / (n − 1) is infinite at 1, as of arrays

    def _whole(self, e: Expr, at: Mapping[Symbol, Array]) -> Array:
        """Return the whole numbers that an index takes."""
        if isinstance(e, Symbol):
            return at[e] if e in at else self.sizes[e]
        if e.is_Integer:
            return int(e)
        parts = [self._whole(a, at) for a in e.args]
        if isinstance(e, Add):
            return sum(parts)
        if isinstance(e, Mul):
            return math.prod(parts)
        raise ValueError(f"{e} is no index that can be computed")

    def _indexed(self, e: Indexed, at: Mapping[Symbol, Array]) -> Array:
        a = self.arrays[e.base]
        where = [np.array(self._whole(i, at), ndmin=self.axes) for i in e.indices]
        for i, grid, length in zip(e.indices, where, a.shape[-len(where) :], strict=True):
            if grid.size and (grid.min() < 0 or grid.max() >= length):
                shown = i.xreplace({d: Symbol(d.name) for d in i.atoms(Dummy)})
                raise IndexError(f"{e.base}[{shown}] is outside its {length} entries")
        if self.xp is not np:
            where = [self.xp.as_tensor(g, device=self.device) for g in where]
        return a[(..., *where)]

    def _over_range(self, e: Sum | Product, at: Mapping[Symbol, Array]) -> Array:
        first_axis = len(at)
        inner = dict(at)
        for m, (k, lower, upper) in enumerate(reversed(e.limits)):
            first, last = int(self._whole(lower, inner)), int(self._whole(upper, inner))
            if last < first - 1:
                return self.floats(math.nan)
            inner[k] = self.grid(range(first, last + 1), first_axis + m)
        body = self.floats(self.value(e.function, inner))
        shape = [1] * (self.axes - body.ndim) + list(body.shape)
        for m in range(len(e.limits)):
            shape[first_axis + m - self.axes] = inner[e.limits[-1 - m][0]].size
        body = self.xp.broadcast_to(body, tuple(shape))
        along = self.xp.sum if isinstance(e, Sum) else self.xp.prod
        for m in range(len(e.limits)):
            body = along(body, first_axis + m - self.axes, keepdims=True)
        return body

    def _piecewise(self, e: Piecewise, at: Mapping[Symbol, Array]) -> Array:
        value = self.floats(math.nan)
        for case, condition in reversed(e.args):
            holds, is_known = self._condition(condition, at)
            value = self.xp.where(holds, self.floats(self.value(case, at)), value)
            value = self.xp.where(is_known, value, self.floats(math.nan))
        return value

    def _condition(self, e: Basic, at: Mapping[Symbol, Array]) -> tuple[Array, Array]:
        """Return where a condition holds, and where it has an answer: nan has none."""
        if e in (S.true, S.false):
            return self.floats(float(e == S.true)) > 0, self.floats(1.0) > 0
        if not isinstance(e, Relational):
            raise ValueError(f"a case with the condition {e} cannot be computed")
        left, right = (self.floats(self.value(a, at)) for a in e.args)
        return COMPARE[e.rel_op](left, right), (left == left) & (right == right)

    def _function(self, e: Expr, values: Sequence[Array]) -> Array:
        name = type(e).__name__
        if isinstance(e, Max | Min):
            pick = self.xp.maximum if isinstance(e, Max) else self.xp.minimum
            result = self.floats(values[0])
            for value in values[1:]:
                result = pick(result, self.floats(value))
            return result
        if name not in FUNCTIONS:
            raise ValueError(f"{name} cannot be computed on arrays; evaluate it first")
        x = self.floats(values[0])
        result = getattr(self.xp, name.lower())(x)
        # The sign of nan is 0 in torch.
        return self.xp.where(x == x, result, x) if name == "sign" else result


COMPARE = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
FUNCTIONS = ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sign", "Abs")


def _floats(xp: Any, a: Array) -> Array:
    """Return an argument as an array of floats; whole numbers become float64."""
    array: Array = a if xp is not np and isinstance(a, xp.Tensor) else np.asarray(a)
    array = array if xp is np else xp.as_tensor(array)
    if "complex" in str(array.dtype):
        raise TypeError("an argument is complex; derived functions take real numbers")
    is_float = array.dtype.kind == "f" if xp is np else array.is_floating_point()
    if is_float:
        return array
    return array.astype(np.float64) if xp is np else array.to(xp.float64)


def sizes_of(arrays: Mapping[Basic, Array], ranges: Ranges) -> dict[Node, int]:
    """Read the length of every range off the arrays; two that disagree are an error."""
    sizes: dict[Node, int] = {}
    for base, a in arrays.items():
        if base in ranges.sizes:
            sizes[base] = int(a)
        if not isinstance(base, IndexedBase):
            continue
        rank = ranges.rank(base)
        if a.ndim < rank:
            raise ValueError(f"{base} has {rank} indices, but its array has {a.ndim} axes")
        for position in range(rank):
            length = int(a.shape[a.ndim - rank + position])
            node = ranges.axis_class(base, position)
            if sizes.setdefault(node, length) != length:
                raise ValueError(
                    f"axis {position} of {base} has {length} entries where another argument "
                    f"has {sizes[node]}"
                )
    return sizes

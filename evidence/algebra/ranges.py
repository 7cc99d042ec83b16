"""Which index runs over which range: over the n classes, or over the D features."""

from collections.abc import Iterable, Mapping

from sympy import Basic, Expr, Indexed, KroneckerDelta, Lambda, S, Symbol
from sympy.concrete.expr_with_limits import ExprWithLimits

Node = object


def size_of_limit(upper: Expr) -> Symbol | None:
    """Return N if `upper` is N plus a number, as in the last index N − 1 of a range.

    N is declared positive; what is not, as in Σ_{k ≤ j}, is another index.
    """
    symbols = sorted(upper.free_symbols, key=str)
    if len(symbols) == 1 and symbols[0].is_positive and (upper - symbols[0]).is_Integer:
        return symbols[0]
    return None


def runs_forwards(lower: Expr, upper: Expr) -> bool:
    """Tell whether a range has no length below 0, for every size from 1 on."""
    length = upper - lower + 1
    size = size_of_limit(upper)
    return bool((length if size is None else length.xreplace({size: S.One})).is_nonnegative)


class Ranges:
    """The size of every index range in some expressions.

    An index that labels the same axis as another one, or meets it in a δ, has its range. So W[i, q]
    under Σ_q over 0 … D−1 says that the second axis of W has length D, wherever W occurs.
    """

    def __init__(self, expressions: Iterable[Basic], default: Symbol | None = None) -> None:
        self.default = default
        self.sizes: list[Symbol] = [] if default is None else [default]
        self.indices: list[Symbol] = []
        self.offsets: list[Symbol] = []
        self._parent: dict[Node, Node] = {}
        self._size: dict[Node, Symbol] = {}
        self._rank: dict[Basic, int] = {}
        for expression in expressions:
            self._read(expression, {})
        if default is None and len(self.sizes) == 1:
            self.default = self.sizes[0]
        self.indices = [i for i in self.indices if i not in self.sizes]
        self.offsets = [i for i in self.offsets if i not in (*self.sizes, *self.indices)]

    def index_class(self, index: Symbol) -> Node:
        """Return what identifies the range of an index: its size, if that has a name."""
        return self.of_index(index) or self._root(index)

    def axis_class(self, base: Basic, position: int) -> Node:
        """Return what identifies the length of an axis."""
        return self.of_axis(base, position) or self._root((base, position))

    def rank(self, base: Basic) -> int:
        """Return how many indices a symbol has."""
        return self._rank.get(base, 0)

    def of_index(self, index: Symbol) -> Symbol | None:
        """Return the size of the range of a free index."""
        return self._size.get(self._root(index), self.default)

    def of_axis(self, base: Basic, position: int) -> Symbol | None:
        """Return the length of one axis of an indexed symbol."""
        return self._size.get(self._root((base, position)), self.default)

    def of_bound(self, statement: Lambda, variable: Symbol) -> Symbol | None:
        """Return the size of the range of a name that a Lambda binds."""
        return self._size.get(self._root((statement, variable)), self.default)

    def _root(self, node: Node) -> Node:
        while node in self._parent:
            node = self._parent[node]
        return node

    def _same(self, a: Node, b: Node) -> None:
        a, b = self._root(a), self._root(b)
        if a == b:
            return
        self._parent[a] = b
        size = self._size.pop(a, None)
        if size is not None:
            self._has_size(b, size)

    def _has_size(self, node: Node, size: Symbol) -> None:
        known = self._size.setdefault(self._root(node), size)
        if known != size:
            raise ValueError(f"an index would run over two ranges, 0 … {known}−1 and 0 … {size}−1")

    def _note(self, symbols: list[Symbol], index: Symbol) -> None:
        if index not in symbols:
            symbols.append(index)

    def _index(self, index: Expr, bound: Mapping[Symbol, Node]) -> list[Node]:
        """Return what stands for the range of an index: itself, or the bound names in i + 1."""
        if isinstance(index, Symbol):
            if index not in bound:
                self._note(self.indices, index)
            return [bound.get(index, index)]
        symbols = sorted(index.free_symbols, key=str)
        free = [symbol for symbol in symbols if symbol not in bound]
        # In i + 1 the name is an index; in j + d one of the two names is a difference.
        for symbol in free:
            self._note(self.indices if len(symbols) == 1 else self.offsets, symbol)
        return [bound[symbol] for symbol in symbols if symbol in bound]

    def _read(self, e: Basic, bound: Mapping[Symbol, Node]) -> None:
        if isinstance(e, ExprWithLimits):
            inner = dict(bound)
            for variable, _, upper in reversed([limit for limit in e.limits if len(limit) == 3]):
                inner[variable] = object()
                size = size_of_limit(upper)
                if size is not None and size not in inner:
                    self._note(self.sizes, size)
                    self._has_size(inner[variable], size)
            self._read(e.function, inner)
        elif isinstance(e, Indexed):
            if self._rank.setdefault(e.base, e.rank) != e.rank:
                raise ValueError(
                    f"{e.base} has {e.rank} indices here and {self.rank(e.base)} there"
                )
            for position, index in enumerate(e.indices):
                for node in self._index(index, bound):
                    self._same(node, (e.base, position))
        elif isinstance(e, KroneckerDelta):
            nodes = [node for index in e.args[:2] for node in self._index(index, bound)]
            if len(nodes) == 2:
                self._same(*nodes)
        elif isinstance(e, Lambda):
            self._read(e.expr, {**bound, **{v: (e, v) for v in e.variables}})
        else:
            for argument in e.args:
                self._read(argument, bound)

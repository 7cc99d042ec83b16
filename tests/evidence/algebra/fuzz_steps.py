"""Break true identities at random and see whether any broken one is taken for true.

python -m tests.evidence.algebra.fuzz_steps --mutants 1500 --seed 0

The proof and the search for a counterexample are asked separately, so that neither hides the
mistakes of the other. The judge is a third party: both sides compiled to NumPy, on random arrays
with n = 4 and 6, sizes that the search never looks at. A mutant that is proved although the judge
sees a difference is a defect of the engine, and the exit code is 1.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from sympy import (
    Add,
    Basic,
    Derivative,
    Expr,
    Indexed,
    Integer,
    KroneckerDelta,
    Lambda,
    Le,
    Mul,
    Ne,
    Pow,
    Rational,
    S,
    Sum,
    Symbol,
    exp,
    log,
    nan,
    oo,
    zoo,
)

from evidence.algebra.compiled import array_function
from evidence.algebra.deadline import TimeUp, in_time
from evidence.algebra.proof import Prover
from evidence.algebra.ranges import Ranges
from evidence.algebra.search import CannotEvaluate, search
from evidence.claims.derivation import unfolded
from tests.evidence.notation import (
    ONE_S,
    ONE_T,
    SOFTMAX,
    T,
    Z,
    c,
    i,
    j,
    k,
    l,
    n,
    over,
    s,
    t,
    v,
    x,
    z,
)

SECONDS = 20
PER_MUTANT = 40  # attempts to find a mutation that changes something

delta = KroneckerDelta
eps = Symbol("epsilon", positive=True)
mean = over(s[l] * v[l], l)
entropy = -over(t[k] * log(s[k]))
sigma = 1 / (1 + exp(-x))
BELOW = Lambda(i, Le(v[i], x))
IDENTITIES: list[tuple[str, Expr, str, Expr, dict, list[Basic]]] = [
    ("Jacobian", Derivative(s[i], z[j]), "=", s[i] * (delta(i, j) - s[j]), SOFTMAX, []),
    ("log Jacobian", Derivative(log(s[i]), z[j]), "=", delta(i, j) - s[j], SOFTMAX, []),
    ("CE gradient", Derivative(entropy, z[j]), "=", s[j] - t[j], SOFTMAX, [ONE_T]),
    ("CE gradient, any t", Derivative(entropy, z[j]), "=", s[j] * over(t[k]) - t[j], SOFTMAX, []),
    (
        "chain rule",
        over(-t[i] / s[i] * s[i] * (delta(i, j) - s[j]), i),
        "=",
        s[j] - t[j],
        {},
        [ONE_T],
    ),
    ("CE by LSE", entropy, "=", log(Z) - over(t[k] * z[k]), SOFTMAX, [ONE_T]),
    ("LSE gradient", Derivative(log(Z), z[j]), "=", exp(z[j]) / Z, {}, []),
    ("LSE shift", log(over(exp(z[k] + x))), "=", x + log(Z), {}, []),
    ("trace", over(s[k] * (1 - s[k])), "=", 1 - over(s[k] ** 2), {}, [ONE_S]),
    ("rows of J", over(s[i] * (delta(i, k) - s[k])), "=", S.Zero, {}, [ONE_S]),
    (
        "variance",
        over(s[k] * (v[k] - mean) ** 2),
        "=",
        over(s[k] * v[k] ** 2) - mean**2,
        {},
        [ONE_S],
    ),
    (
        "pairs",
        over(over(s[i] * s[j] * (v[i] - v[j]) ** 2, i), j) / 2,
        "=",
        over(s[k] * v[k] ** 2) - mean**2,
        {},
        [ONE_S],
    ),
    ("all but one", over((1 - delta(k, j)) * v[k]), "=", over(v[k]) - v[j], {}, []),
    ("short range", Sum(v[k] * delta(k, j), (k, 1, n - 1)), "=", v[j] - v[0] * delta(j, 0), {}, []),
    ("square", over((v[k] - delta(k, j)) ** 2), "=", over(v[k] ** 2) - 2 * v[j] + 1, {}, []),
    ("smoothing", over((1 - eps) * t[k] + eps / n), "=", S.One, {}, [ONE_T]),
    (
        "temperature",
        log(over(exp(z[k] / T))),
        "=",
        log(over(exp(z[k] / T - x / T))) + x / T,
        {},
        [],
    ),
    ("one-hot loss", -over(delta(k, c) * log(s[k])), "=", -log(s[c]), {}, []),
    ("σ slope", Derivative(sigma, x), "=", sigma * (1 - sigma), {}, []),
    ("LSE above", log(Z), ">=", z[j], {}, []),
    ("variance sign", over(s[k] * (v[k] - mean) ** 2), ">=", S.Zero, {}, [ONE_S]),
    (
        "KL",
        over(s[k] * log(s[k])) - over(s[k] * log(t[k] ** 2)),
        ">=",
        1 - over(t[k] ** 2),
        {},
        [ONE_S],
    ),
    ("σ slope bound", sigma * (1 - sigma), "<=", Rational(1, 4), {}, []),
    ("entropy", -over(s[k] * log(s[k])), "<=", log(n), {}, [ONE_S]),
    ("entropy sign", -over(s[k] * log(s[k])), ">=", S.Zero, {}, [ONE_S]),
    ("Jensen for exp", over(s[k] * exp(v[k])), ">=", exp(over(s[k] * v[k])), {}, [ONE_S]),
    (
        "Jensen for log",
        over(s[k] * log(T + v[k] ** 2)),
        "<=",
        log(over(s[k] * (T + v[k] ** 2))),
        {},
        [ONE_S],
    ),
    ("AM-GM", over(log(s[k])) / n, "<=", log(over(s[k]) / n), {}, []),
    ("Cauchy-Schwarz", over(v[k] * t[k]) ** 2, "<=", over(v[k] ** 2) * over(t[k] ** 2), {}, []),
    ("sums of inverses", over(s[k]) * over(1 / s[k]), ">=", n**2, {}, []),
    ("at most one", s[i] * s[j], "<=", S.One, {}, [ONE_S]),
    ("sum of squares", over(s[k] ** 2), "<=", S.One, {}, [ONE_S]),
    ("tangent of exp", exp(x), ">=", 1 + x, {}, []),
    ("tangent at T", exp(x), ">=", exp(T) * (1 + x - T), {}, []),
    ("two terms", exp(T), ">=", 1 + T + T**2 / 2, {}, []),
    ("tanh", (exp(T) - exp(-T)) / (exp(T) + exp(-T)), "<=", T, {}, []),
    ("log above", log(1 + T), ">=", T / (1 + T), {}, []),
    ("below x", over(s[k] * v[k]), "<=", x, {}, [ONE_S, BELOW]),
    ("LSE below x", log(over(exp(v[k]))), "<=", x + log(n), {}, [BELOW]),
    ("monotone", exp(x), "<=", exp(T), {}, [Le(x, T)]),
    (
        "telescoping",
        Sum(v[k + 1] - v[k], (k, 0, n - 2)),
        "=",
        v[n - 1] - v[0],
        {},
        [],
    ),
    ("geometric", over(T**k), "=", (1 - T**n) / (1 - T), {}, [Ne(T, 1)]),
]


@dataclass(frozen=True)
class Mutant:
    """A step, true or false."""

    name: str
    left: Expr
    relation: str
    right: Expr
    given: tuple[Basic, ...]

    def __str__(self) -> str:
        return f"{self.name}: {self.left}  {self.relation}  {self.right}   given {list(self.given)}"


# ---------------------------------------------------------------- mutation


def mutated(e: Expr, random: Random) -> Expr:
    """Change one node of an expression."""
    nodes = list(_nodes(e))
    node = random.choice(nodes)
    choices = [f for kind, f in MUTATIONS if isinstance(node, kind)]
    if not choices:
        return e
    replacement = random.choice(choices)(node, random, e)
    # One place only: xreplace would change every equal node.
    return _at_one_place(e, node, replacement, random.randrange(nodes.count(node)))


def _nodes(e: Basic) -> Iterator[Expr]:
    """Yield the parts of an expression, without the insides of an index or of a range."""
    yield e
    if not isinstance(e, Indexed | KroneckerDelta):
        for part in e.args[:1] if isinstance(e, Sum) else e.args:
            yield from _nodes(part)


def _at_one_place(e: Basic, node: Basic, new: Basic, place: int) -> Basic:
    seen = -1

    def walk(part: Basic) -> Basic:
        nonlocal seen
        if part == node:
            seen += 1
            if seen == place:
                return new
        return part.func(*map(walk, part.args)) if part.args else part

    return walk(e)


def _index(random: Random, e: Expr) -> Expr:
    bound = [limit[0] for f in e.atoms(Sum) for limit in f.limits]
    symbol = random.choice([i, j, *sorted(bound, key=str)])
    return symbol + random.choice([0, 0, 0, 1, -1])


def _drop(e: Expr, random: Random, _: Expr) -> Expr:
    gone = random.randrange(len(e.args))
    return e.func(*(a for m, a in enumerate(e.args) if m != gone))


def _flip(e: Expr, random: Random, _: Expr) -> Expr:
    flipped = random.randrange(len(e.args))
    return e.func(*(-a if m == flipped else a for m, a in enumerate(e.args)))


def _reindex(e: Indexed, random: Random, whole: Expr) -> Expr:
    return e.base[_index(random, whole)]


def _rebase(e: Indexed, random: Random, _: Expr) -> Expr:
    return random.choice([z, s, t, v])[e.indices[0]]


def _redelta(e: KroneckerDelta, random: Random, whole: Expr) -> Expr:
    other = KroneckerDelta(e.args[0], _index(random, whole))
    return random.choice([other, S.One, S.Zero, 1 - e])


def _rebound(e: Sum, random: Random, _: Expr) -> Expr:
    index, lower, upper = e.limits[0]
    low, high = random.choice([(1, 0), (0, -1), (0, 1), (-1, 0), (1, 1)])
    return Sum(e.function, (index, lower + low, upper + high), *e.limits[1:])


def _unsum(e: Sum, random: Random, _: Expr) -> Expr:
    return random.choice([e.function, e * n, Sum(e.function**2, *e.limits)])


def _repower(e: Pow, random: Random, _: Expr) -> Expr:
    return Pow(e.base, e.exp + random.choice([1, -1]))


def _renumber(e: Integer, random: Random, _: Expr) -> Expr:
    return e + random.choice([1, -1])


def _rescale(e: Expr, random: Random, _: Expr) -> Expr:
    return e * random.choice([2, Rational(1, 2), -1])


def _refunction(e: Expr, random: Random, _: Expr) -> Expr:
    return random.choice([exp(-e.args[0]), exp(2 * e.args[0]), e.args[0], 1 / e])


MUTATIONS = [
    (Add, _drop),
    (Add, _flip),
    (Mul, _drop),
    (Indexed, _reindex),
    (Indexed, _reindex),
    (Indexed, _rebase),
    (KroneckerDelta, _redelta),
    (Sum, _rebound),
    (Sum, _unsum),
    (Pow, _repower),
    (Integer, _renumber),
    (Expr, _rescale),
    (exp, _refunction),
    (log, _refunction),
]


def mutants(count: int, seed: int) -> Iterator[Mutant]:
    """Yield broken identities, the same ones for the same seed."""
    random = Random(seed)
    known = set()
    for number in range(count):
        for _ in range(PER_MUTANT):
            mutant = _one(*IDENTITIES[number % len(IDENTITIES)], random)
            if mutant is not None and mutant not in known:
                known.add(mutant)
                yield mutant
                break


def _one(name, left, relation, right, define, given, random) -> Mutant | None:
    if given and random.random() < 0.08:
        return Mutant(name, unfolded(left, define), relation, unfolded(right, define), ())
    sides = [left, right]
    place = 1 if left.has(Derivative) else random.randrange(2)
    try:
        for _ in range(random.choice([1, 1, 2])):
            sides[place] = mutated(sides[place], random)
    except (ValueError, TypeError, ZeroDivisionError):
        return None
    if sides == [left, right] or sides[place].has(nan, zoo, oo):
        return None
    a, b = (unfolded(side, define) for side in sides)
    return Mutant(name, a, relation, b, tuple(given))


# ---------------------------------------------------------------- the judge


def judged(mutant: Mutant, original: tuple[Expr, Expr]) -> bool | None:
    """Tell by arrays whether a mutant is true; None when it cannot be computed."""
    left, right = mutant.left, mutant.right
    if left.has(Derivative):
        # The true right side stands for the derivative: only the right side is ever changed then.
        left = original[1]
    index = [i, j, c]
    try:
        f, g = (array_function(e, ARGUMENTS, index, n=n) for e in (left, right))
        for trial in range(12):
            values = _arrays(4 + 2 * (trial % 2), mutant.given, np.random.default_rng(trial))
            with np.errstate(all="ignore"):
                if not _related(f(*values), g(*values), mutant.relation):
                    return False
    except (IndexError, ValueError):
        return None
    return True


ARGUMENTS = [n, z, s, t, v, x, T, eps]


def _arrays(size: int, given: tuple[Basic, ...], random: np.random.Generator) -> list:
    spread = random.choice([0.3, 1.0, 2.0])
    values = {name: random.normal(0, spread, size) for name in "ztv"}
    values["s"] = random.uniform(0.05, 2, size)
    if ONE_S in given:
        values["s"] /= values["s"].sum()
    if ONE_T in given:
        values["t"] += (1 - values["t"].sum()) / size
    x_value, T_value, eps_value = random.normal(), random.uniform(0.5, 2), random.uniform(0.1, 0.9)
    if BELOW in given:
        values["v"] += min(0, x_value - values["v"].max())
    if Le(x, T) in given:
        x_value = min(x_value, T_value)
    return [size, values["z"], values["s"], values["t"], values["v"], x_value, T_value, eps_value]


def _related(a: np.ndarray, b: np.ndarray, relation: str) -> bool:
    slack = 1e-9 * np.maximum(1, np.maximum(abs(a), abs(b)))
    if relation == "=":
        return bool(np.all(abs(a - b) <= slack))
    return bool(np.all(a <= b + slack if relation == "<=" else a >= b - slack))


# ---------------------------------------------------------------- the run


def verdict(mutant: Mutant) -> tuple[str, str]:
    """Return what the proof and what the search say, each on its own."""
    try:
        ranges = Ranges([mutant.left, mutant.right, *mutant.given], n)
    except ValueError:
        return "refused", "refused"
    gap = mutant.left - mutant.right
    prover = Prover(ranges, mutant.given)
    try:
        decide = prover.vanishes if mutant.relation == "=" else prover.nonnegative
        is_proved = in_time(SECONDS, lambda: decide(-gap if mutant.relation == "<=" else gap))
        proof = "proved" if is_proved else "unproved"
    except TimeUp:
        proof = "too slow"
    try:
        _, found = search(mutant.left, mutant.right, mutant.relation, ranges, mutant.given)
    except CannotEvaluate:
        return proof, "cannot evaluate"
    return proof, "refuted" if found else "no counterexample"


def run(count: int, seed: int) -> tuple[Counter, list[str]]:
    """Put mutants to the engine; return how often each outcome came, and the defects."""
    originals = {
        name: (unfolded(left, define), unfolded(right, define))
        for name, left, _, right, define, _ in IDENTITIES
    }
    outcomes: Counter = Counter()
    defects = []
    for mutant in mutants(count, seed):
        proof, counterexample = verdict(mutant)
        is_true = judged(mutant, originals[mutant.name])
        truth = {True: "true", False: "false", None: "out of range"}[is_true]
        outcomes[truth, proof, counterexample] += 1
        if proof == "proved" and (is_true is False or counterexample == "refuted"):
            defects.append(f"wrongly proved: {mutant}")
        if is_true is False and counterexample == "no counterexample":
            defects.append(f"escaped the search ({proof}): {mutant}")
        if is_true and counterexample == "refuted":
            defects.append(f"true for the judge, but refuted: {mutant}")
    return outcomes, defects


def main() -> int:
    """Run the whole fuzz and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    start = time.perf_counter()
    outcomes, defects = run(options.mutants, options.seed)
    write = sys.stdout.write
    write(f"{sum(outcomes.values())} mutants of {len(IDENTITIES)} identities\n")
    for (truth, proof, counterexample), number in sorted(outcomes.items()):
        write(f"{number:6}  {truth:12}  {proof:9}  {counterexample}\n")
    for defect in defects:
        write(f"{defect}\n")
    wrong = sum(defect.startswith("wrongly") for defect in defects)
    write(f"wrongly proved: {wrong}; {time.perf_counter() - start:.0f} s\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

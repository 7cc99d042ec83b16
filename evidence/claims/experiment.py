"""Experiments: statements about random data, for many seeds, with their spread and an ablation.

The statement must hold for the numbers of all seeds together and of either half of them, in
increasing order: no single seed can carry it, and no place in the list can be singled out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt

from evidence.claims.claim import Claim, Disagreement, Evidence, Verdict
from evidence.page.records import emit, is_settled

FEWEST = 10
Numbers = npt.NDArray[np.float64]
Trial = Callable[[np.random.Generator], float]


class Experiment(Claim):
    """Show that a statement holds for random data, and why, or raise `Disagreement`.

    A version is another trial.

    Parameters
    ----------
    claim_id, statement
        A name such as ``activation.zigzag``, and what is claimed, with formulas between dollars.
    trial
        What is measured: a function of a NumPy generator that returns one number.
    holds
        Whether the statement is true of some numbers, which come in increasing order.
    ablation
        The same trial without what is held to be the cause: for it the statement must be false.
    seeds
        How many, from 0 on; each trial gets the same ones.
    settles
        The entries of the register of claims that this decides.
    """

    evidence: Evidence = "measured"

    def __init__(
        self,
        claim_id: str,
        statement: str,
        *,
        trial: Trial,
        holds: Callable[[Numbers], object],
        ablation: Mapping[str, Trial],
        seeds: int = 20,
        settles: Iterable[str] = (),
    ) -> None:
        super().__init__(claim_id, settles, statement)
        if seeds < FEWEST:
            raise ValueError(f"{self.id}: {seeds} seeds tell little, take {FEWEST} or more")
        if not ablation:
            raise ValueError(f"{self.id}: without an ablation nothing tells what it is due to")
        self.holds, self.seeds = holds, seeds
        if not is_settled():
            self._show({"": trial, **ablation})

    def _show(self, trials: Mapping[str, Trial]) -> None:
        """Record what the trials give; for one with a name, an ablation, it must be false."""
        found = {name: self.numbers(each) for name, each in trials.items()}
        for name, numbers in found.items():
            if set(self.answers(numbers)) != {not name}:
                without = f"of {name!r} it is no clear no" if name else "it is not true"
                raise Disagreement(f"{self.id}: {without}: {spread(numbers)}")
        first, *others = (f"{name}: {spread(each)}".lstrip(": ") for name, each in found.items())
        how = f"{first}; otherwise with {'; '.join(others)}"
        sorted_numbers = {name: sorted(each.tolist()) for name, each in found.items()}
        emit(self.record(how=how, seeds=self.seeds, numbers=sorted_numbers))

    def numbers(self, trial: Trial, fresh: int = 0) -> Numbers:
        """Return what ``trial`` gives, seed by seed."""
        first = fresh * self.seeds
        seeds = range(first, first + self.seeds)
        found = np.array([float(trial(np.random.default_rng(k))) for k in seeds])
        if not np.isfinite(found).all():
            raise ArithmeticError(f"{self.id}: not every seed gives a finite number: {found}")
        return found

    def judge(self, version: Trial, fresh: int = 0) -> Verdict:
        """Run another trial, on the same seeds or on others."""
        found = self.numbers(version, fresh)
        return Verdict() if all(self.answers(found)) else Verdict(f"it gives {spread(found)}")

    def answers(self, found: Numbers) -> list[bool]:
        """Tell whether the statement is true of all the numbers, and of either half of them."""
        return [bool(self.holds(np.sort(part))) for part in (found, found[::2], found[1::2])]


def spread(found: Numbers) -> str:
    """Write the median and the range.

    >>> spread(np.array([1.0, 2.0, 4.0]))
    'median 2, from 1 to 4, in 3 seeds'
    """
    low, middle, high = (f"{f(found):.3g}" for f in (np.min, np.median, np.max))
    return f"median {middle}, from {low} to {high}, in {len(found)} seeds"


experiment = Experiment  # as a page says it

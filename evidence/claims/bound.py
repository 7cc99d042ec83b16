"""Sharp bounds: nothing exceeds them, something attains them, and they may be moved neither way.

In several variables a search attacks the bound: random points, then steps uphill from the best.
It proves nothing for points that it does not meet, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.claims.claim import Claim, Disagreement, Evidence, Verdict
from evidence.page.records import emit, is_settled

DRAWS, CLIMBERS, STEPS = 1000, 4, 200
ATTAINED, ROUNDING = 1e-6, 1e-12
UNATTAINED = "nothing attains it"
Point = npt.NDArray[np.float64]


def refused_nearby(claim: Claim, bound: Any, step: Any, *, is_upper: bool) -> dict[str, str]:
    """Move a sharp bound to either side, and tell why it is refused there, each for its reason."""
    reasons = {
        "smaller": claim.judge(bound - step).reason,
        "larger": claim.judge(bound + step).reason,
    }
    for name, reason in reasons.items():
        is_slack = (name == "larger") == is_upper
        if not reason or reason.startswith(UNATTAINED) != is_slack:
            raise Disagreement(f"{claim.id}: of a {name} bound it says: {reason or 'it is right'}")
    return reasons


class SharpBound(Claim):
    """Show that ``bound`` is the least upper bound of a function, or raise `Disagreement`.

    A version is another number.

    Parameters
    ----------
    claim_id, statement
        A name such as ``softmax.lipschitz``, and what is claimed, with formulas between dollars.
    bound
        The number, of Python or SymPy. Larger or smaller by a thousandth it must be refused.
    value, draw, inside
        The function of an array; what draws a point of its domain from a generator; whether a
        point lies in the domain.
    attained
        Points that attain the bound, or a sequence that comes as near as a millionth.
    largest
        Whether it is the largest lower bound instead.
    settles
        The entries of the register of claims that this decides.
    """

    evidence: Evidence = "measured"
    has_fresh_points = False

    def __init__(
        self,
        claim_id: str,
        statement: str,
        *,
        bound: Any,
        value: Callable[[Point], float],
        draw: Callable[[np.random.Generator], Point],
        attained: Iterable[Any],
        inside: Callable[[Point], object] = lambda _: True,
        largest: bool = False,
        settles: Iterable[str] = (),
    ) -> None:
        super().__init__(claim_id, settles, statement)
        self.value, self.draw, self.inside, self.sign = value, draw, inside, -1 if largest else 1
        given = [np.asarray(z, float) for z in attained]
        if not given or not all(map(inside, given)):
            raise ValueError(f"{self.id}: name points of the domain that attain or approach it")
        self.nearest = max(given, key=self._height)
        self.farthest = max(self._search(np.random.default_rng(0)), self.nearest, key=self._height)
        if is_settled():
            return
        verdict = self.judge(bound)
        if not verdict.accepted:
            raise Disagreement(f"{self.id}: {bound}: {verdict.reason}")
        step = (abs(float(bound)) or 1.0) / 1000
        moved = refused_nearby(self, float(bound), step, is_upper=not largest)
        met = f"attained at {_written(self.nearest)}"
        how = f"{met}; not exceeded in a search from {DRAWS:,} points"
        emit(self.record(version=str(bound), how=how, bound=float(bound), moved=moved))

    def _height(self, point: Point) -> float:
        return float(self.sign * self.value(point))

    def _search(self, rng: np.random.Generator) -> Point:
        starts = sorted((self.draw(rng) for _ in range(DRAWS)), key=self._height)[-CLIMBERS:]
        return max((self._climbed(z, rng) for z in starts), key=self._height)

    def _climbed(self, point: Point, rng: np.random.Generator) -> Point:
        for size in np.geomspace(1, 1e-4, STEPS):
            tried = point + size * rng.normal(size=np.shape(point))
            if self.inside(tried) and self._height(tried) > self._height(point):
                point = tried
        return point

    def judge(self, version: Any, fresh: int = 0) -> Verdict:  # noqa: ARG002
        """Compare a number with what the search found and with what attains the bound."""
        bound = float(version)
        size = abs(bound) or 1.0
        highest, nearest = self._height(self.farthest), self._height(self.nearest)
        excess, missing = highest - self.sign * bound, self.sign * bound - nearest
        if not excess <= ROUNDING * size:
            found = f"it is {self.sign * highest:.8g} at {_written(self.farthest)}"
            return Verdict(found, excess)
        if missing > ATTAINED * size:
            return Verdict(f"{UNATTAINED}: the nearest is {self.sign * nearest:.8g}", missing)
        return Verdict()


least_bound = SharpBound  # as a page says it


def _written(point: Point) -> str:
    return " ".join(np.array2string(point, precision=4, threshold=12).split())

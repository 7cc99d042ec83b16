"""What the chapters share: derivations, checks, figures and exercises."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from evidence.algebra.compiled import array_function
from evidence.algebra.sums import collapse, combine, differentiate, fold
from evidence.claims.agreement import Claim, Disagreement, NotRefused, agree, holds, refuse
from evidence.claims.derivation import Derivation, FalseStep, SlowStep, StepError, UnprovedStep
from evidence.claims.exact import exactly
from evidence.claims.exercise import Exercise, NotAccepted
from evidence.claims.said import said
from evidence.run.results import ChapterError, results

if TYPE_CHECKING:
    from evidence.page.plotting import barycentric, curves, heat_map, show, simplex

__all__ = [
    "ChapterError",
    "Claim",
    "Derivation",
    "Disagreement",
    "Exercise",
    "FalseStep",
    "NotAccepted",
    "NotRefused",
    "SlowStep",
    "StepError",
    "UnprovedStep",
    "agree",
    "array_function",
    "barycentric",
    "collapse",
    "combine",
    "curves",
    "differentiate",
    "exactly",
    "fold",
    "heat_map",
    "holds",
    "refuse",
    "results",
    "said",
    "show",
    "simplex",
]

# matplotlib is loaded, and the style of the figures set, when the first of these is asked for.
_PLOTTING = {"barycentric", "curves", "heat_map", "show", "simplex"}


def __getattr__(name: str) -> Any:
    """Load the plots when one is asked for."""
    if name not in _PLOTTING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("evidence.page.plotting"), name)

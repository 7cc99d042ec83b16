"""What the chapters share: derivations, checks, figures and exercises."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from softact.book.agreement import Claim, Disagreement, NotRefused, agree, holds, refuse
from softact.book.codegen import array_function
from softact.book.derivation import Derivation, FalseStep, SlowStep, StepError, UnprovedStep
from softact.book.exact import exactly
from softact.book.exercises import Exercise, NotAccepted
from softact.book.results import ChapterError, results
from softact.book.said import said
from softact.book.sums import collapse, combine, differentiate, fold

if TYPE_CHECKING:
    from softact.book.plotting import barycentric, curves, heat_map, show, simplex

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
    return getattr(import_module("softact.book.plotting"), name)

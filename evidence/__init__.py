"""Claims that a page proves, checks and refuses; each name is loaded when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evidence.algebra.compiled import array_function
    from evidence.algebra.sums import collapse, combine, differentiate, fold
    from evidence.claims.agreement import agree
    from evidence.claims.bound import least_bound
    from evidence.claims.claim import Claim, Disagreement, NotRefused
    from evidence.claims.derivation import (
        Derivation,
        FalseStep,
        SlowStep,
        StepError,
        UnprovedStep,
    )
    from evidence.claims.enclosure import enclose
    from evidence.claims.exact import exactly
    from evidence.claims.exercise import Exercise, NotAccepted
    from evidence.claims.experiment import experiment
    from evidence.claims.fact import holds
    from evidence.claims.said import said
    from evidence.page.plotting import barycentric, curves, heat_map, show, simplex
    from evidence.run.results import ChapterError, results

# SymPy, mpmath and matplotlib are loaded by what needs them, and by nothing else.
_HOMES = {
    "algebra.compiled": ["array_function"],
    "algebra.sums": ["collapse", "combine", "differentiate", "fold"],
    "claims.agreement": ["agree"],
    "claims.bound": ["least_bound"],
    "claims.claim": ["Claim", "Disagreement", "NotRefused"],
    "claims.derivation": ["Derivation", "FalseStep", "SlowStep", "StepError", "UnprovedStep"],
    "claims.enclosure": ["enclose"],
    "claims.exact": ["exactly"],
    "claims.exercise": ["Exercise", "NotAccepted"],
    "claims.experiment": ["experiment"],
    "claims.fact": ["holds"],
    "claims.said": ["said"],
    "page.plotting": ["barycentric", "curves", "heat_map", "show", "simplex"],
    "run.results": ["ChapterError", "results"],
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Load the module that has the name."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)

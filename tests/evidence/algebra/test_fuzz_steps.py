"""A short run of the fuzz; the whole one is a command, see `fuzz_steps.py` beside this file."""

from sympy import S

from evidence.algebra.proof import Prover
from tests.evidence.algebra.fuzz_steps import IDENTITIES, Mutant, judged, mutants, run, verdict
from tests.evidence.algebra.hash_seeds import printed
from tests.evidence.notation import ONE_S, i, j, n, s, t, v


def test_no_mutant_is_wrongly_proved():
    outcomes, defects = run(90, seed=7)
    assert sum(outcomes.values()) >= 85
    assert [d for d in defects if d.startswith("wrongly")] == []
    refuted = sum(number for (_, _, search), number in outcomes.items() if search == "refuted")
    assert refuted > 60


def test_there_are_enough_identities():
    assert len(IDENTITIES) >= 12


def test_a_prover_that_believes_everything_is_noticed(monkeypatch):
    monkeypatch.setattr(Prover, "vanishes", lambda *_: True)
    _, defects = run(30, seed=7)
    assert sum(d.startswith("wrongly") for d in defects) > 10


def test_a_search_that_finds_nothing_is_noticed(monkeypatch):
    monkeypatch.setattr("tests.evidence.algebra.fuzz_steps.search", lambda *_: (1, None))
    _, defects = run(30, seed=7)
    assert sum(d.startswith("escaped") for d in defects) > 10


def test_the_judge_can_tell():
    true = Mutant("", s[i] * v[j], "=", v[j] * s[i], ())
    false = Mutant("", s[i] * v[j], "=", v[i] * s[j], ())
    assert judged(true, (S.Zero, S.Zero)) is True
    assert judged(false, (S.Zero, S.Zero)) is False
    assert verdict(true) == ("proved", "no counterexample")
    assert verdict(false) == ("unproved", "refuted")
    assert judged(Mutant("", t[n], "=", t[n], (ONE_S,)), (S.Zero, S.Zero)) is None


def test_the_mutants_do_not_depend_on_the_hash_seed():
    program = (
        "from tests.evidence.algebra.fuzz_steps import mutants; print(*mutants(40, 1), sep='\\n')"
    )
    lines = printed(program, "1", "2").splitlines()
    assert lines == [str(mutant) for mutant in mutants(40, 1)]

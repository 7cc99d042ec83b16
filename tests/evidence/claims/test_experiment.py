import itertools

import numpy as np
import pytest

from evidence.claims.claim import Disagreement, NotRefused
from evidence.claims.experiment import experiment, spread
from evidence.page.records import recording


@pytest.fixture(autouse=True)
def records():
    with recording() as found:
        yield found


def drift(rng):
    """Return how far a walk of a hundred steps with a drift comes."""
    return rng.normal(0.5, 1, 100).sum()


def no_drift(rng):
    return rng.normal(0, 1, 100).sum()


def walk(trial=drift, holds=lambda found: found.min() > 0, seeds=20, **ablation):
    return experiment(
        "walk.drift",
        "a walk with a drift of ½ ends to the right",
        trial=trial,
        holds=holds,
        seeds=seeds,
        ablation=ablation or {"no drift": no_drift},
        settles=["S0.1"],
    )


def test_what_holds_for_all_seeds_is_recorded_with_its_spread(records):
    walk()
    [record] = records
    expected = sorted(np.random.default_rng(k).normal(0.5, 1, 100).sum() for k in range(20))
    assert record["numbers"].pop("") == expected
    assert len(record["numbers"].pop("no drift")) == 20
    assert record.pop("how").startswith("median ")
    assert record == {
        "kind": "claim",
        "id": "walk.drift",
        "statement": "a walk with a drift of ½ ends to the right",
        "settles": ["S0.1"],
        "anchor": "claim-walk.drift",
        "evidence": "measured",
        "seeds": 20,
        "numbers": {},
    }


def test_the_page_says_the_spread_of_either(capsys, monkeypatch):
    monkeypatch.setattr("evidence.page.records._listeners", [])
    walk()
    shown = capsys.readouterr().out
    assert shown.startswith("± a walk with a drift of ½ ends to the right (median ")
    assert "in 20 seeds; otherwise with no drift: median " in shown


def test_what_does_not_hold_is_contradicted():
    with pytest.raises(Disagreement, match=r"it is not true: median .* in 20 seeds"):
        walk(trial=no_drift, further=drift)


def test_an_ablation_that_comes_out_alike_shows_that_something_else_is_the_cause():
    with pytest.raises(Disagreement, match="of 'another sign' it is no clear no"):
        walk(**{"another sign": lambda rng: drift(rng) + 1})


def test_an_ablation_must_come_out_clearly_otherwise():
    signs = itertools.cycle([1.0, -1.0])
    with pytest.raises(Disagreement, match="of 'half' it is no clear no"):
        walk(half=lambda _: next(signs))


def test_one_tuned_seed_cannot_carry_a_statement():
    lucky = max(range(20), key=lambda k: no_drift(np.random.default_rng(k)))
    best = no_drift(np.random.default_rng(lucky))
    with pytest.raises(Disagreement, match="it is not true"):
        walk(
            trial=no_drift,
            holds=lambda found: found.max() >= best,
            small=lambda rng: no_drift(rng) / 100,
        )


def test_no_place_in_the_list_can_be_singled_out():
    seen = []
    walk(holds=lambda found: bool(seen.append(found) or found.min() > 0))
    assert len(seen) == 6
    assert all((np.diff(found) >= 0).all() for found in seen)


def test_another_trial_is_refused_with_what_it_gives(records):
    claim = walk()
    claim.refuse("no drift at all", no_drift)
    assert records[-1]["reason"].startswith("it gives median ")
    with pytest.raises(NotRefused):
        claim.refuse("more drift", lambda rng: rng.normal(1, 1, 100).sum())


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_trial_that_gives_no_number_is_an_error_and_no_refusal(number):
    claim = walk()
    with pytest.raises(ArithmeticError, match="finite number"):
        claim.refuse("nan", lambda _: number)


def test_too_few_seeds_and_no_ablation_are_errors():
    with pytest.raises(ValueError, match="9 seeds tell little"):
        walk(seeds=9)
    with pytest.raises(ValueError, match="without an ablation"):
        experiment("x", "x", trial=drift, holds=lambda _: True, ablation={})


def test_spread():
    assert spread(np.array([4.0, 1, 2, 3])) == "median 2.5, from 1 to 4, in 4 seeds"

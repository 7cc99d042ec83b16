import numpy as np
import torch

from evidence.claims.points import mixed

RNG = np.random.default_rng(5)


def fresh(*calls, seed=0):
    return mixed(list(calls), np.random.default_rng(seed))


def test_points_are_new_and_stay_in_their_range():
    x = np.linspace(-3, 2, 50)
    [(new,)] = fresh((x,))
    assert new.shape == x.shape
    assert new.min() >= -3
    assert new.max() <= 2
    assert len(np.intersect1d(x, new)) < 5


def test_rows_that_sum_to_one_still_do():
    p = RNG.dirichlet([1.0] * 4, size=6)
    [(new,)] = fresh((p,))
    np.testing.assert_allclose(new.sum(axis=1), 1)
    [(single,)] = fresh((p[0],))
    np.testing.assert_allclose(single.sum(), 1)
    assert not np.allclose(new, p)
    assert not np.allclose(single, p[0])


def test_numbers_are_mixed_among_the_calls():
    new = fresh((0.0,), (1.0,), (5.0,))
    assert all(0 <= x <= 5 for (x,) in new)
    assert {x for (x,) in new} != {0.0, 1.0, 5.0}


def test_labels_and_whole_numbers_stay_as_they_are():
    y = np.array([2, 0, 1])
    [(z, labels, axis)] = fresh((RNG.normal(size=(3, 3)), y, -1))
    assert labels is y
    assert axis == -1
    assert z.shape == (3, 3)


def test_the_format_stays():
    [(single,)] = fresh((np.linspace(0, 1, 9, dtype=np.float32),))
    assert single.dtype == np.float32
    [(tensor,)] = fresh((torch.linspace(0, 1, 9),))
    assert tensor.dtype == torch.float32


def test_infinities_make_no_nan():
    x = np.array([-np.inf, np.inf, np.nan, 1.0, 2.0])
    for seed in range(20):
        [(new,)] = fresh((x,), seed=seed)
        np.testing.assert_array_equal(np.isnan(new), np.isnan(x))
        assert new[0] == -np.inf
        assert new[1] == np.inf


def test_points_are_not_changed_in_place():
    x = np.arange(5.0)
    fresh((x,))
    assert x.tolist() == [0, 1, 2, 3, 4]


def test_calls_of_different_lengths():
    assert len(fresh((1.0,), (1.0, 2.0), (np.zeros(3), "a"))) == 3

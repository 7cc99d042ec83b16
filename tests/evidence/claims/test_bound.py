import numpy as np
import pytest

from evidence.claims.bound import least_bound
from evidence.claims.claim import Disagreement, NotRefused
from evidence.page.records import recording


@pytest.fixture(autouse=True)
def records():
    with recording() as found:
        yield found


def norm(z):
    """Return the spectral norm of the softmax's Jacobian."""
    s = np.exp(z - z.max())
    s /= s.sum()
    return np.linalg.norm(np.diag(s) - np.outer(s, s), 2)


def logits(rng):
    return rng.normal(0, 3, rng.integers(2, 7))


def jacobian(bound, attained=((0.0, 0.0),)):
    return least_bound(
        "jacobian.norm",
        r"the least upper bound of $\|J\|_2$ is",
        bound=bound,
        value=norm,
        draw=logits,
        attained=attained,
    )


def test_a_bound_that_is_met_and_not_exceeded_is_recorded(records):
    jacobian(0.5)
    assert records == [
        {
            "kind": "claim",
            "id": "jacobian.norm",
            "statement": r"the least upper bound of $\|J\|_2$ is",
            "settles": [],
            "anchor": "claim-jacobian.norm",
            "evidence": "measured",
            "version": "0.5",
            "how": "attained at [0. 0.]; not exceeded in a search from 1,000 points",
            "bound": 0.5,
            "moved": {
                "smaller": "it is 0.5 at [0. 0.]",
                "larger": "nothing attains it: the nearest is 0.5",
            },
        }
    ]


@pytest.mark.parametrize("bound", [0.4999, 0.49999, 0.25, 0.0])
def test_too_small_a_bound_is_exceeded(bound):
    with pytest.raises(Disagreement, match=r"it is 0\.5 at"):
        jacobian(bound)


@pytest.mark.parametrize("bound", [0.509, 0.5001, 0.50001, 1.0])
def test_too_large_a_bound_is_not_attained(bound):
    with pytest.raises(Disagreement, match=r"nothing attains it: the nearest is 0\.5"):
        jacobian(bound)


def test_the_search_finds_what_exceeds_a_bound_that_is_attained_elsewhere():
    with pytest.raises(Disagreement, match=r"0\.25: it is 0\.4\d+ at|0\.25: it is 0\.5 at"):
        jacobian(0.25, attained=[(0.0, np.log(2 + np.sqrt(2)) - np.log(2 - np.sqrt(2)))])


def test_a_bound_may_be_approached_and_never_reached():
    def slope(z):
        return np.tanh(z[0]) / z[0] if z[0] else 0.0

    def bound(points, least):
        least_bound(
            "slope",
            "x",
            bound=1,
            value=slope,
            draw=lambda rng: least + rng.exponential(size=1),
            inside=lambda z: z[0] >= least,
            attained=points,
        )

    bound([[10.0**-k] for k in range(1, 5)], 0)
    with pytest.raises(Disagreement, match="nothing attains it"):
        bound([[0.1]], 0.1)


def test_a_largest_lower_bound_on_part_of_the_space():
    claim = least_bound(
        "norm",
        "the largest lower bound of $|x|$ where the entries sum to 1",
        bound=np.sqrt(1 / 3),
        value=np.linalg.norm,
        draw=lambda rng: rng.dirichlet(np.ones(3)),
        inside=lambda x: abs(x.sum() - 1) < 1e-9,
        attained=[np.ones(3) / 3],
        largest=True,
    )
    claim.refuse("½", 0.5)
    claim.refuse("0.6", 0.6)
    with pytest.raises(NotRefused):
        claim.refuse("the same", 3**-0.5)


def test_points_outside_the_domain_attain_nothing():
    with pytest.raises(ValueError, match="name points of the domain"):
        least_bound(
            "x",
            "x",
            bound=1,
            value=sum,
            draw=lambda rng: rng.random(1),
            inside=lambda z: z[0] < 1,
            attained=[[1.0]],
        )

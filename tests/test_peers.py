"""SciPy's own tests put to softact, torch's results where they are right, and where both are not.

SciPy's tests come with its wheel and are called, not copied: the functions they import are replaced
by softact's. Left out are those on what softact does not have (complex numbers, weighted sums,
signs, devices).
"""

import itertools
from functools import partial

import numpy as np
import pytest
import scipy.special
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy._lib.array_api_compat import numpy as xp
from scipy.special.tests import test_logit, test_logsumexp

import softact
from tests import exact


def by_default_over_all(function):
    """SciPy's default axis is None."""
    return lambda x, axis=None, **options: function(x, axis, **options)


@pytest.fixture
def scipy_names(monkeypatch):
    for name in ("softmax", "log_softmax", "logsumexp"):
        replaced = by_default_over_all(getattr(softact, name))
        monkeypatch.setattr(test_logsumexp, name, replaced)
    monkeypatch.setattr(test_logit, "expit", softact.sigmoid)
    monkeypatch.setattr(test_logit, "log_expit", softact.log_sigmoid)
    monkeypatch.setattr(test_logit, "logit", softact.logit)


ELSEWHERE = {
    "test_logsumexp_b",
    "test_logsumexp_sign",
    "test_logsumexp_sign_zero",
    "test_logsumexp_sign_shape",
    "test_logsumexp_complex_sign",
    "test_logsumexp_shape",
    "test_logsumexp_b_zero",
    "test_logsumexp_b_shape",
    "test_dtypes_ab",
    "test_gh21610",
    "test_gh21709_small_imaginary",
    "test_no_writeback",
    "test_device",
    "test_gh22903",
    "test_gh23548",
}


def is_real(value):
    return not (isinstance(value, complex) or "complex" in str(value))


def arguments_of(test):
    """Every combination of the values a test is parametrized with, as keyword arguments."""
    choices = []
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            names = [name.strip() for name in mark.args[0].split(",")]
            rows = [value if len(names) > 1 else [value] for value in mark.args[1]]
            choices.append([dict(zip(names, row, strict=True)) for row in rows])
    for choice in itertools.product(*choices):
        yield {name: value for part in choice for name, value in part.items()}


def cases():
    """Every method of SciPy's test classes, with every value of its parameters that is real."""
    for module in (test_logsumexp, test_logit):
        for kind in (c for name, c in vars(module).items() if name.startswith("Test")):
            for name in (n for n in dir(kind) if n.startswith("test_") and n not in ELSEWHERE):
                for arguments in arguments_of(getattr(kind, name)):
                    if all(map(is_real, arguments.values())):
                        yield pytest.param(kind, name, arguments, id=f"{name}-{arguments}")


@pytest.mark.usefixtures("scipy_names")
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of the expected values
@pytest.mark.parametrize(("kind", "name", "arguments"), list(cases()))
def test_of_scipy(kind, name, arguments):
    test = getattr(kind(), name)
    takes_xp = "xp" in test.__code__.co_varnames[: test.__code__.co_argcount]
    test(**arguments, **({"xp": xp} if takes_xp else {}))


def test_enough_of_scipys_tests_were_found():
    assert len(list(cases())) >= 35


X = np.random.default_rng(0).normal(size=(50, 7)) * 2
TENSOR = torch.tensor(X)


@pytest.mark.parametrize("axis", [0, 1])
def test_torch_on_rows(axis):
    assert_allclose(softact.softmax(X, axis), torch.softmax(TENSOR, axis), rtol=1e-14)
    assert_allclose(softact.log_softmax(X, axis), torch.log_softmax(TENSOR, axis), rtol=1e-13)
    assert_allclose(softact.logsumexp(X, axis), torch.logsumexp(TENSOR, axis), rtol=1e-14)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (softact.sigmoid, torch.sigmoid),
        (softact.log_sigmoid, torch.nn.functional.logsigmoid),
        (softact.softplus, lambda x: torch.nn.functional.softplus(x, threshold=1000)),
    ],
)
def test_torch_elementwise(ours, theirs):
    assert_allclose(ours(X), theirs(TENSOR), rtol=1e-14)


@pytest.mark.parametrize("axis", [0, 1])
def test_torch_autograd(axis):
    g = np.random.default_rng(1).normal(size=X.shape)
    z = TENSOR.clone().requires_grad_()
    torch.softmax(z, axis).backward(torch.tensor(g))
    assert_allclose(softact.softmax_vjp(X, g, axis), z.grad, rtol=1e-11, atol=1e-15)


def test_the_jacobian_of_torch():
    want = torch.func.vmap(torch.func.jacrev(lambda z: torch.softmax(z, 0)))(TENSOR)
    assert_allclose(softact.softmax_jacobian(X), want, rtol=1e-11, atol=1e-15)


CLASSES = np.arange(50) % 7
LIKELY = scipy.special.softmax(X, axis=1)
WEIGHT = np.array([0.5, 2.0, 0.0, 1.25, 1.0, 3.0, 0.1])


@pytest.mark.parametrize("weight", [None, WEIGHT])
@pytest.mark.parametrize("smoothing", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("y", [CLASSES, LIKELY[::-1]], ids=["indices", "probabilities"])
def test_torch_cross_entropy(y, smoothing, weight):
    theirs = partial(
        torch.nn.functional.cross_entropy,
        weight=None if weight is None else torch.tensor(weight),
        label_smoothing=smoothing,
        reduction="none",
    )
    options = {"weight": weight, "label_smoothing": smoothing}
    pairs = list(zip(TENSOR, torch.tensor(y.copy()), strict=True))
    slopes = [torch.autograd.functional.jacobian(partial(theirs, target=t), z) for z, t in pairs]
    bends = [torch.autograd.functional.hessian(partial(theirs, target=t), z) for z, t in pairs]
    loss, grad = softact.cross_entropy_with_grad(X, y, **options)
    assert_allclose(loss, theirs(TENSOR, torch.tensor(y.copy())), rtol=1e-13, atol=1e-15)
    assert_allclose(grad, torch.stack(slopes), rtol=1e-12, atol=1e-15)
    hessian = softact.cross_entropy_hessian(X, y, **options)
    assert_allclose(hessian, torch.stack(bends), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("w", [1.0, 0.0, 2.5])
def test_torch_sigmoid_cross_entropy(y, w):
    points = np.linspace(-20, 20, 41)
    x = torch.tensor(points, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        x, torch.full_like(x, y), pos_weight=torch.tensor(w), reduction="none"
    )
    (grad,) = torch.autograd.grad(loss.sum(), x, create_graph=True)
    (curvature,) = torch.autograd.grad(grad.sum(), x)
    for function, want in (
        (softact.sigmoid_cross_entropy, loss.detach()),
        (softact.sigmoid_cross_entropy_grad, grad.detach()),
        (softact.sigmoid_cross_entropy_curvature, curvature),
    ):
        assert_allclose(function(points, y, pos_weight=w), want, rtol=1e-12, atol=1e-14)


def test_scipy_divergence_and_entropy():
    p, q = scipy.special.softmax(X, axis=1), scipy.special.softmax(2 * X, axis=1)
    assert_allclose(softact.entropy(p), scipy.special.entr(p).sum(axis=1), rtol=1e-14)
    assert_allclose(softact.kl_divergence(p, q), scipy.special.kl_div(p, q).sum(axis=1), rtol=1e-12)


class TestWhereTheyAreWrong:
    """When one of these fails, a peer has been mended: then the book says so too."""

    TINY = 4.248354255291589e-18

    def test_log_softmax_rounds_a_small_loss_to_zero(self):
        assert scipy.special.log_softmax([0.0, -40.0])[0] == 0
        assert torch.log_softmax(torch.tensor([0.0, -40.0], dtype=torch.float64), 0)[0] == 0
        assert_allclose(softact.log_softmax([0.0, -40.0])[0], -self.TINY, rtol=1e-15)

    def test_torch_logsumexp_rounds_it_too(self):
        z = torch.tensor([0.0, -40.0], dtype=torch.float64)
        assert torch.logsumexp(z, 0) == 0
        assert_allclose(softact.logsumexp(z.numpy()), self.TINY, rtol=1e-15)

    def test_the_sigmoid_drops_its_subnormal_tail(self):
        assert scipy.special.expit(-745.0) == 0
        assert torch.sigmoid(torch.tensor(-745.0, dtype=torch.float64)) == 0
        assert softact.sigmoid(-745.0) == 5e-324

    def test_autograd_loses_the_slope_of_the_sigmoid(self):
        x = torch.tensor(40.0, dtype=torch.float64, requires_grad=True)
        torch.sigmoid(x).backward()
        assert x.grad == 0
        assert_allclose(softact.sigmoid_prime(40.0), self.TINY, rtol=1e-15)

    def test_torch_has_no_loss_for_a_sure_negative(self):
        x = torch.tensor([-40.0], dtype=torch.float64)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x, torch.zeros_like(x))
        assert loss == 0
        assert_allclose(softact.sigmoid_cross_entropy(-40.0, 0), self.TINY, rtol=1e-15)

    @exact.needs_long_double
    def test_scipy_softmax_pays_for_the_shift(self):
        """The rounding of z − max z, some 500 ulp at a span of 1400."""
        z = np.random.default_rng(0).uniform(-700, 700, (200, 10))
        want = exact.softmax(z)
        assert exact.worst(scipy.special.softmax(z, axis=1), want) > 100
        assert exact.worst(softact.softmax(z), want) < 8

    def test_scipy_integers_of_eight_bits(self):
        with np.errstate(all="ignore"):
            assert_array_equal(scipy.special.softmax(np.array([100, -100], np.int8))[0], 0)
        assert softact.softmax(np.array([100, -100], np.int8))[0] == 1

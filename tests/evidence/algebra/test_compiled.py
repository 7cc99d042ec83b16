"""What was derived is what is computed: compared with torch and mpmath at several n."""

import mpmath
import numpy as np
import pytest
from sympy import (
    Derivative,
    Eq,
    Ge,
    Gt,
    IndexedBase,
    KroneckerDelta,
    Le,
    Lt,
    Max,
    Ne,
    Piecewise,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    expand_log,
    log,
    pi,
    sign,
    solve,
    sqrt,
)

from evidence import Derivation, array_function, collapse, differentiate, fold
from tests.evidence.notation import (
    ONE_T,
    SOFTMAX,
    D,
    T,
    Z,
    a,
    c,
    i,
    j,
    k,
    l,
    n,
    over,
    q,
    s,
    t,
    v,
    x,
    z,
)

torch = pytest.importorskip("torch")
SIZES = [3, 10, 50]
softmax = exp(z[i]) / Z


def arrays(size, batch=()):
    random = np.random.default_rng(size)
    logits = random.normal(0, 2, (*batch, size))
    targets = random.dirichlet(np.ones(size), batch or None)
    return logits, targets


def derived_jacobian():
    chain = Derivation(Derivative(softmax, z[j]), "jacobian", n=n, define=SOFTMAX)
    chain.step("differentiate", differentiate)
    return chain.step("collapse", collapse).result


def close(derived, reference, ulps=16):
    derived, reference = np.asarray(derived), np.asarray(reference)
    assert derived.shape == reference.shape
    assert np.all(np.abs(derived - reference) <= ulps * 2.3e-16 * np.maximum(1, abs(reference)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lib", ["numpy", "torch"])
def test_jacobian(size, lib):
    logits, _ = arrays(size, (4,))
    reference = torch.func.vmap(torch.func.jacrev(lambda w: torch.softmax(w, -1)))
    argument = logits if lib == "numpy" else torch.tensor(logits)
    f = array_function(derived_jacobian(), [z], [i, j], lib=lib)
    close(f(argument), reference(torch.tensor(logits)))


def test_jacobian_against_mpmath():
    logits, _ = arrays(3)
    w = [mpmath.mpf(float(value)) for value in logits]
    with mpmath.workdps(50):
        total = sum(map(mpmath.exp, w))
        p = [mpmath.exp(value) / total for value in w]
        exact = [[p[r] * ((r == m) - p[m]) for m in range(3)] for r in range(3)]
    close(array_function(derived_jacobian(), [z], [i, j])(logits), np.array(exact, float))


@pytest.mark.parametrize("size", SIZES)
def test_cross_entropy_and_its_gradient(size):
    logits, targets = arrays(size, (2, 3))
    loss = -over(t[k] * log(s[k]))
    chain = Derivation(Derivative(loss, z[j]), "loss", n=n, define=SOFTMAX, given=[ONE_T])
    value = expand_log(chain.unfold(loss))
    chain.step("definition", chain.unfold).step("log", expand_log)
    chain.step("differentiate", differentiate).step("collapse", collapse)
    gradient = array_function(chain.result, [z, t], [j])(logits, targets)
    w = torch.tensor(logits, requires_grad=True)
    reference = -(torch.tensor(targets) * torch.log_softmax(w, -1)).sum(-1)
    (slope,) = torch.autograd.grad(reference.sum(), w)
    close(array_function(value, [z, t])(logits, targets), reference.detach())
    close(gradient, slope)


@pytest.mark.parametrize("size", SIZES)
def test_temperature_and_smoothing(size):
    logits, _ = arrays(size)
    heat, eps = 1.7, 0.1
    epsilon = Symbol("epsilon", positive=True)
    scaled = {s: SOFTMAX[s].func(i, exp(z[i] / T) / over(exp(z[l] / T), l))}
    targets = (1 - epsilon) * KroneckerDelta(k, c) + epsilon / n
    start = Derivative(-over(targets * log(s[k])), z[j])
    chain = Derivation(start, "loss", n=n, define=scaled)
    chain.step("definition", chain.unfold).step("log", expand_log)
    chain.step("differentiate", differentiate).step("collapse", collapse)
    f = array_function(chain.result, [z, T, epsilon], [c, j])
    w = torch.tensor(logits, requires_grad=True)
    rows = []
    for label in range(size):
        loss = torch.nn.functional.cross_entropy(
            w[None] / heat, torch.tensor([label]), label_smoothing=eps
        )
        rows.append(torch.autograd.grad(loss, w)[0].numpy())
    close(f(logits, heat, eps), np.stack(rows))


@pytest.mark.parametrize("size", SIZES)
def test_logsumexp_gradient_and_hessian(size):
    logits, _ = arrays(size)
    w = torch.tensor(logits)
    close(array_function(log(Z), [z])(logits), torch.logsumexp(w, -1))
    gradient = collapse(differentiate(Derivative(log(Z), z[j])))
    close(array_function(gradient, [z], [j])(logits), torch.softmax(w, -1))
    hessian = collapse(differentiate(Derivative(log(Z), z[i], z[j])))
    reference = torch.func.jacrev(torch.func.jacrev(lambda u: torch.logsumexp(u, -1)))(w)
    close(array_function(hessian, [z], [i, j])(logits), reference)


@pytest.mark.parametrize("size", SIZES)
def test_quadratic_form(size):
    logits, weights = arrays(size)
    direction = np.random.default_rng(1).normal(size=size)
    form = over(s[k] * v[k] ** 2) - over(s[k] * v[k]) ** 2
    f = array_function(
        form.replace(
            lambda e: e.func is type(s[k]) and e.base == s, lambda e: SOFTMAX[s](*e.indices)
        ),
        [z, v],
    )
    p = torch.softmax(torch.tensor(logits), -1).numpy()
    close(f(logits, direction), direction @ (np.diag(p) - np.outer(p, p)) @ direction, ulps=64)
    assert weights.shape == (size,)


@pytest.mark.parametrize("size", SIZES)
def test_linear_layer(size):
    W, bias, inputs = (IndexedBase(name, real=True) for name in ("W", "b", "x"))
    logits = over(W[k, q] * inputs[q], q, D) + bias[k]
    score = logits.subs(k, l)
    loss = log(over(exp(score), l)) - over(t[k] * logits)
    chain = Derivation(Derivative(loss, W[a, c]), "weights", n=n, given=[ONE_T])
    chain.step("differentiate", differentiate).step("collapse", collapse)
    random = np.random.default_rng(size)
    values = [random.normal(0, 0.5, shape) for shape in ((size, 7), (size,), (5, 7))]
    targets = random.dirichlet(np.ones(size), 5)
    f = array_function(chain.result, [W, bias, inputs, t], [a, c])
    weight, shift, features = map(torch.tensor, values)

    def reference(w, u, y):
        return -(y * torch.log_softmax(w @ u + shift, -1)).sum()

    each = torch.func.vmap(torch.func.grad(reference), (None, 0, 0))
    close(f(*values, targets), each(weight, features, torch.tensor(targets)), ulps=64)


def test_maximum_entropy_solution_is_softmax():
    p, lam = IndexedBase("p", positive=True), Symbol("lambda", real=True)
    lagrangian = -over(p[k] * log(p[k])) + over(p[k] * z[k]) + lam * (over(p[k]) - 1)
    slope = collapse(differentiate(Derivative(lagrangian, p[j])))
    (best,) = solve(slope, p[j])
    (multiplier,) = solve(Eq(collapse(over(best.subs(j, k)).expand()), 1), lam)
    logits, _ = arrays(10)
    f = array_function(best.subs(lam, multiplier), [z], [j])
    close(f(logits), torch.softmax(torch.tensor(logits), -1))


# ---------------------------------------------------------------- torch and its gradients


def test_autograd_of_the_derived_softmax_is_the_derived_jacobian():
    logits, _ = arrays(10)
    f = array_function(softmax, [z], [i], lib="torch")
    w = torch.tensor(logits, requires_grad=True)
    assert torch.autograd.gradcheck(f, (w,))
    close(torch.func.jacrev(f)(w).detach(), array_function(derived_jacobian(), [z], [i, j])(logits))


# ---------------------------------------------------------------- the corners


def test_scalar_functions_are_elementwise():
    slope = differentiate(Derivative(1 / (1 + exp(-x)), x))
    points = np.linspace(-3, 3, 7).reshape(7, 1)
    p = torch.sigmoid(torch.tensor(points)).numpy()
    close(array_function(slope, [x])(points), p * (1 - p))
    assert array_function(slope, [x])(0.0) == 0.25


@pytest.mark.parametrize("lib", ["numpy", "torch"])
def test_types_stay(lib):
    f = array_function(sqrt(2) * softmax + Rational(1, 3) + pi, [z], [i], lib=lib)
    single = np.ones(3, np.float32) if lib == "numpy" else torch.ones(3)
    assert f(single).dtype == single.dtype
    whole = [1, 2, 3] if lib == "numpy" else torch.tensor([1, 2, 3])
    assert str(f(whole).dtype).endswith("float64")


@pytest.mark.parametrize("lib", ["numpy", "torch"])
def test_constants_have_the_shape_of_the_index(lib):
    value = np.arange(4.0) if lib == "numpy" else torch.arange(4.0)
    jacobian = collapse(differentiate(Derivative(z[i] * 2, z[j])))
    f = array_function(jacobian, [z], [i, j], n=n, lib=lib)
    with pytest.raises(ValueError, match="pass n"):
        f(value)
    g = array_function(over(z[k]) + jacobian, [z], [i, j], lib=lib)
    assert np.array_equal(np.asarray(g(value)), 6 + 2 * np.eye(4))
    size = array_function(jacobian, [n], [i, j], n=n, lib=lib)
    assert np.array_equal(np.asarray(size(3)), 2 * np.eye(3))


def test_other_ranges_products_and_cases():
    values = np.array([3.0, 1.0, 4.0, 1.5])
    compute = {
        Sum(v[k], (k, 1, n - 1)): values[1:].sum(),
        Sum(v[k + 1] - v[k], (k, 0, n - 2)): values[-1] - values[0],
        Sum(v[k] * KroneckerDelta(k, 0) + v[n - 1], (k, 0, n - 1)): values[0] + 4 * values[3],
        Product(v[k], (k, 0, n - 1)): values.prod(),
        over(over(v[k] * v[l], k), l): values.sum() ** 2,
        Sum(v[k] * v[l], (k, 0, n - 1), (l, 0, n - 1)): values.sum() ** 2,
        over(Max(v[k], 2)): np.maximum(values, 2).sum(),
        over(Piecewise((v[k], v[k] > 2), (0, True))): values[values > 2].sum(),
        over(1 + 0 * k) * v[0]: 12.0,
        over(k * v[k]): np.arange(4) @ values,
    }
    for e, expected in compute.items():
        for lib in ("numpy", "torch"):
            argument = values if lib == "numpy" else torch.tensor(values)
            close(array_function(e, [v], lib=lib)(argument), expected)


def test_a_false_range_is_no_wrong_number():
    with pytest.raises(IndexError, match=r"v\[k\] is outside its 4 entries"):
        array_function(Sum(v[k], (k, 1, n)), [v], n=n)(np.ones(4))
    with pytest.raises(IndexError, match=r"v\[k - 1\] is outside"):
        array_function(Sum(v[k - 1], (k, 0, n - 1)), [v], n=n)(np.ones(4))


def test_a_forgotten_argument_is_named():
    with pytest.raises(ValueError, match=r"^t: neither an argument nor an index"):
        array_function(over(t[k] * z[k]), [z])
    with pytest.raises(ValueError, match=r"^T: neither"):
        array_function(over(z[k] / T), [z])
    with pytest.raises(ValueError, match=r"^j: neither"):
        array_function(z[j], [z])


def test_bad_input_is_told_in_a_sentence():
    with pytest.raises(ValueError, match="lib is 'jax'"):
        array_function(z[j], [z], [j], lib="jax")
    with pytest.raises(TypeError, match=r"2 arguments are needed \(z, t\), not 1"):
        array_function(over(z[k] * t[k]), [z, t])(np.ones(3))
    with pytest.raises(ValueError, match="axis 0 of t has 4 entries where another argument has 3"):
        array_function(over(z[k] * t[k]), [z, t])(np.ones(3), np.ones(4))
    W = IndexedBase("W")
    with pytest.raises(ValueError, match="W has 2 indices, but its array has 1 axes"):
        array_function(over(W[k, k]), [W])(np.ones(3))
    with pytest.raises(ValueError, match="carry the derivative out first"):
        array_function(Derivative(softmax, z[j]), [z], [i, j])(np.ones(3))


@pytest.mark.parametrize("lib", ["numpy", "torch"])
def test_complex_numbers_do_not_lose_a_part(lib):
    moved = [1.0, 2.0 + 1e-20j]
    with pytest.raises(TypeError, match="an argument is complex"):
        array_function(softmax, [z], [i], lib=lib)(moved)


@pytest.mark.parametrize("lib", ["numpy", "torch"])
def test_an_empty_range_adds_nothing(lib):
    rest = array_function(Sum(v[k], (k, 1, n - 1)), [v], lib=lib)
    assert rest([[5.0], [7.0]]).tolist() == [0.0, 0.0]
    assert float(array_function(Product(v[k], (k, 1, n - 1)), [v], lib=lib)([5.0])) == 1.0


def test_one_class():
    assert array_function(softmax, [z], [i])(np.array([[5.0], [7.0]])).tolist() == [[1.0], [1.0]]
    folded = fold(s, z, Z)(softmax)
    assert folded == s[i]


@pytest.mark.parametrize("lib", ["numpy", "torch"])
def test_a_name_bound_twice_has_two_axes(lib):
    inner = z[i] - over(z[k] * z[i], k)
    f = array_function(z[i] - log(over(exp(inner), i)), [z], [i], lib=lib)
    logits = np.array([0.3, -1.0, 2.0])
    expected = logits - np.log(np.exp(logits - logits.sum() * logits).sum())
    np.testing.assert_allclose(np.asarray(f(logits)), expected, rtol=1e-14)
    shadowed = array_function(over(z[k] * over(z[k], k), k), [z], lib=lib)
    np.testing.assert_allclose(float(shadowed(logits)), logits.sum() ** 2, rtol=1e-14)


@pytest.mark.parametrize(("lib", "make"), [("numpy", np.asarray), ("torch", torch.as_tensor)])
def test_a_number_of_python_takes_the_type_of_the_arrays(lib, make):
    f = array_function(x * z[i], [z, x], [i], lib=lib)
    for name in ("float32", "float64"):
        value = f(make(np.array([1.0, 2.0], name)), 0.1)
        assert str(value.dtype).endswith(name)
        assert float(value[0]) == float(np.dtype(name).type(0.1))
    alone = array_function(x / 3, [x], lib=lib)
    assert float(alone(0.1)) == 0.1 / 3


@pytest.mark.parametrize("lib", ["numpy", "torch"])
def test_nan_has_no_case_and_no_sign(lib):
    cases = Piecewise((0, x < -1), (x, x < 1), (1, True))
    f = array_function(cases, [x], lib=lib)
    np.testing.assert_array_equal(
        np.asarray(f(np.array([-2, 0.5, 2, np.nan]))), [0, 0.5, 1, np.nan]
    )
    assert np.isnan(float(array_function(sign(x), [x], lib=lib)(np.nan)))


@pytest.mark.parametrize("lib", ["numpy", "torch"])
def test_every_relation_below_at_and_above(lib):
    expected = {Lt: "100", Le: "110", Gt: "001", Ge: "011", Eq: "010", Ne: "101"}
    for relation, held in expected.items():
        f = array_function(Piecewise((1, relation(x, 2)), (0, True)), [x], lib=lib)
        assert f([1.0, 2.0, 3.0]).tolist() == [float(one) for one in held]


@pytest.mark.parametrize("lib", ["numpy", "torch"])
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_one_class_where_a_size_less_one_is_nought(lib):
    one = np.array([2.0])
    for e, expected in [
        (z[0] / (n - 1), np.inf),
        (log(n - 1), -np.inf),
        (sqrt(n - 2), np.nan),
        (over(z[k]) / n**2, 2.0),
        (Sum(z[k], (k, 2, n - 2)), np.nan),
        (Sum(z[k], (k, 0, n - 2)), 0.0),
    ]:
        np.testing.assert_equal(float(array_function(e, [n, z], lib=lib)(1, one)), expected)

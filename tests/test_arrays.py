"""What is accepted, what is refused, and in which words: softact/_arrays.py."""

import array
import decimal
import inspect
import re

import numpy as np
import pytest
from numpy.exceptions import AxisError
from numpy.testing import assert_array_equal

import softact

ROWS = ["softmax", "log_softmax", "logsumexp", "softmax_jacobian", "log_softmax_jacobian"]
ELEMENTWISE = ["sigmoid", "sigmoid_prime", "log_sigmoid", "softplus", "logit"]
BY_NAME = {name: getattr(softact, name) for name in ROWS + ELEMENTWISE}
X = np.array([[0.25, 0.5, 0.75], [0.5, 0.125, 0.875]])
AXES = {"softmax": softact.softmax, "logsumexp": softact.logsumexp, "entropy": softact.entropy}


@pytest.fixture(params=BY_NAME)
def function(request):
    return BY_NAME[request.param]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floats_keep_their_dtype(function, dtype):
    got = function(X.astype(dtype))
    assert got.dtype == dtype
    assert_array_equal(got, function(X).astype(dtype))


@pytest.mark.parametrize("dtype", [">f4", "<f4", ">f8", ">f2"])
def test_foreign_byte_order_comes_back_native(function, dtype):
    got = function(X.astype(dtype))
    assert got.dtype == np.dtype(dtype).newbyteorder("=")
    assert got.dtype.isnative


@pytest.mark.parametrize("dtype", [bool, "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
def test_integers_and_booleans_become_float64(function, dtype):
    x = np.array([[1, 0, 1], [0, 0, 1]])
    got = function(x.astype(dtype))
    assert got.dtype == np.float64
    assert_array_equal(got, function(x.astype(float)))


@pytest.mark.parametrize(
    "wrong",
    [
        np.array([1j]),
        np.array(["1"]),
        np.array([decimal.Decimal(1)]),
        np.array([1], "M8[s]"),
        np.array([b"1"]),
        np.zeros(1, "V2"),
    ],
)
def test_what_is_not_real_is_refused_by_its_dtype(function, wrong):
    with pytest.raises(
        TypeError,
        match=f"must hold floats, integers or booleans, not {re.escape(str(wrong.dtype))}",
    ):
        function(wrong)


def test_masked_arrays_are_refused_rather_than_unmasked(function):
    with pytest.raises(TypeError, match="not a masked one"):
        function(np.ma.masked_less(X, 0.5))


def test_ragged_sequences_are_refused(function):
    with pytest.raises(ValueError, match="of one shape"):
        function([[1, 2], [3]])


class Unreadable:
    def __init__(self, error):
        self.error = error

    def __array__(self, dtype=None, copy=None):
        raise self.error("It has no numbers.")


@pytest.mark.parametrize("error", [TypeError, RuntimeError])
def test_what_numpy_cannot_read_is_refused_with_what_to_do(function, error):
    with pytest.raises(TypeError, match=r"^NumPy cannot read [xz]: It has no numbers\. \(.*detach"):
        function(Unreadable(error))


def test_sequences_and_buffers_are_arrays(function):
    want = function(X[0])
    for same in (X[0].tolist(), tuple(X[0]), memoryview(X[0]), array.array("d", X[0])):
        assert_array_equal(function(same), want)


LAYOUTS = {
    "every second": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "backwards": lambda x: x[..., ::-1].copy()[..., ::-1],
    "Fortran": np.asfortranarray,
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
    "read-only": lambda x: np.frombuffer(x.tobytes()).reshape(x.shape),
    "misaligned": lambda x: (
        np.frombuffer(b"." + x.tobytes(), "V8", offset=1).view("f8").reshape(x.shape)
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_gives_the_result_of_the_contiguous_copy(function, layout):
    x = LAYOUTS[layout](X)
    assert_array_equal(function(x), function(np.array(x, order="C")))


def test_input_is_never_written(function):
    x = np.array([[-800.0, 1e4, np.inf], [0.5, np.nan, 0.25]])
    before = x.copy()
    function(x)
    assert_array_equal(x, before)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_scalar_gives_a_numpy_scalar(name):
    for x in (0.5, np.array(0.5), np.float64(0.5)):
        assert type(BY_NAME[name](x)) is np.float64
    assert type(BY_NAME[name](np.float32(0.5))) is np.float32


@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("axis", [1, -2, (0, 1)])
def test_a_scalar_has_no_second_axis(name, axis):
    with pytest.raises(AxisError, match=r"^axis .* is out of bounds for an array of dimension 0"):
        AXES[name](0.5, axis)


@pytest.mark.parametrize("axis", [None, -1, 0])
def test_a_scalar_is_a_row_of_one(axis):
    for function, want in ((softact.softmax, 1), (softact.log_softmax, 0), (softact.logsumexp, 3)):
        got = function(3.0, axis)
        assert type(got) is np.float64
        assert got == want


def test_a_scalar_has_a_jacobian_of_one_entry():
    assert_array_equal(softact.softmax_jacobian(3.0), [[0]])


@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("axis", [2, 3, -3, (0, 2), (0, 0), (1, -1)])
def test_axes_that_do_not_exist_or_repeat(name, axis):
    with pytest.raises(AxisError, match=r"^axis .*(out of bounds|twice)"):
        AXES[name](X, axis)


@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("axis", [1.0, "0", (0, 1.0)])
def test_axes_that_are_no_integers(name, axis):
    with pytest.raises(TypeError, match=r"^axis must be an int, a tuple of ints or None"):
        AXES[name](X, axis)


@pytest.mark.parametrize("axis", [None, (0, 1), 0.0])
def test_matrices_need_a_single_axis(axis):
    with pytest.raises(TypeError, match=r"^axis must be an int"):
        softact.softmax_jacobian(X, axis)


def test_the_first_offending_position_is_named():
    with pytest.raises(ValueError, match=r"^p must be non-negative; got -0.5 at index \(1, 0\)$"):
        softact.entropy([[0.5, 0.5], [-0.5, -1]])
    with pytest.raises(ValueError, match=r"^q must be non-negative; got -1.0 at index 1$"):
        softact.kl_divergence([0.5, 0.5], [1, -1])
    with pytest.raises(ValueError, match=r"^y must be between 0 and 1; got 2.0$"):
        softact.sigmoid_cross_entropy(0, 2)


def test_nan_is_in_range_and_so_are_the_ends():
    slopes = softact.sigmoid_cross_entropy_grad([0, 0, 0], [np.nan, 0, 1])
    assert_array_equal(slopes, [np.nan, 0.5, -0.5])


OUT = [*ELEMENTWISE, "softmax", "log_softmax"]


@pytest.mark.parametrize("name", OUT)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
def test_out_is_filled_and_returned(name, dtype, order):
    x = X.astype(dtype)
    out = np.full(X.shape, 7, dtype, order)
    assert BY_NAME[name](x, out=out) is out
    assert_array_equal(out, BY_NAME[name](x))


@pytest.mark.parametrize("name", OUT)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_out_may_be_the_input(name, dtype):
    x = (np.array([[-800, 1e4, np.inf], [0.5, -1e4, 0.25]])).astype(dtype)
    want = BY_NAME[name](x)
    assert_array_equal(BY_NAME[name](x, out=x), want)


@pytest.mark.parametrize("name", OUT)
def test_out_may_be_an_array_without_dimensions(name):
    out = np.array(7.0)
    assert BY_NAME[name](0.5, out=out) is out
    assert out == BY_NAME[name](0.5)


@pytest.mark.parametrize("name", OUT)
def test_out_may_lie_between_the_entries_of_the_input(name):
    both = np.repeat(X, 2, axis=-1)
    BY_NAME[name](both[:, ::2], out=both[:, 1::2])
    assert_array_equal(both[:, 1::2], BY_NAME[name](X))
    assert_array_equal(both[:, ::2], X)


@pytest.mark.parametrize("name", OUT)
@pytest.mark.parametrize(
    ("out", "error", "message"),
    [
        (np.empty((3, 2)), ValueError, r"^out must have shape \(2, 3\), not \(3, 2\)$"),
        (np.empty((2, 2)), ValueError, r"^out must have shape \(2, 3\), not \(2, 2\)$"),
        (np.empty((2, 3), "f4"), TypeError, "^out must have dtype float64, not float32$"),
        ([[0.0] * 3] * 2, TypeError, "^out must be a plain array, not list$"),
        (np.ma.zeros((2, 3)), TypeError, "^out must be a plain array, not MaskedArray$"),
        (np.broadcast_to(0.0, (2, 3)), ValueError, "^out must be writeable"),
    ],
)
def test_out_that_does_not_fit(name, out, error, message):
    with pytest.raises(error, match=message):
        BY_NAME[name](X, out=out)


@pytest.mark.parametrize("name", OUT)
def test_out_that_is_wider_than_the_input(name):
    with pytest.raises(TypeError, match=r"^out must have dtype float32, not float64$"):
        BY_NAME[name](X.astype(np.float32), out=np.empty(X.shape))


@pytest.mark.parametrize("name", OUT)
def test_out_that_overlaps_in_part(name):
    memory, square = np.zeros(7), np.zeros((3, 3))
    pairs = [(memory[:-1], memory[1:]), (square, square.T)]
    for x, out in pairs + [pair[::-1] for pair in pairs]:
        with pytest.raises(ValueError, match=r"^out must be x itself or share no memory"):
            BY_NAME[name](x, out=out)


SIGNATURES = {
    **dict.fromkeys(ELEMENTWISE, "(x, out=None)"),
    **dict.fromkeys(["softmax", "log_softmax"], "(z, axis=-1, *, out=None, where=None)"),
    "logsumexp": "(z, axis=-1, keepdims=False, *, where=None)",
    **dict.fromkeys(["softmax_jacobian", "log_softmax_jacobian"], "(z, axis=-1)"),
    "softmax_jvp": "(z, v, axis=-1)",
    "softmax_vjp": "(z, g, axis=-1)",
    **dict.fromkeys(
        [f"cross_entropy{end}" for end in ("", "_grad", "_with_grad", "_hessian")],
        "(z, y, axis=-1, *, label_smoothing=0.0, weight=None, ignore_index=None, where=None)",
    ),
    **dict.fromkeys(
        [f"sigmoid_cross_entropy{end}" for end in ("", "_grad", "_with_grad", "_curvature")],
        "(x, y, *, pos_weight=1.0, where=None)",
    ),
    "entropy": "(p, axis=-1)",
    "set_num_threads": "(n)",
    "kl_divergence": "(p, q, axis=-1)",
    **dict.fromkeys(
        ["numerical_derivative", "numerical_jacobian"],
        f"(f, x, *, method='central', step={2**-10})",
    ),
}


@pytest.mark.parametrize("name", softact.__all__)
def test_what_may_be_given_by_position_by_name_and_not_at_all(name):
    signature = inspect.signature(getattr(softact, name))
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    assert str(inspect.Signature(bare)) == SIGNATURES[name]


@pytest.mark.parametrize("name", softact.__all__)
def test_help_tells_of_the_function_and_not_of_what_makes_it(name):
    function = getattr(softact, name)
    assert function.__name__ == name
    assert ">>>" in function.__doc__
    assert "See Also" in function.__doc__

import math
from functools import partial

import numpy as np
import pytest
import sympy
import torch
import torch.nn.functional as F
from torch import sigmoid as renamed

import softact
from evidence import array_function
from evidence.claims.shortcuts import shortcut
from softact import sigmoid

FORBIDDEN = ("softact", "torch", "gradient")


def naive(x):
    return 1 / (1 + np.exp(-x))


def helper(x):
    return sigmoid(x)


def innocent_helper(x):
    return naive(x) * (1 - naive(x))


def local_import(x):
    import torch as t

    return t.sigmoid(x)


def inner(x):
    def f(y):
        return sigmoid(y)

    return f(x)


def recursive(x):
    return x if x < 0 else recursive(x - 1)


SHORT = [
    sigmoid,
    torch.sigmoid,
    F.sigmoid,
    torch.nn.Sigmoid(),
    softact,
    lambda x: softact.sigmoid(x),
    lambda x: sigmoid(x),
    lambda x: renamed(x),
    lambda x: F.sigmoid(x),
    lambda x: helper(x),
    lambda x: np.gradient(x),
    lambda x: [sigmoid(v) for v in x],
    local_import,
    inner,
]
HONEST = [
    naive,
    innocent_helper,
    lambda x: innocent_helper(x),
    partial(naive),
    recursive,
    lambda x: array_function(x),
    np.exp,
    len,
    0.25,
    None,
    np.zeros(3),
    [0.5, 0.5],
    sympy.tanh(sympy.Symbol("x")),
    np.vectorize(naive),
    lambda x: math.fsum(np.vectorize(naive)(x)),
    lambda x: "softactive torchlight" + x,
]


@pytest.mark.parametrize("answer", SHORT)
def test_who_calls_what_was_to_be_written_is_told(answer):
    assert shortcut(answer, FORBIDDEN)
    assert shortcut(answer, ()) is None


@pytest.mark.parametrize("answer", HONEST)
def test_honest_answers_are_not_suspected(answer):
    assert shortcut(answer, FORBIDDEN) is None


def test_what_is_used_is_named():
    assert shortcut(lambda x: sigmoid(x), ["softact"]) == "softact._sigmoid.sigmoid"
    assert shortcut(lambda x: torch.exp(x), ["torch"]) == "torch"
    assert shortcut(lambda x: np.gradient(x), ["gradient"]) == "gradient"


def cheapest(x):
    return x


@pytest.mark.parametrize("answer", [cheapest, partial(cheapest), lambda x: cheapest(x)])
def test_a_helper_is_forbidden_by_its_name_however_it_is_given(answer):
    assert shortcut(answer, ["cheapest"])
    assert shortcut(answer, ["cheap", "est", "softact.cheapest"]) is None


@pytest.mark.parametrize(
    "answer", [np.logaddexp.reduce, partial(np.logaddexp.reduce), np.vectorize(np.logaddexp)]
)
def test_what_stands_around_a_forbidden_function_does_not_hide_it(answer):
    assert shortcut(answer, ["logaddexp"]) == "numpy.logaddexp"
    assert shortcut(answer, ["logaddexp2"]) is None


def test_one_function_of_a_package_is_forbidden_wherever_it_is_made():
    assert sigmoid.__module__ != "softact"
    assert shortcut(lambda x: sigmoid(x), ["softact.sigmoid"])
    assert shortcut(sigmoid, ["softact.sigmoid"])
    assert shortcut(sigmoid, ["softact.softmax"]) is None
    assert shortcut(sigmoid, ["soft.sigmoid"]) is None

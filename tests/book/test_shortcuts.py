import importlib
from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.special import expit
from torch import sigmoid as renamed

import softact
from softact import sigmoid
from softact.book import array_function
from softact.book.shortcuts import shortcut

FORBIDDEN = ("softact", "torch", "scipy", "gradient")


def naive(x):
    return 1 / (1 + np.exp(-x))


def helper(x):
    return sigmoid(x)


def innocent_helper(x):
    return naive(x) * (1 - naive(x))


def local_import(x):
    import torch as t

    return t.sigmoid(x)


def by_name(x):
    return importlib.import_module("torch.special").expit(x)


def inner(x):
    def f(y):
        return sigmoid(y)

    return f(x)


def closure():
    hidden = sigmoid

    def answer(x):
        return hidden(x)

    return answer


def default(x, f=sigmoid):
    return f(x)


def recursive(x):
    return x if x < 0 else recursive(x - 1)


SHORT = [
    sigmoid,
    torch.sigmoid,
    F.sigmoid,
    torch.nn.Sigmoid(),
    torch.tensor(0.5).sigmoid,
    expit,
    partial(torch.softmax, dim=-1),
    softact,
    lambda x: softact.sigmoid(x),
    lambda x: sigmoid(x),
    lambda x: renamed(x),
    lambda x: F.sigmoid(x),
    lambda x: expit(x),
    lambda x: helper(x),
    lambda x: np.gradient(x),
    lambda x: [sigmoid(v) for v in x],
    partial(lambda f, x: helper(x) + f, 1),
    local_import,
    by_name,
    inner,
    closure(),
    default,
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
    lambda x: "softactive torchlight" + x,
]


@pytest.mark.parametrize("answer", SHORT)
def test_short_cuts_are_noticed(answer):
    assert shortcut(answer, FORBIDDEN, [])


@pytest.mark.parametrize("answer", HONEST)
def test_honest_answers_are_not_suspected(answer):
    assert shortcut(answer, FORBIDDEN, []) is None


@pytest.mark.parametrize("answer", SHORT)
def test_nothing_is_forbidden_unless_it_is_said(answer):
    assert shortcut(answer, (), []) is None


def test_what_is_used_is_named():
    assert shortcut(lambda x: sigmoid(x), ["softact"], []) == "sigmoid of softact._sigmoid"
    assert shortcut(lambda x: torch.exp(x), ["torch"], []) == "torch"
    assert shortcut(lambda x: np.gradient(x), ["gradient"], []) == "gradient"


def test_the_check_itself_is_no_answer():
    reference = [naive]
    assert shortcut(naive, [], reference) == "the check itself"
    assert shortcut(lambda x: naive(x), [], reference) == "the check itself"
    assert shortcut(innocent_helper, [], [np.exp]) is None

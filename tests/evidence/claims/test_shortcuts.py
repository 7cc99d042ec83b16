import importlib
import inspect
import math
from functools import lru_cache, partial

import numpy as np
import pytest
import sympy
import torch
import torch.nn.functional as F
from scipy.special import expit
from torch import sigmoid as renamed

import softact
from evidence import array_function
from evidence.claims.shortcuts import shortcut
from softact import sigmoid

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


class Callable:
    def __call__(self, x):
        return sigmoid(x)


class Holder:
    static = staticmethod(sigmoid)

    def __init__(self):
        self.kept = sigmoid


class Own(Callable):
    """An answer of a class of its own, as a notebook defines it."""

    __module__ = "__main__"
    __call__ = Callable.__call__


LISTED, NAMED, HELD = [sigmoid], {"f": sigmoid}, Holder()
CALLABLE, VECTORIZED = Callable(), np.vectorize(lambda v: sigmoid(v))


@lru_cache
def cached(x):
    return sigmoid(x)


def keyword_default(x, *, f=sigmoid):
    return f(x)


def composed(x):
    return __import__("".join(["soft", "act"])).sigmoid(x)


def evaluated(x):
    return eval("sig" + chr(109) + "oid")(x)


def looked_up(x):
    return globals()["".join(["sig", "moid"])](x)


def through_sys(x):
    import sys

    return sys.modules["".join(["soft", "act"])].sigmoid(x)


def hooks():
    import evidence.claims.agreement as agreement

    agreement.gaps = lambda values, *_: np.zeros(values.shape)


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
    keyword_default,
    cached,
    lambda x: cached(x),
    VECTORIZED,
    lambda x: VECTORIZED(x),
    Own(),
    lambda x: CALLABLE(x),
    lambda x: Callable()(x),
    lambda x: LISTED[0](x),
    lambda x: NAMED["f"](x),
    lambda x: HELD.kept(x),
    lambda x: Holder.static(x),
    partial(lambda f, x: f(x), sigmoid),
    composed,
    evaluated,
    looked_up,
    through_sys,
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


def test_the_engine_may_be_called_but_not_exchanged():
    assert shortcut(hooks, [], [naive]) == "the check itself"
    assert shortcut(lambda x: array_function(x), [], [naive]) is None


def test_the_check_is_not_reached_by_a_back_door():
    def frames(_):
        return inspect.currentframe().f_back.f_locals["expected"]

    assert shortcut(frames, [], [naive]) == "inspect"

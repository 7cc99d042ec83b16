"""Sigmoid, softmax and cross-entropy on NumPy arrays, accurate to a few units in the last place."""

from softact._cross_entropy import (
    cross_entropy,
    cross_entropy_grad,
    cross_entropy_hessian,
    cross_entropy_with_grad,
)
from softact._entropy import entropy, kl_divergence
from softact._numdiff import numerical_derivative, numerical_jacobian
from softact._sigmoid import log_sigmoid, logit, sigmoid, sigmoid_prime, softplus
from softact._sigmoid_cross_entropy import (
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_curvature,
    sigmoid_cross_entropy_grad,
    sigmoid_cross_entropy_with_grad,
)
from softact._softmax import (
    log_softmax,
    log_softmax_jacobian,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
    softmax_vjp,
)
from softact._threads import set_num_threads

__all__ = [
    "cross_entropy",
    "cross_entropy_grad",
    "cross_entropy_hessian",
    "cross_entropy_with_grad",
    "entropy",
    "kl_divergence",
    "log_sigmoid",
    "log_softmax",
    "log_softmax_jacobian",
    "logit",
    "logsumexp",
    "numerical_derivative",
    "numerical_jacobian",
    "set_num_threads",
    "sigmoid",
    "sigmoid_cross_entropy",
    "sigmoid_cross_entropy_curvature",
    "sigmoid_cross_entropy_grad",
    "sigmoid_cross_entropy_with_grad",
    "sigmoid_prime",
    "softmax",
    "softmax_jacobian",
    "softmax_jvp",
    "softmax_vjp",
    "softplus",
]
__version__ = "0.2.0"

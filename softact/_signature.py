"""One list of parameters for functions that take the same and return different things."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Problem = TypeVar("Problem")
Answer = TypeVar("Answer")


def takes(
    problem: Callable[Given, Problem],
) -> Callable[[Callable[[Problem], Answer]], Callable[Given, Answer]]:
    """Make public functions from answers to a problem: each takes what `problem` takes."""

    def make(answer: Callable[[Problem], Answer]) -> Callable[Given, Answer]:
        @functools.wraps(answer)
        def function(*arguments: Given.args, **options: Given.kwargs) -> Answer:
            return answer(problem(*arguments, **options))

        returned = inspect.signature(answer).return_annotation
        function.__annotations__ = problem.__annotations__ | {"return": returned}
        signature = inspect.signature(problem).replace(return_annotation=returned)
        function.__signature__ = signature  # type: ignore[attr-defined]  # what help() shows
        return function

    return make

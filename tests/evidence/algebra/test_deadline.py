"""A computation that takes too long is stopped, in any thread."""

import contextlib
import threading
import time

import pytest

from evidence.algebra.deadline import AGAIN, TimeUp, in_time


def spin():
    while True:
        pass


def test_a_loop_is_stopped():
    start = time.perf_counter()
    with pytest.raises(TimeUp):
        in_time(0.05, spin)
    assert time.perf_counter() - start < 5


def test_what_is_in_time_runs_through():
    assert in_time(60, lambda: sum(range(1000))) == 499500


def test_nothing_arrives_later():
    for _ in range(300):
        with contextlib.suppress(TimeUp):
            in_time(0.0005, lambda: time.sleep(0.0005))
    end = time.perf_counter() + 2 * AGAIN
    while time.perf_counter() < end:
        pass


def test_a_swallowed_exception_comes_again():
    swallowed = []

    def greedy():
        try:
            spin()
        except TimeUp as error:
            swallowed.append(error)
        spin()

    with pytest.raises(TimeUp):
        in_time(0.05, greedy)
    assert len(swallowed) == 1


def test_another_thread():
    caught = []

    def work():
        try:
            in_time(0.05, spin)
        except TimeUp as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert len(caught) == 1


def test_an_inner_deadline_leaves_the_outer_one_alone():
    def outer():
        with pytest.raises(TimeUp):
            in_time(0.05, spin)
        return sum(range(10))

    assert in_time(60, outer) == 45


def test_errors_pass_through():
    with pytest.raises(ZeroDivisionError):
        in_time(60, lambda: 1 / 0)

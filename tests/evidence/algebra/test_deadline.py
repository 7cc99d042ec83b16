"""A computation that takes too long is stopped, in any thread."""

import contextlib
import sys
import threading
import time

import pytest

from evidence.algebra.deadline import AGAIN, TimeUp, in_time


def spin():
    while True:
        pass


def spin_for_half_a_millisecond():
    end = time.thread_time() + 0.0005
    while time.thread_time() < end:
        pass


def test_a_loop_is_stopped():
    start = time.perf_counter()
    with pytest.raises(TimeUp):
        in_time(0.05, spin)
    assert time.perf_counter() - start < 5


def test_waiting_is_not_counted():
    assert in_time(0.05, lambda: time.sleep(0.3)) is None


def test_the_work_of_another_thread_is_not_counted():
    end = time.perf_counter() + 1

    def busy():
        while time.perf_counter() < end:
            pass

    other = threading.Thread(target=busy)
    other.start()
    try:
        assert in_time(0.3, other.join) is None
    finally:
        other.join()


def calls_itself():
    while True:
        contextlib.nullcontext()


def test_a_system_without_threads(monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(TimeUp):
        in_time(0.05, calls_itself)
    assert sys.getprofile() is None
    assert in_time(60, lambda: sum(range(1000))) == 499500


def test_what_is_in_time_runs_through():
    assert in_time(60, lambda: sum(range(1000))) == 499500


def test_nothing_arrives_later():
    for _ in range(300):
        with contextlib.suppress(TimeUp):
            in_time(0.0005, spin_for_half_a_millisecond)
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

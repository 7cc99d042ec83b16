"""Any number of threads gives the same bits, and none is started in vain: softact/_threads.py."""

import os
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import softact
from softact import _threads
from softact._driver import BLOCK


@pytest.fixture(autouse=True)
def three_threads():
    before = softact.set_num_threads(3)
    yield
    softact.set_num_threads(before)


@pytest.fixture
def started(monkeypatch):
    """List the threads that are started."""
    threads = []
    start = threading.Thread.start

    def noted(self):
        threads.append(self)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", noted)
    return threads


def logits(shape, dtype=np.float64, scale=5.0):
    return (scale * np.random.default_rng(0).normal(size=shape)).astype(dtype)


def labels(z, axis):
    return np.arange(z.size // z.shape[axis]).reshape(np.delete(z.shape, axis)) % z.shape[axis]


ROWS = {
    "softmax": softact.softmax,
    "log_softmax": softact.log_softmax,
    "logsumexp": softact.logsumexp,
    "softmax_vjp": lambda z, axis: softact.softmax_vjp(z, z[::-1], axis),
    "cross_entropy": lambda z, axis: np.concatenate(
        [part.ravel() for part in softact.cross_entropy_with_grad(z, labels(z, axis), axis)]
    ),
    "soft targets": lambda z, axis: softact.cross_entropy_grad(
        z, softact.softmax(z[::-1], axis), axis
    ),
    "sigmoid": lambda z, _: softact.sigmoid(z),
    "sigmoid_cross_entropy": lambda z, _: softact.sigmoid_cross_entropy(z, 0.25),
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize(
    ("shape", "dtype", "scale", "axis"),
    [
        ((700, 1000), np.float64, 5, -1),
        ((700, 1000), np.float32, 5, 0),
        ((700, 1000), np.float64, 500, 0),
        ((3, BLOCK + 5), np.float32, 500, -1),
        ((1, 5 * BLOCK + 7), np.float64, 5, -1),
        ((1, 5 * BLOCK + 7), np.float64, 500, -1),
        ((BLOCK, 3), np.float32, 5, -1),
        ((4, BLOCK // 3, 2), np.float64, 5, 1),
    ],
)
def test_every_bit_is_the_same(name, shape, dtype, scale, axis, started):
    z = logits(shape, dtype, scale)
    softact.set_num_threads(1)
    want = ROWS[name](z, axis)
    assert not started
    for n in (2, 3, 7):
        softact.set_num_threads(n)
        assert_array_equal(ROWS[name](z, axis), want)
    assert started


def test_as_many_threads_as_asked_for_and_no_more_than_pieces(started):
    z = logits(8 * BLOCK).reshape(-1, 64)
    for n in (1, 2, 3, 7):
        softact.set_num_threads(n)
        started.clear()
        softact.softmax(z)
        assert len(started) == n - 1  # this one works too
    started.clear()
    softact.softmax(z[: 2 * BLOCK // 64])
    assert len(started) == 1


def test_a_thread_that_has_a_piece_starts_no_more(started):
    softact.softmax(logits((3, 2 * BLOCK)))
    assert len(started) == 2


def test_no_thread_for_what_is_small(started):
    for z in (0.5, logits((64, 10)), logits((128, 1024)), logits((1, BLOCK))):
        softact.softmax(z)
        softact.log_softmax(z + 1e4)
        softact.sigmoid(z)
    assert not started


def run(code, **environment):
    """Run a program and return what it prints."""
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_no_thread_at_import():
    assert run("import softact, threading; print(threading.active_count())") == "1"


@pytest.mark.parametrize(
    ("value", "limit"),
    [("3", 3), (" 2 ", 2), ("4,2", 4), ("", None), ("0", None), ("-1", None), ("all", None)],
)
def test_the_environment_variable(value, limit):
    code = "import softact; print(softact.set_num_threads(1))"
    assert run(code, OMP_NUM_THREADS=value) == str(limit)


def test_all_cores_without_a_limit(monkeypatch, started):
    assert softact.set_num_threads(None) == 3
    monkeypatch.setattr(_threads, "_cores", lambda: 5)
    softact.sigmoid(logits(8 * BLOCK))
    assert len(started) == 4


def test_cores_are_those_of_this_process(monkeypatch):
    cores = {0: {1, 4, 6}}  # the process 0 is this one
    monkeypatch.setattr(os, "sched_getaffinity", cores.__getitem__, raising=False)
    assert _threads._cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 9)
    assert _threads._cores() == 9
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert _threads._cores() == 1


def test_the_number_of_threads_is_a_positive_integer():
    for n in (0, -1):
        with pytest.raises(ValueError, match=f"^n must be at least 1, or None for all .*, not {n}"):
            softact.set_num_threads(n)
    for n in (1.5, "2"):
        with pytest.raises(TypeError, match="integer"):
            softact.set_num_threads(n)
    assert softact.set_num_threads(3) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_works_alone():
    code = f"""
import os, softact, numpy as np, threading
softact.set_num_threads(3)
z = np.zeros({4 * BLOCK})
softact.sigmoid(z)
threading.Thread.start = None  # what would start one fails
child = os.fork()
if child == 0:
    softact.sigmoid(z)
    os._exit(10 + softact.set_num_threads(None))  # 1 would be that of any failure
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), softact.set_num_threads(None))
"""
    assert run(code) == "11 3"


def test_the_settings_of_numpy_hold_in_every_thread():
    seen = []

    def task(_):
        seen.append((np.geterr()["over"], np.getbufsize(), threading.current_thread()))
        barrier.wait()

    barrier = threading.Barrier(3)
    with np.errstate(over="raise"):
        np.setbufsize(512)
        _threads.in_parallel(task, range(3))
    assert {(over, size) for over, size, _ in seen} == {("raise", 512)}
    assert len({thread for *_, thread in seen}) == 3


def test_no_warning_from_any_thread():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        softact.softmax(np.array([[np.inf, -np.inf, 1e308, np.nan]] * BLOCK))


@pytest.mark.parametrize("failure", [ValueError("no"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["here", "there"])
def test_what_a_thread_raises_ends_the_call(failure, where):
    here = threading.current_thread()
    done = []
    waiting = threading.Event()

    def task(place):
        if (threading.current_thread() is here) is (where == "here"):
            waiting.set()
            raise failure
        waiting.wait()
        done.append(place)

    softact.set_num_threads(2)
    with pytest.raises(type(failure)) as caught:
        _threads.in_parallel(task, range(1000))
    assert caught.value is failure
    assert len(done) < 500  # the other thread had all the rest to itself


def test_of_several_failures_the_first_is_raised():
    both_work, first = threading.Barrier(2), ValueError("first")

    def task(place):
        both_work.wait()
        if place == 0:
            raise first
        time.sleep(0.2)
        raise ValueError("second")

    with pytest.raises(ValueError, match="first") as caught:
        _threads.in_parallel(task, range(2))
    assert caught.value is first


def test_an_interruption_while_waiting_ends_the_call(monkeypatch):
    """As Ctrl+C does, when this thread has nothing left to do and another has."""
    join, interruptions = threading.Thread.join, [KeyboardInterrupt()]

    def interrupted(self):
        if interruptions:
            raise interruptions.pop()
        join(self)

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        softact.sigmoid(np.zeros(8 * BLOCK))
    assert not interruptions


def test_where_no_thread_can_be_had_this_one_does_it_all(monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    z = logits((40, BLOCK // 8))
    want = softact.softmax(z)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert_array_equal(softact.softmax(z), want)


def test_results_come_in_order():
    assert _threads.in_parallel(lambda n: n * n, range(100)) == [n * n for n in range(100)]
    assert _threads.in_parallel(str, []) == []

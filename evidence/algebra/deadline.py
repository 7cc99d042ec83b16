"""Stop a computation that takes too long, on every system and in every thread.

A timer raises `TimeUp` inside the running thread. Unlike an alarm signal, that works on Windows,
outside the main thread and beside another user of the alarm, such as a test runner. It takes effect
between two instructions of Python, which is where SymPy spends its time.
"""

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

AGAIN = 0.5  # seconds until the next attempt, should some code have swallowed the first


class TimeUp(BaseException):
    """Raised in the middle of a computation; not an Exception, so that no handler there eats it."""


def in_time(seconds: float, work: Callable[[], Result]) -> Result:
    """Return what `work` returns; raise `TimeUp` when that takes longer than `seconds`."""
    watch = _Watch(seconds)
    try:
        try:
            watch.timer.start()
            return work()
        finally:
            watch.stop()
    except TimeUp:
        # It may have struck before the line above was reached; the next one is half a second away.
        watch.stop()
        raise


class _Watch:
    """The timer of one computation."""

    def __init__(self, seconds: float) -> None:
        self.thread = threading.get_ident()
        self.stopped = threading.Event()
        self.lock = threading.RLock()
        self.timer = threading.Thread(target=self._run, args=(seconds,), daemon=True)

    def _run(self, seconds: float) -> None:
        while not self.stopped.wait(seconds):
            with self.lock:
                if not self.stopped.is_set():
                    _raise_in(self.thread, TimeUp)
            seconds = AGAIN

    def stop(self) -> None:
        """End the timer and take back an exception that has not arrived yet."""
        with self.lock:
            self.stopped.set()
            _raise_in(self.thread, None)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    target = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), target)

"""Stop a computation that uses too much processor time, on every system and in every thread.

A second thread reads the clock of the first and raises `TimeUp` inside it. Unlike an alarm signal,
that works on Windows, outside the main thread and beside another user of the alarm, such as a test
runner. It takes effect between two instructions of Python, which is where SymPy spends its time.
Time that other programs take is not counted: a busy machine makes no true step too slow.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

AGAIN = 0.5  # seconds until the next attempt, should some code have swallowed the first
BREATH = 0.001  # the least wait between two looks at the clock


class TimeUp(BaseException):
    """Raised in the middle of a computation; not an Exception, so that no handler there eats it."""


class _Recall(BaseException):
    """Takes the place of a `TimeUp` that is no longer wanted."""


def in_time(seconds: float, work: Callable[[], Result]) -> Result:
    """Return what `work` returns; raise `TimeUp` when that takes the processor too long."""
    watch = _Watch(seconds)
    try:
        try:
            if not watch.starts():
                return _looking_at_every_call(seconds, work)
            return work()
        finally:
            watch.stop()
    except TimeUp:
        # It may have struck before the line above was reached; the next one is half a second away.
        watch.stop()
        raise


def _looking_at_every_call(seconds: float, work: Callable[[], Result]) -> Result:
    """Do without a second thread, as in WebAssembly; slower, and blind to a loop without calls."""
    end = time.process_time() + seconds

    def look(*_: object) -> None:
        if time.process_time() > end:
            raise TimeUp

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        return work()
    finally:
        sys.setprofile(before)


def _clock_of_this_thread() -> Callable[[], float]:
    """Return what any thread may ask for the processor time of this one."""
    if sys.platform == "linux":
        clock = time.pthread_getcpuclockid(threading.get_ident())
        return lambda: time.clock_gettime(clock)
    return time.process_time  # of all threads: nearest to it where a thread has no clock


class _Watch:
    """The timer of one computation."""

    def __init__(self, seconds: float) -> None:
        self.thread = threading.get_ident()
        self.clock = _clock_of_this_thread()
        self.end = self.clock() + seconds
        self.stopped = threading.Event()
        self.lock = threading.RLock()
        self.has_raised = False

    def starts(self) -> bool:
        """Begin to watch; False where the system has no threads."""
        try:
            threading.Thread(target=self._run, daemon=True).start()
        except RuntimeError:
            self.stopped.set()
        return not self.stopped.is_set()

    def _run(self) -> None:
        while not self.stopped.wait(max(self.end - self._now(), BREATH)):
            with self.lock:
                if not self.stopped.is_set() and self._now() >= self.end:
                    self.has_raised = True
                    _raise_in(self.thread, TimeUp)
                    self.end = self._now() + AGAIN

    def _now(self) -> float:
        """Return the time of the thread, which has no clock any more once it has ended."""
        try:
            return self.clock()
        except OSError:
            return self.end

    def stop(self) -> None:
        """End the timer and take back an exception that has not arrived yet."""
        with self.lock:
            self.stopped.set()
        if self.has_raised:
            # Python cannot withdraw one; None in its place would leave a flag set for good.
            try:
                _raise_in(self.thread, _Recall)
                while True:
                    pass
            except _Recall:
                return


def _raise_in(thread: int, error: type[BaseException]) -> None:
    import ctypes  # WebAssembly may lack it

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))

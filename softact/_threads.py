"""All cores for what is large: independent pieces, shared out among a few threads.

NumPy's loops let other threads run. Threads live for one call, so that none is there to be lost in
a fork; each piece is computed as it would be alone, so that the results do not depend on who does.
"""

from __future__ import annotations

import operator
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
END = -1
_here = threading.local()  # a thread that works on a piece starts no more


def _number_at_start() -> int | None:
    """Read OMP_NUM_THREADS, whose first number is that of the outermost level; None is all."""
    first = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return int(first) if first.isdecimal() and int(first) else None


_limit = _number_at_start()


def set_num_threads(n: int | None) -> int | None:
    """Use at most `n` threads from now on, or as many as there are cores; return what was so far.

    None, the default, means every core that this process may use, unless the environment variable
    OMP_NUM_THREADS said otherwise when softact was imported. Forked processes start with 1. The
    number of threads changes no bit of a result. Where no array, given or returned, has more than
    131,072 numbers, one is enough, and so it is for 8 to 512 rows that are columns in memory, none
    of them longer than that.

    >>> before = set_num_threads(1)
    >>> set_num_threads(before)
    1

    See Also
    --------
    softmax : one of the functions that it is about; it is about all
    """
    global _limit
    if n is not None and operator.index(n) < 1:
        raise ValueError(f"n must be at least 1, or None for all cores, not {n}")
    before, _limit = _limit, n
    return before


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=lambda: set_num_threads(1))


def _cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_parallel(task: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return the task's result for each item, in order; whatever it raises first ends the call."""
    busy = getattr(_here, "busy", False)
    count = 1 if busy else min(len(items), _limit or _cores())
    if count <= 1:
        return [task(item) for item in items]
    results: list[Any] = [None] * len(items)
    todo = deque([*range(len(items)), *[END] * count])  # each thread takes one END
    failures: list[BaseException] = []
    helpers: list[threading.Thread] = []

    def work() -> None:
        _here.busy = True
        try:
            for place in iter(todo.popleft, END):
                results[place] = task(items[place])
                if failures:
                    return
        except BaseException as failure:
            failures.append(failure)
        finally:
            _here.busy = False

    try:
        _start(helpers, work, count - 1)
        work()
        _join(helpers)
    except BaseException as failure:  # Ctrl+C finds this thread waiting
        failures.append(failure)
        _join(helpers)
    if failures:
        raise failures[0]
    return results


def _start(helpers: list[threading.Thread], work: Callable[[], None], count: int) -> None:
    """Start threads that see NumPy's settings as this one does, fewer where no more may be had."""
    for _ in range(count):
        helper = threading.Thread(target=copy_context().run, args=[work])
        try:
            helper.start()
        except RuntimeError:  # WebAssembly, a limit of the system, or Python is about to end
            return
        helpers.append(helper)


def _join(helpers: list[threading.Thread]) -> None:
    for helper in helpers:
        helper.join()

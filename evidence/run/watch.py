"""Note every file that a process opens: the start-up file of the kernels that run chapters.

What a chapter depends on is what it has read, by whatever way: a module, a table, another chapter.
"""

import os
import sys


def _watch(report: str) -> None:
    out = open(report, "a", encoding="utf-8", buffering=1)  # noqa: SIM115, PTH123
    seen = set()

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event == "open" and isinstance(args[0], str) and args[0] not in seen:
            seen.add(args[0])
            out.write(os.path.abspath(args[0]) + "\n")  # noqa: PTH100

    sys.addaudithook(hook)


if "EVIDENCE_WATCH" in os.environ:
    _watch(os.environ["EVIDENCE_WATCH"])

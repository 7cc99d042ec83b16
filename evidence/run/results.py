"""What another chapter derived, without running its checks and plots.

``results("softmax_jacobian").J`` runs the cells of that chapter that are tagged ``derive``, once
per process, and displays nothing: a formula that two chapters need is derived in one of them only.
"""

from __future__ import annotations

import traceback
from functools import cache
from pathlib import Path
from types import ModuleType

from evidence.page.records import recording
from evidence.run.chapter import DERIVE, code_cells, path_of

_under_way: list[str] = []


class ChapterError(RuntimeError):
    """Another chapter's results cannot be had."""


def results(chapter: str) -> ModuleType:
    """Return the names that the ``derive`` cells of ``chapter`` define."""
    path = path_of(chapter).resolve()
    if chapter in _under_way:
        circle = " needs ".join([*_under_way[_under_way.index(chapter) :], chapter])
        raise ChapterError(f"these chapters wait for each other: {circle}")
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.md"))) or "none"
        raise ChapterError(f"there is no chapter {chapter!r} in {path.parent}; there are: {known}")
    return _run(path)


def forget() -> None:
    """Derive anew what is asked for from now on: what was kept rests on the code of its time."""
    _run.cache_clear()


@cache
def _run(path: Path) -> ModuleType:
    cells = [c for c in code_cells(path.read_text(encoding="utf-8")) if DERIVE in c.tags]
    if not cells:
        raise ChapterError(f"chapter {path.stem!r} has no cell tagged {DERIVE}")
    module = ModuleType(path.stem, f"The results of {path.name}.")
    _under_way.append(path.stem)
    try:
        with recording():
            for cell in cells:
                cell.run(path, vars(module))
    except ChapterError:
        raise
    except Exception as error:
        raise ChapterError(
            f"{path.name}, line {_line(error, path)}: {type(error).__name__}: {error} "
            f"(of a chapter's cells, only those tagged {DERIVE} are run here)"
        ) from error
    finally:
        _under_way.pop()
    return module


def _line(error: Exception, path: Path) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return [frame.lineno for frame in frames if frame.filename == str(path)][-1]

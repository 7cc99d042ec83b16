"""Grade what a reader writes on a page, in an interpreter that the page itself runs.

The build hands over, for each exercise of a chapter, the statements that it needs
(`evidence.run.needed`). They are run once, in silence: their claims have been judged by the build.
Then the answer is run as it would be in the notebook, and the exercise grades it. While a reader
thinks, the page has the other exercises got ready, in parts that nobody has to wait for.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import json
import linecache
import os
import re
import sys
import time
import traceback
import types
from collections.abc import Iterator, Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

from evidence.claims.claim import NotHere
from evidence.claims.exercise import Exercise
from evidence.page.records import Record, is_settled, recording, settled

ANSWER, TRIED = "your answer", "your code"
FOLDER = Path("/book/chapters")
IN, OUT = Path("/in"), Path("/out")  # what the worker writes, and reads
ABSENT = {
    "cycler": "matplotlib",
    "evidence.page.svg": "matplotlib",
    "IPython": "IPython",
    "flint": "python-flint",
    "matplotlib": "matplotlib",
    "ml_dtypes": "ml_dtypes",
    "scipy": "SciPy",
    "torch": "PyTorch",
}
LATER = ("sympy", "evidence.algebra", "numpy.testing", "unicodedata", "doctest", "unittest")
LONGEST = 4_000  # characters that are printed on the page
PART = 0.05  # seconds of getting ready at a time; a single statement may take longer
FORMULA = re.compile(r"\$([^$]+)\$")
RIGHT, WRONG, ERROR = "accepted", "refused", "error"


_asked_for: set[str] = set()  # what was missing when the last answer was graded


def absent(module: str) -> str:
    """Name the library that is not here to which a module belongs."""
    return next((ABSENT[each] for each in ABSENT if f"{module}.".startswith(f"{each}.")), "")


class Missing(types.ModuleType):
    """A library that is not here, or a part of it: it can be named, not used."""

    def __getattr__(self, name: str) -> Missing:
        """Name a part."""
        if name.startswith("__"):
            raise AttributeError(name)
        part = Missing(f"{self.__name__}.{name}")
        part.__module__ = self.__name__
        return part

    def __instancecheck__(self, _: object) -> bool:
        """Nothing here is of its kinds."""
        return False

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Say that it is missing; in a chapter's own code wait until the value is used."""
        if not is_settled():
            return self._say()
        return Missing(f"{self.__name__}.called")

    def _say(self, *_: Any) -> Any:
        library = absent(self.__name__)
        _asked_for.add(library)
        raise NotHere(f"{library} is not in this page: open the chapter as a notebook for it")

    __array__ = __bool__ = __float__ = __getitem__ = __int__ = __iter__ = __len__ = _say
    __add__ = __mul__ = __neg__ = __pow__ = __radd__ = __rmul__ = __rsub__ = __sub__ = _say
    __enter__ = __exit__ = __rtruediv__ = __setitem__ = __truediv__ = _say


class Finder:
    """Finds, in place of a library that is not here, what can be named and not used."""

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        """Answer for the libraries in question."""
        if not absent(name):
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> Missing:
        """Make the module."""
        return Missing(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Leave it as it is."""


class Chapter:
    """What a page may ask of a chapter."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.path = FOLDER / f"{given['chapter']}.md"
        self.statements: list[tuple[int, str]] = given["statements"]
        self.exercises: dict[str, list[int]] = given["exercises"]
        self.at_hand: list[int] = given["at_hand"]
        self.prepared: dict[str, dict[str, Any]] = {}
        self.parts: dict[str, Iterator[None]] = {}
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in given["files"].items():
            file = FOLDER / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("latin-1"))
        os.chdir(FOLDER)

    def names(self, exercise: str) -> dict[str, Any]:
        """Return the names of the chapter as they are where the exercise stands."""
        while exercise not in self.prepared:
            self.prepare(exercise)
        return self.prepared[exercise]

    def prepare(self, exercise: str) -> bool:
        """Do a part of what an exercise needs before it can grade; tell whether there is more."""
        parts = self.parts.setdefault(exercise, self._parts(exercise))
        end = time.monotonic() + PART
        try:
            for _ in parts:
                if time.monotonic() > end:
                    return True
        except BaseException:
            del self.parts[exercise]  # it begins anew, when SymPy has come
            raise
        return False

    def _parts(self, exercise: str) -> Iterator[None]:
        """Run the statements that an exercise needs, one at a time, and let it rehearse."""
        names: dict[str, Any] = {"__name__": "__main__"}
        left_out: tuple[type[Exception], ...] = (NotHere,)  # a figure, or PyTorch's own value
        for k in self.exercises[exercise] if exercise else self.at_hand:
            line, code = self.statements[k]
            above = "\n" * (line - 1)
            try:
                with settled(), recording(), contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(above + code, str(self.path), "exec"), names)
            except left_out:
                left_out = (NotHere, NameError)  # what follows from it
            yield
        self.prepared[exercise] = names
        posed = [e for e in names.values() if isinstance(e, Exercise) and e.id == exercise]
        with contextlib.suppress(Exception):  # whatever it is, the reader's own answer meets it
            for each in posed:
                yield from each.rehearse()


def graded(chapter: Chapter, exercise: str, text: str) -> dict[str, str]:
    """Run an answer and return the verdict, in the exercise's own words."""
    names = chapter.names(exercise)
    before = dict(names)
    printed = io.StringIO()
    _asked_for.clear()
    try:
        with recording() as records, told(text, ANSWER), contextlib.redirect_stdout(printed):
            exec(compile(text, ANSWER, "exec"), names)
        verdict, message = found(records, exercise)
    except BaseException as error:
        if needs := absent_tier(error):
            return {"needs": needs}
        verdict = ERROR
        message = f"{error}." if isinstance(error, NotHere) else described(error, ANSWER)
    finally:
        names.clear()
        names.update(before)
    left_out = ", ".join(sorted(_asked_for))
    return {
        "verdict": verdict,
        "message": message,
        "printed": shown(printed),
        "left_out": left_out,
    }


def found(records: Sequence[Record], exercise: str) -> tuple[str, str]:
    """Find the grade among what the answer made the page's objects say."""
    asked = [r for r in records if r["kind"] == "exercise" and r["id"] == exercise]
    for record in reversed(asked):
        if record["event"] in ("graded", "solved"):
            right = record["outcome"] == "accepted"
            return RIGHT if right else WRONG, plain(record["message"])
    return WRONG, "Nothing was graded: keep the line that ends in .grade(…)."


def plain(message: str) -> str:
    r"""Write the formulas of a message without TeX's signs.

    >>> plain(r"Not yet. Hint: $\log s_i$ counts $t_i$ times.")
    'Not yet. Hint: log s_i counts t_i times.'
    """
    return FORMULA.sub(lambda found: re.sub(r"\\|[{}]", "", found[1]), message)


def tried(chapter: Chapter, text: str) -> dict[str, str]:
    """Run some code among the names of the chapter, and return what it prints."""
    printed = io.StringIO()
    try:
        names = chapter.names("")
        with told(text, TRIED), contextlib.redirect_stdout(printed):
            value = run(text, names)
            if value is not None:
                sys.stdout.write(f"{value!r}\n")
        return {"printed": shown(printed)}
    except BaseException as error:
        if needs := absent_tier(error):
            return {"needs": needs}
        return {"printed": shown(printed), "message": described(error, TRIED)}


def shown(printed: io.StringIO) -> str:
    """Return what was printed, or the beginning of much."""
    text = printed.getvalue().rstrip()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def run(text: str, names: dict[str, Any]) -> Any:
    """Run code, and return the value of its last line if that is an expression."""
    tree = ast.parse(text, TRIED)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, TRIED, "exec"), names)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), TRIED, "exec"), names)
    return eval(compile(ast.Expression(last.value), TRIED, "eval"), names)


@contextlib.contextmanager
def told(text: str, name: str) -> Iterator[None]:
    """Let tracebacks and `inspect` find the lines of a text."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    yield


def absent_tier(error: BaseException) -> str:
    """Name what the page has to load first: SymPy comes when it is asked for."""
    name = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    later = any(f"{name}.".startswith(f"{each}.") for each in LATER)
    return "sympy" if name and later and f"{LATER[0]}.core" not in sys.modules else ""


def described(error: BaseException, name: str) -> str:
    """Say in a line what stopped the code, and at which of its lines."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return f"{type(error).__name__} in line {error.lineno}: {error.msg}."
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == name]
    at = f" in line {lines[-1]}" if lines else ""
    text = str(error)
    return f"{type(error).__name__}{at}: {text}" if text else f"{type(error).__name__}{at}."


_chapters: dict[str, Chapter] = {}


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do what the page asks."""
    if "open" in request:
        _chapters[request["open"]["chapter"]] = Chapter(request["open"])
        return {}
    chapter = _chapters[request["chapter"]]
    try:
        if "prepare" in request:
            return {"more": chapter.prepare(request["prepare"])}
        if "exercise" in request:
            return graded(chapter, request["exercise"], request["text"])
        return tried(chapter, request["text"])
    except ModuleNotFoundError as error:  # of the chapter itself
        if not (needs := absent_tier(error)):
            raise
        return {"needs": needs}


def serve() -> None:
    """Read a request, and write what became of it."""
    importlib.invalidate_caches()  # SymPy may have come meanwhile
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())
    try:
        done = answer(json.loads(IN.read_text("utf-8")))
    except BaseException as error:
        traceback.print_exc()
        done = {"verdict": ERROR, "message": described(error, ANSWER), "printed": ""}
    OUT.write_text(json.dumps(done), "utf-8")

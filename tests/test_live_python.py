"""The page's Python, in Node: softact's doctests and the engine's tests of grading, under pytest.

pytest is put beside it for the occasion, and the whole of Python's library. PyTorch is not there:
a test may name it, and what it would compute is left out.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from _ext.live import assemble
from tests.browser import ROOT, need

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live python")]

PYTEST = ["pytest", "_pytest", "pluggy", "iniconfig", "packaging", "pygments", "py"]
GRADING = "tests/evidence/claims/test_exercise.py"

RUN_TESTS = """
import os, pytest, sys
from evidence.run import desk
sys.meta_path.insert(0, desk.Finder())
os.chdir("/tests")
off = ["cacheprovider", "debugging", "faulthandler", "threadexception", "unraisableexception"]
passed = []

class Note:
    def pytest_runtest_logreport(self, report):
        if report.when == "call":
            passed.append(report.passed)

options = [word for name in off for word in ("-p", f"no:{name}")]
code = pytest.main([*options, "-s", "-q", "--assert=plain", "--color=no", "."], plugins=[Note()])
open("/out", "w").write(f"{int(code)} {sum(passed)} {len(passed)}")
"""
# NumPy 1 writes 0.5 and True where NumPy 2 writes np.float64(0.5) and np.True_.
RUN_DOCTESTS = """
import doctest, importlib, json, pkgutil, re, softact
bare = re.compile(r"np\\.(?:float|int|bool)\\w*\\((.*?)\\)|np\\.(True|False)_")

class Checker(doctest.OutputChecker):
    def check_output(self, want, got, flags):
        return super().check_output(bare.sub(r"\\1\\2", want), got, flags)

found = [0, 0]
for module in pkgutil.iter_modules(softact.__path__, "softact."):
    for test in doctest.DocTestFinder().find(importlib.import_module(module.name)):
        runner = doctest.DocTestRunner(Checker(), optionflags=doctest.NORMALIZE_WHITESPACE)
        runner.run(test)
        found = [found[0] + runner.failures, found[1] + runner.tries]
json.dump(found, open("/out", "w"))
"""
EXAMPLES = 39  # as many as softact had when this was written


@pytest.fixture(scope="module")
def made() -> Path:
    need(assemble.COWASM.exists(), "python-wasm is not installed (`python3 dev.py book`)")
    return assemble.assembled(ROOT / "_build" / "live")


def in_python(made: Path, code: str, *more: Path) -> str:
    packs = [made / name for name in ("numpy", "book", "sympy", "algebra")]
    return assemble.in_python(made / "worker.js", code, "", [*packs, *more])


def test_softacts_examples(made: Path) -> None:
    failed, tried = json.loads(in_python(made, RUN_DOCTESTS))
    assert failed == 0
    assert tried >= EXAMPLES


def test_grading(made: Path, tmp_path: Path) -> None:
    library = dict(assemble.zipped(assemble.COWASM / "python-stdlib.zip"))
    for name in PYTEST:
        origin = Path(importlib.util.find_spec(name).origin)
        files = origin.parent.rglob("*.py") if origin.name == "__init__.py" else [origin]
        folder = origin.parents[origin.name == "__init__.py"]
        library |= {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}
    tests = {"/tests/pytest.ini": b"[pytest]\n"}
    tests[f"/tests/{Path(GRADING).name}"] = (ROOT / GRADING).read_bytes()
    assemble.write_pack(tmp_path / "tests", assemble.placed(library) | tests)
    code, passed, run = map(int, in_python(made, RUN_TESTS, tmp_path / "tests").split())
    assert (code, passed) == (0, run)
    assert run > 50

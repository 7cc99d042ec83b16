"""Break softact on purpose, one operator or number at a time, and see each break caught by a test.

    python -m benchmarks.mutate [MODULE …] [--fresh]

Works on copies of the checkout, with cosmic-ray's mutations, one module per core. What was caught
once stays caught while the module does not change; a survivor is tried again each time, with its
module's own tests as they are now. The command fails if in any function other than so many mutants
live as equivalent_mutants.py says, with the reasons why no test can tell them from it.
"""

from __future__ import annotations

import argparse
import ast
import gc
import hashlib
import importlib
import multiprocessing
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from difflib import unified_diff
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cosmic_ray.commands.init import init
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

from benchmarks.equivalent_mutants import EQUIVALENT

ROOT = Path(__file__).resolve().parents[1]
WHERE = ROOT / "_build" / "mutants"
TIMEOUT = 100.0  # seconds; a hundred times what most tests take on a quiet machine
PYTEST = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain"]
PYTEST += ["-o", "addopts=--import-mode=importlib", "-p", "no:unraisableexception"]
PRELOADED = ["hypothesis.extra.numpy", "mpmath", "numpy.testing"]  # but not softact

# A forked child finds them imported, which takes longer than most tests; not every system forks.
CHILDREN = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")

# Most mutants die by the tests of their own module, which come first. What is left out (properties,
# torch, SciPy, small formats of the accuracy) is slow, and could only catch more.
QUICK = "tests/test_wrong_answers.py"
BESIDE = ["arrays", "softmax", "cross_entropy", "sigmoid_cross_entropy", "driver"]
BRIEF = ["-k", "not mebibytes and not scale_with"]
MEMORY = ["tests/test_driver.py", "-k", "mebibytes or scale_with"]
ACCURACY = ["tests/test_accuracy.py", "-k", "not float16 and not float32"]

# What would only raise an error at once, or mean the same: bits of floats, arithmetic of truths.
MEANINGLESS = re.compile(
    r"core/("
    r"ReplaceBinaryOperator_\w+_(FloorDiv|Mod|Pow|RShift|LShift|BitXor)"
    r"|ReplaceBinaryOperator_(?!Bit)\w+_(BitAnd|BitOr)"
    r"|ReplaceBinaryOperator_Bit\w+_(Add|Sub|Mul|Div)"
    r"|ReplaceUnaryOperator_USub_(Not|Invert)"
    r"|ReplaceComparisonOperator_(?!Is)\w+_(Is|IsNot)"
    r"|ReplaceComparisonOperator_(Is|IsNot)_(?!Is)\w+"
    r")"
)


class Mutant(NamedTuple):
    """A change that was tried, and what came of it."""

    place: str
    change: str
    outcome: str  # killed, timeout or survived


def main(arguments: list[str] | None = None) -> int:
    """Mutate, and fail if a mutant lives that has no excuse, or an excuse that no mutant needs."""
    modules = sorted(file.stem for file in (ROOT / "softact").glob("_[a-z]*.py"))
    parser = argparse.ArgumentParser("benchmarks.mutate", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(modules))
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs found")
    options = parser.parse_args(arguments)
    if unknown := set(options.modules) - set(modules):
        parser.error(f"softact has no {', '.join(sorted(unknown))}; it has {', '.join(modules)}")
    if options.fresh:
        shutil.rmtree(WHERE, ignore_errors=True)
    chosen = options.modules or modules
    os.environ |= {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # to import plugins takes longer than most tests
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    with ProcessPoolExecutor() as pool:
        if broken := pool.submit(unbroken, chosen).result():
            print(f"The tests fail without any mutation: {broken}", file=sys.stderr)
            return 1
        return report(dict(zip(chosen, pool.map(session, chosen), strict=True)))


def session(module: str) -> list[Mutant]:
    """Try all mutants of one module that were not caught before."""
    os.chdir(copied(module))
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # so that no child looks through all of it again
    file = Path("softact", f"{module}.py")
    mark = hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    with use_db(WHERE / f"{module}-{mark}.sqlite") as sessions:
        if not sessions.num_work_items:
            init([file], sessions, {})
        return list(tried(sessions, file))


def copied(module: str) -> Path:
    """Copy the checkout to where one module of it can be broken."""
    copy = WHERE / module
    for part in ("softact", "tests"):
        shutil.rmtree(copy / part, ignore_errors=True)
        shutil.copytree(ROOT / part, copy / part)
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def unbroken(modules: list[str]) -> str | None:
    """Say which tests fail as it is, since nothing could be concluded from them."""
    os.chdir(ROOT)
    needed = {tuple(stage): None for module in modules for stage in stages(module)}
    return next((" ".join(stage) for stage in needed if complaint(list(stage))), None)


def stages(module: str) -> list[list[str]]:
    """Arguments for pytest: first the tests that catch most and take least."""
    own, *beside = [f"tests/test_{name}.py" for name in [module.removeprefix("_"), *BESIDE]]
    first = [QUICK, own] if (ROOT / own).exists() else [QUICK]  # _signature is tested by its users
    return [[*first, *BRIEF], [*beside, *BRIEF], ACCURACY, MEMORY]


def tried(sessions: WorkDB, file: Path) -> Iterator[Mutant]:
    """Try each mutant until a stage of the tests fails, and yield what came of it."""
    known = dict(sessions.results)
    items = [item for item in sessions.work_items if meant(item.mutations[0], file)]
    for number, item in enumerate(items, 1):
        result = known.get(item.job_id)
        if not result or not result.is_killed:
            needed = stages(file.stem)[: 2 if result else None]  # what lived has seen the slow ones
            result = outcome(item.mutations[0], needed)
            sessions.set_result(item.job_id, result)
        if number % 25 == 0:
            print(f"{file.stem}: {number} of {len(items)}", flush=True)
        yield described(item.mutations[0], result)


def outcome(mutation: MutationSpec, needed: list[list[str]]) -> WorkResult:
    """Break the file, and say whether one of these stages of the tests notices."""
    operator = get_operator(mutation.operator_name)()
    with use_mutation(mutation.module_path, operator, mutation.occurrence) as (before, after):
        lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        change = "\n".join(line for line in lines if re.match(r"[+-](?![+-]{2} )", line))
        said = next(filter(None, map(complaint, needed)), None)
    end = TestOutcome.KILLED if said else TestOutcome.SURVIVED
    return WorkResult(WorkerOutcome.NORMAL, output=said, test_outcome=end, diff=change)


def complaint(arguments: list[str]) -> str | None:
    """Run tests in a child; None if they pass."""
    child = CHILDREN.Process(target=run_tests, args=(Path.cwd(), arguments))
    child.start()
    child.join(TIMEOUT)
    if child.is_alive():
        child.kill()
        child.join()
        return "timeout"
    return f"exit code {child.exitcode}" if child.exitcode else None


def run_tests(folder: Path, arguments: list[str]) -> None:
    """Run tests without a word, and leave with the exit code of pytest."""
    os.chdir(folder)  # a spawned child begins elsewhere
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    sys.dont_write_bytecode = True  # of a file that will have changed before the clock does
    sys.exit(pytest.main([*PYTEST, *arguments]))


def meant(mutation: MutationSpec, file: Path) -> bool:
    """Whether a mutant can change what the module does: no types, nothing without meaning."""
    if MEANINGLESS.match(mutation.operator_name):
        return False
    return not any(start <= mutation.start_pos < end for start, end in types(file))


def types(file: Path) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield from where to where a module speaks to the type checker only."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        spoken: list[ast.expr | ast.stmt | None] = []
        if isinstance(node, ast.arg):
            spoken = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            spoken = [node.returns]
        elif isinstance(node, ast.AnnAssign):
            alias = ast.unparse(node.annotation) == "TypeAlias"
            spoken = [node if alias else node.annotation]
        elif isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases):
            spoken = [node]
        for part in spoken:
            if part:
                assert part.end_lineno
                assert part.end_col_offset
                yield (part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)


def described(mutation: MutationSpec, result: WorkResult) -> Mutant:
    """Say what was changed, and what came of it."""
    outcome = "killed" if result.is_killed else "survived"
    if result.output == "timeout":
        outcome = "timeout"
    return Mutant(mutation.definition_name or "the module", result.diff or "", outcome)


def report(found: dict[str, list[Mutant]]) -> int:
    """Print the table, and return 1 if in some function more live than are equivalent, or fewer."""
    rows: list[tuple[Any, ...]] = []
    wrong = []
    for module, mutants in found.items():
        survived = [mutant for mutant in mutants if mutant.outcome == "survived"]
        counts = Counter(mutant.place for mutant in survived)
        known = {place: number for place, (number, _) in EQUIVALENT.get(module, {}).items()}
        for place in sorted(counts.keys() | known.keys()):
            if counts[place] != known.get(place, 0):
                told = [mutant.change for mutant in survived if mutant.place == place]
                numbers = f"{counts[place]} live, {known.get(place, 0)} are equivalent"
                wrong.append("\n".join([f"{module}, {place}: {numbers}", *told]))
        late = sum(mutant.outcome == "timeout" for mutant in mutants)
        alive = (counts - Counter(known)).total()
        equivalent = len(survived) - alive
        rows.append((module, len(mutants), len(mutants) - len(survived), late, equivalent, alive))
    rows.append(("all", *map(sum, zip(*(row[1:] for row in rows), strict=True))))
    for row in [("module", "mutants", "killed", "by time", "equivalent", "alive"), *rows]:
        print(f"{row[0]:24}" + "".join(f"{number:>12}" for number in row[1:]))
    print("\n".join(["", *wrong]) if wrong else "\nEvery mutant is killed, or equivalent.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

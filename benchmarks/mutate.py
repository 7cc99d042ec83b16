"""Break softact on purpose, one operator or number at a time, and see each break caught by a test.

Works on a copy of the checkout with cosmic-ray, one session per module, and goes on where it
stopped. A mutant that survives is printed; what is equivalent stands in EQUIVALENT with the reason.

    python benchmarks/mutate.py --module _sigmoid --where /tmp/mutants
"""

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
MODULES = [
    "_arrays",
    "_binary_cross_entropy",
    "_cross_entropy",
    "_driver",
    "_entropy",
    "_exponentials",
    "_numdiff",
    "_sigmoid",
    "_softmax",
]
# The module's own tests come first: most mutants die there.
BESIDE = ["wrong_answers", "arrays", "softmax", "float16", "accuracy", "properties"]
# Bit operators mean nothing to floats, and "|" is mostly an annotation.
MEANINGLESS = [
    r"core/ReplaceBinaryOperator_\w+_(RShift|LShift|BitAnd|BitOr|BitXor|FloorDiv|Mod|Pow)",
    r"core/ReplaceBinaryOperator_BitOr_\w+",
    r"core/ReplaceUnaryOperator_USub_(Not|Invert)",
    r"core/ReplaceComparisonOperator_\w+_(Is|IsNot)",
]
# The line as it is after the mutation -> why no test can tell.
EQUIVALENT = {
    "r[np.isinf(d)] = -1": "e^d is 0 there, and 0 · r is 0 for every finite r",
    "r[np.isinf(d)] = 1": "e^d is 0 there, and 0 · r is 0 for every finite r",
    "return 0 / self.e": "the top exponential is positive or nan, and 0 / e is then 0 · e",
    "SHORT_ROW = 63  # below it, a call per row would cost more than the sum": "speed only",
    "SHORT_ROW = 65  # below it, a call per row would cost more than the sum": "speed only",
    "short = e.shape[1] <= SHORT_ROW": "speed only",
}


def configuration(module: str) -> str:
    """Return cosmic-ray's settings for one module."""
    names = dict.fromkeys([module.removeprefix("_"), *BESIDE])
    tests = " ".join(f"tests/test_{name}.py" for name in names)
    command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider {tests}"
    return "\n".join(
        [
            "[cosmic-ray]",
            f'module-path = "softact/{module}.py"',
            "timeout = 120.0",
            f"test-command = {json.dumps(command)}",
            'distributor.name = "local"',
            "[cosmic-ray.filters.operators-filter]",
            f"exclude-operators = {json.dumps(MEANINGLESS)}",
        ]
    )


def run(module: str, where: Path) -> None:
    """Go on with the session of one module, or begin it."""
    settings, session = f"{module}.toml", f"{module}.sqlite"
    (where / settings).write_text(configuration(module))
    if not (where / session).exists():
        subprocess.run([BIN / "cosmic-ray", "init", settings, session], cwd=where, check=True)
        subprocess.run([BIN / "cr-filter-operators", session, settings], cwd=where, check=True)
    subprocess.run([BIN / "cosmic-ray", "exec", settings, session], cwd=where, check=True)


def survivors(module: str, where: Path) -> tuple[int, list[str]]:
    """Return how many mutants were tried, and the changed lines of those that lived."""
    session = sqlite3.connect(where / f"{module}.sqlite")
    rows = session.execute(
        "select test_outcome, diff from work_results where worker_outcome != 'SKIPPED'"
    ).fetchall()
    lived = [diff for outcome, diff in rows if outcome == "SURVIVED"]
    return len(rows), ["\n".join(changed(diff)) for diff in lived]


def changed(diff: str) -> list[str]:
    """Return the lines a diff takes away and puts in."""
    return [
        line
        for line in diff.splitlines()
        if line[:1] in ("+", "-") and line[:3] not in ("+++", "---")
    ]


def main() -> None:
    """Mutate, and fail if a mutant lives that has no excuse."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--module", nargs="+", choices=MODULES, default=MODULES)
    parser.add_argument("--where", type=Path, default=ROOT / "_build" / "mutants")
    parser.add_argument("--fresh", action="store_true", help="forget earlier sessions")
    options = parser.parse_args()
    if options.fresh or not options.where.exists():
        shutil.rmtree(options.where, ignore_errors=True)
        options.where.mkdir(parents=True)
        for part in ("softact", "tests"):
            shutil.copytree(ROOT / part, options.where / part)
        shutil.copy(ROOT / "pyproject.toml", options.where)
    unexcused = 0
    for module in options.module:
        run(module, options.where)
        tried, lived = survivors(module, options.where)
        alive = [
            change for change in lived if change.rpartition("\n+")[2].strip() not in EQUIVALENT
        ]
        print(
            f"{module}: {tried} mutants, {len(lived) - len(alive)} equivalent, {len(alive)} alive"
        )
        print("\n".join(alive))
        unexcused += len(alive)
    sys.exit(bool(unexcused))


if __name__ == "__main__":
    main()

"""The command that breaks softact says what lives, and what it was asked for in vain."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import mutate

ROOT = Path(__file__).parents[1]
HALF = "def half(x: int | float) -> float:\n    return x / 2\n"
NOTHING = "def test_nothing(): ...\n\ndef test_of_mebibytes(): ...\n"
LIVES = "_half, half: 1 live, 0 are equivalent\n-    return x / 2\n+    return x - 2\n"

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package of one function, with a test that cannot tell x / 2 from x − 2."""
    shutil.copytree(ROOT / "benchmarks", tmp_path / "benchmarks")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for folder in ("softact", "tests"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    for name in (*mutate.BESIDE, "wrong_answers", "accuracy"):
        (tmp_path / f"tests/test_{name}.py").write_text(NOTHING)
    (tmp_path / "softact/_half.py").write_text(HALF)
    expect(tmp_path, "half(4) == 2")
    excuse(tmp_path, {})
    return tmp_path


def expect(house: Path, what: str) -> None:
    test = f"from softact._half import half\n\ndef test_half():\n    assert {what}\n"
    (house / "tests/test_half.py").write_text(test)


def excuse(house: Path, reasons: dict[str, dict[str, tuple[int, list[str]]]]) -> None:
    (house / "benchmarks/equivalent_mutants.py").write_text(f"EQUIVALENT = {reasons}\n")


def run(house: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.mutate", *arguments],
        cwd=house,
        env=os.environ | {"PYTHONPATH": str(house)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def totals(done: subprocess.CompletedProcess[str]) -> list[int]:
    """Mutants, killed, killed by time, equivalent, alive."""
    line = next(line for line in done.stdout.splitlines() if line.startswith("all"))
    return list(map(int, line.split()[1:]))


def test_a_survivor_fails_the_command_until_a_test_kills_it(house: Path) -> None:
    done = run(house)
    assert done.returncode == 1, done.stderr
    assert LIVES in done.stdout
    assert totals(done) == [5, 4, 0, 0, 1]
    expect(house, "half(4) == 2 and half(2) == 1")
    done = run(house, "_half")
    assert done.returncode == 0, done.stdout
    assert totals(done) == [5, 5, 0, 0, 0]


def test_a_module_may_be_tested_by_those_that_use_it(house: Path) -> None:
    (house / "tests/test_half.py").replace(house / f"tests/test_{mutate.BESIDE[0]}.py")
    assert totals(run(house)) == [5, 4, 0, 0, 1]


def test_a_survivor_may_be_excused_and_nothing_else(house: Path) -> None:
    excuse(house, {"_half": {"half": (1, ["so"])}})
    done = run(house)
    assert done.returncode == 0, done.stdout
    assert totals(done) == [5, 4, 0, 1, 0]
    excuse(house, {"_half": {"half": (2, ["so", "and so"])}})
    done = run(house)
    assert done.returncode == 1
    assert "_half, half: 1 live, 2 are equivalent\n" in done.stdout


def test_tests_that_fail_anyway_prove_nothing(house: Path) -> None:
    expect(house, "half(4) == 3")
    done = run(house)
    assert done.returncode == 1
    assert (
        "The tests fail without any mutation: tests/test_wrong_answers.py tests/test_half.py"
        in done.stderr
    )


@pytest.mark.parametrize("wrong", ["_third", "--slow", "softact/_half.py"])
def test_what_it_cannot_do_is_named(house: Path, wrong: str) -> None:
    done = run(house, wrong)
    assert done.returncode == 2
    assert wrong in done.stderr
    assert "Traceback" not in done.stderr

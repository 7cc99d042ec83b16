"""softact as a package of its own: its wheel in an empty environment, its README, its version."""

import doctest
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

import softact

HOME = Path(softact.__file__).parent
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]


def test_one_version():
    assert softact.__version__ == PROJECT["version"]
    assert f"\n## {softact.__version__}\n" in (HOME / "CHANGELOG.md").read_text("utf-8")
    assert f"softact-{softact.__version__}-py3" in (HOME / "README.md").read_text("utf-8")


def test_the_readme_prints_what_it_says():
    result = doctest.testfile(str(HOME / "README.md"), module_relative=False, encoding="utf-8")
    assert result.attempted >= 6
    assert not result.failed


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *arguments]
    subprocess.run(command, check=True)


@pytest.mark.slow
def test_the_wheel_in_an_empty_environment(tmp_path):
    pip("wheel", "--no-deps", "--wheel-dir", tmp_path, HOME)
    [wheel] = tmp_path.glob("*.whl")
    with ZipFile(wheel) as contents:
        names = contents.namelist()
        modules = {Path(name).name for name in names if name.startswith("softact/")}
        [licence] = [name for name in names if name.endswith("licenses/LICENSE")]
        assert contents.read(licence) == (HOME.parent / "LICENSE").read_bytes()
    assert modules == {file.name for file in HOME.glob("*.py")} | {"py.typed"}

    empty = tmp_path / "empty"
    venv.create(empty)
    [python] = [*empty.glob("bin/python"), *empty.glob("Scripts/python.exe")]
    pip("--python", python, "install", wheel)
    code = """
import sys, numpy, softact
from importlib.metadata import distributions
assert softact.__file__.startswith(sys.prefix), softact.__file__
assert {d.name for d in distributions()} == {"numpy", "softact"}
print(softact.softmax(numpy.zeros((1, 4))), softact.__version__)
"""
    run = subprocess.run(
        [python, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["[[0.25", "0.25", "0.25", "0.25]]", softact.__version__]

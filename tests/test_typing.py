"""What a type checker infers of the public functions."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
CASES = """
from typing import Any, assert_type
import numpy as np
from numpy.typing import NDArray
import softact

f4: NDArray[np.float32] = np.zeros(3, np.float32)
out: NDArray[np.float64] = np.zeros(3)
assert_type(softact.sigmoid(0.5), np.float64)
assert_type(softact.softplus(f4), NDArray[np.float32])
assert_type(softact.logit([0.5], out=out), NDArray[np.float64])
assert_type(softact.softmax(f4), NDArray[np.float32])
assert_type(softact.softmax(f4, axis=None, where=[True, False, True]), NDArray[np.float32])
assert_type(softact.log_softmax([1, 2, 3], out=out), NDArray[np.float64])
assert_type(softact.softmax_jacobian(f4), NDArray[Any])
assert_type(softact.cross_entropy_grad(f4, 0), NDArray[Any])
"""


WRONG = "import softact\n\nsoftact.sigmoid(None)\n"


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> str:
    """What mypy says of both files, with what it learnt of NumPy for `dev.py test`."""
    folder = tmp_path_factory.mktemp("typing")
    files = [folder / "cases.py", folder / "wrong.py"]
    for file, text in zip(files, (CASES, WRONG), strict=True):
        file.write_text(text, "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", *map(str, files)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_types_are_inferred_as_they_are_promised(report):
    assert "cases.py" not in report, report


def test_a_wrong_argument_is_refused(report):
    assert "wrong.py:3: error: " in report, report

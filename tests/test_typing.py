"""What a type checker infers of the public functions."""

import subprocess
import sys

import pytest

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


@pytest.mark.parametrize(("line", "accepted"), [("", True), ("softact.sigmoid(None)", False)])
def test_inferred_types(tmp_path, line, accepted):
    file = tmp_path / "cases.py"
    file.write_text(CASES + line)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode == 0) is accepted, run.stdout

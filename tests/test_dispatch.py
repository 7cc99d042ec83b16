"""The bounds hold whichever vector instructions NumPy finds: AVX-512, AVX2, or the baseline."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

FOUND = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
LEVELS = {
    "AVX2": ["X86_V4", "AVX512_ICL", "AVX512_SPR"],
    "baseline": ["X86_V3", "X86_V4", "AVX512_ICL", "AVX512_SPR"],
}


@pytest.mark.parametrize("level", LEVELS)
def test_accuracy_at(level):
    disabled = [feature for feature in LEVELS[level] if feature in FOUND]
    if not disabled:
        pytest.skip("this processor runs at this level anyway")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "test_accuracy.py"],
        cwd=Path(__file__).parent,
        env=os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(disabled)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout

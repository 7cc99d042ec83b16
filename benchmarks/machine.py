"""When and on what a table was made: its first line."""

import platform
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import scipy
import torch


def made_with() -> str:
    """Say the date, the processor and the versions."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processor()}, "
        f"Python {platform.python_version()}, NumPy {np.__version__}, "
        f"SciPy {scipy.__version__}, torch {torch.__version__}, one thread"
    )


def processor() -> str:
    """Name the processor, and the vector instructions that NumPy found."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [row for row in cpuinfo.read_text().splitlines() if row.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    found = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    return f"{model} ({' '.join(found)})"

"""What a program prints must not depend on the order in which Python's sets happen to run."""

import os
import subprocess
import sys


def printed(program: str, *seeds: str) -> str:
    """Run a program under several hash seeds, and return the one text that it prints."""
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in seeds
    }
    [text] = texts
    return text

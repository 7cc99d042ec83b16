"""Ask PyPI whether NumPy is there for Pyodide, a newer Python than the page's (`_ext/live/`).

Prints what there is and ends with 1 when that day has come: then `_ext/live/interpreter.js` and
`_ext/live/assemble.py`, the two that know which Python it is, are to be written anew.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from urllib.request import urlopen

NUMPY = "https://pypi.org/pypi/numpy/json"
WHEEL = re.compile(r"-(?:pyodide|(?:py)?emscripten)_[\w.]+_wasm32\.whl$")  # PEP 783


def for_pyodide(files: Iterable[str]) -> list[str]:
    """Name the wheels that run in a browser."""
    return [file for file in files if WHEEL.search(file)]


if __name__ == "__main__":
    with urlopen(NUMPY, timeout=60) as answer:
        found = for_pyodide(file["filename"] for file in json.load(answer)["urls"])
    for file in found:
        print(f"NumPy is there for Pyodide: {file}")
    sys.exit(bool(found))

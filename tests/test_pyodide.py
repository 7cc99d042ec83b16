"""Which wheels of NumPy a browser could run."""

from __future__ import annotations

import pytest

from tools.pyodide import for_pyodide


@pytest.mark.parametrize("tag", ["pyodide_2025_0", "pyemscripten_2026_0", "emscripten_4_0_9"])
def test_a_wheel_for_the_browser_is_noticed(tag: str) -> None:
    name = f"numpy-3.0.0-cp314-cp314-{tag}_wasm32.whl"
    assert for_pyodide(["numpy-3.0.0.tar.gz", name]) == [name]


def test_other_wheels_are_none() -> None:
    names = ["numpy-2.4.6-cp314-cp314-manylinux_2_27_x86_64.whl", "numpy-2.4.6.tar.gz"]
    assert for_pyodide(names) == []

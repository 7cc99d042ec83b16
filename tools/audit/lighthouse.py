"""Lighthouse's scores of a page, on a telephone and on a desk, in the system's Chromium."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from _ext.assets import NODE
from dev import Stop
from tools.browser import FLAGS, chromium

PROGRAM = Path(__file__).parent / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
DEVICES = {"mobile": [], "desktop": ["--preset=desktop"]}
USUAL = {"mobile": 4.0, "desktop": 1.0}

# By BenchmarkIndex, its own measure, Lighthouse calls a computer of 1000 half as fast as the one it
# expects, which it slows down fourfold to get a phone: another computer is slowed down accordingly.
PHONE = 2000 / 4
FITS = 0.8, 1.25  # how far the divisor may be off: a shared computer changes from run to run

# The last list counts: with the one of Lighthouse's launcher, Chromium without a screen drew one
# frame a second, and every page showed its first line after two.
FEATURES_OFF = "--disable-features=Translate,OptimizationHints,MediaRouter"

# A busy computer makes a page look slow: one that misses is measured this often, the median counts.
ATTEMPTS = 3


class Measured(NamedTuple):
    """The scores of a page on a device, from 0 to 100, and what cost it points."""

    scores: dict[str, int]
    faults: dict[str, list[str]]


def measure(address: str, device: str, enough: int) -> Measured:
    """Measure a page, again where its performance is below what is enough."""
    runs: list[Measured] = []
    slowdown = USUAL[device]
    for _ in range(3 * ATTEMPTS):
        report = run(address, device, slowdown)
        fitting = fitting_slowdown(report, device)
        if not FITS[0] <= slowdown / fitting <= FITS[1]:
            slowdown = fitting
            continue
        runs.append(read(report))
        if len(runs) == ATTEMPTS or runs[0].scores["performance"] >= enough:
            break
    else:
        raise Stop("this computer's speed changes from run to run: nothing else may run")
    return sorted(runs, key=lambda measured: measured.scores["performance"])[len(runs) // 2]


def fitting_slowdown(report: dict[str, Any], device: str) -> float:
    """Say what makes the device of this computer, as fast as it was when the report was made."""
    return report["environment"]["benchmarkIndex"] / PHONE if device == "mobile" else USUAL[device]


def run(address: str, device: str, slowdown: float) -> dict[str, Any]:
    """Return Lighthouse's own report."""
    done = subprocess.run(
        [
            *(NODE, PROGRAM, address, "--quiet", "--output=json", *DEVICES[device]),
            f"--throttling.cpuSlowdownMultiplier={slowdown:.2f}",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={' '.join(['--headless=new', FEATURES_OFF, *FLAGS])}",
        ],
        env={**os.environ, "CHROME_PATH": str(chromium())},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise Stop(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout)


def read(report: dict[str, Any]) -> Measured:
    """Take the scores out of a report, with the titles of the audits that are not perfect."""
    scores, faults = {}, {}
    for name in CATEGORIES:
        category = report["categories"][name]
        scores[name] = round(100 * category["score"])
        audits = [report["audits"][ref["id"]] for ref in category["auditRefs"] if ref["weight"]]
        faults[name] = [shown(audit) for audit in audits if (audit["score"] or 0) < PERFECT]
    return Measured(scores, faults)


PERFECT = 0.9  # from here on Lighthouse shows an audit in green


def shown(audit: dict[str, Any]) -> str:
    """Say what an audit found."""
    return " ".join(filter(None, [audit["title"], audit.get("displayValue")]))

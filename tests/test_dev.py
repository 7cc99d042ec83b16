"""The commands: what they say when something is missing, and what they do not do twice."""

from __future__ import annotations

import errno
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PINS = ("requirements.lock", "requirements.txt", "package-lock.json")


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Import dev.py as if it stood in an empty house, where it must not install anything."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "dev", module)
    spec.loader.exec_module(module)
    for name, place in {
        "ROOT": tmp_path,
        "BUILD": tmp_path / "_build",
        "SITE": tmp_path / "_build/html",
        "VENV": tmp_path / ".venv",
        "STAMP": tmp_path / ".venv/made-from",
    }.items():
        monkeypatch.setattr(module, name, place)
    for name in PINS:
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return module


@pytest.fixture
def installed(dev, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Record what would be installed."""
    calls: list[list[str]] = []

    def pretend(*arguments: object) -> str:
        calls.append([str(argument) for argument in arguments])
        dev.VENV.mkdir(exist_ok=True)
        return ""

    monkeypatch.setattr(dev, "installation", pretend)
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    return calls


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "dev.py", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_without_a_command_it_lists_them(dev) -> None:
    done = run()
    assert done.returncode == 0
    for name in dev.COMMANDS:
        assert re.search(rf"^  {name} +\S", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("arguments", [["boook"], ["book", "now"], ["clean", "everything"]])
def test_a_command_that_does_not_exist_is_an_error(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert arguments[-1] in done.stderr or "book" in done.stdout


def test_an_old_python_is_named(dev, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 1))
    with pytest.raises(dev.Stop, match=r"Python 3\.11 or newer is needed"):
        dev.environment()


def test_an_environment_of_another_python_is_named(dev, installed) -> None:
    dev.VENV.mkdir()
    dev.STAMP.write_text("3.9 0123456789abcdef", "utf-8")
    with pytest.raises(dev.Stop, match=r"made with Python 3\.9.*clean all"):
        dev.environment()
    assert not installed


def test_a_python_without_venv_is_named(dev, installed, monkeypatch) -> None:
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(dev.Stop, match="sudo apt install python3-venv"):
        dev.environment()
    assert not installed


def test_the_environment_is_made_once_and_again_when_a_pin_changes(dev, installed) -> None:
    dev.environment()
    made = len(installed)
    assert made > 2
    dev.environment()
    assert len(installed) == made
    with (dev.ROOT / "requirements.txt").open("a", encoding="utf-8") as pins:
        pins.write("\n# another pin\n")
    dev.environment()
    assert len(installed) > made


def test_what_is_fetched_is_what_the_lock_says(dev, installed) -> None:
    dev.environment()
    pip = [call[4:] for call in installed if call[1:4] == ["-m", "pip", "install"]]
    locked, *_, ours = (call for call in pip if "--dry-run" not in call)
    assert {"--no-deps", "--require-hashes", "--only-binary=:all:"} < set(locked)
    assert locked[-1] == str(dev.ROOT / "requirements.lock")
    assert {"--no-deps", "--no-build-isolation"} < set(ours)


@pytest.mark.usefixtures("installed")
def test_an_interrupted_installation_is_begun_anew(dev, monkeypatch) -> None:
    dev.environment()
    (dev.ROOT / "package-lock.json").write_text("{}", "utf-8")
    monkeypatch.setattr(dev, "install_torch_without_cuda", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        dev.environment()
    assert not dev.STAMP.exists()


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full: free"),
        ("NewConnectionError: failed", "connect .* to the network"),
        ("npm error code ENOTFOUND", "connect .* to the network"),
        ("error: something else", "failed: see above"),
    ],
)
def test_a_failed_installation_ends_in_one_sentence(dev, said: str, mend: str) -> None:
    with pytest.raises(dev.Stop, match=mend):
        dev.installation(sys.executable, "-c", f"print({said!r}); raise SystemExit(1)")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-m", "json.tool", "--no-such-option"), r"json\.tool ended with exit code 2\."),
        (("-c", "import sys\nsys.exit(3)"), r"Python ended with exit code 3\."),
    ],
)
def test_a_program_that_fails_is_named_in_one_sentence(dev, monkeypatch, arguments, said) -> None:
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    with pytest.raises(dev.Stop, match=f"^{said}$"):
        dev.python(*arguments)


def test_a_full_disk_ends_in_one_sentence(dev, monkeypatch, capsys) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(dev.COMMANDS, "book", full)
    monkeypatch.setattr(dev.sys, "argv", ["dev.py", "book"])
    assert dev.main() == 1
    assert "The disk is full: free" in capsys.readouterr().err


PLAN_WITH_CUDA = '{"install": [{"metadata": {"name": "nvidia-cublas"}}, "nvidia-cublas"]}'


@pytest.mark.parametrize(
    ("platform", "plan", "backend", "installs"),
    [
        ("linux", PLAN_WITH_CUDA, None, ["--torch-backend", "cpu", "torch==2.13.0"]),
        ("linux", '{"install": []}', None, None),
        ("darwin", PLAN_WITH_CUDA, None, None),
        ("linux", PLAN_WITH_CUDA, "cu128", ["--torch-backend", "cu128", "torch==2.13.0"]),
        ("darwin", '{"install": []}', "auto", ["--torch-backend", "auto", "torch==2.13.0"]),
    ],
)
def test_cuda_is_fetched_only_for_who_asks(
    dev, monkeypatch, platform: str, plan: str, backend: str | None, installs: list[str] | None
) -> None:
    calls: list[tuple[str, ...]] = []

    def pretend(*arguments: object) -> str:
        calls.append(tuple(map(str, arguments)))
        return plan

    monkeypatch.setattr(dev, "installation", pretend)
    monkeypatch.setattr(dev.sys, "platform", platform)
    if backend:
        monkeypatch.setenv("UV_TORCH_BACKEND", backend)
    else:
        monkeypatch.delenv("UV_TORCH_BACKEND", raising=False)
    dev.install_torch_without_cuda()
    by_uv = [call for call in calls if "--torch-backend" in call]
    assert [list(call[-3:]) for call in by_uv] == ([installs] if installs else [])


def test_what_sphinx_calls_wrong_is_found(dev) -> None:
    log = (
        "reading sources... done\n"
        "/house/chapters/one.md:7: WARNING: code cell 1: FalseStep: a step\n"
        "  x = y\n"
        "  is false at x = 1\n"
        "looking for now-outdated files... none found\n"
        "Configuration error:\n"
        "Unknown renderer\n"
        "build succeeded\n"
    )
    assert re.findall(dev.PROBLEM, log) == [
        "/house/chapters/one.md:7: WARNING: code cell 1: FalseStep: a step\n"
        "  x = y\n  is false at x = 1",
        "Configuration error:\nUnknown renderer",
    ]


@pytest.mark.parametrize("quick", [False, True])
def test_the_tests_say_what_they_cost_and_when_they_are_not_the_whole(
    dev, monkeypatch, capsys, quick: bool
) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(dev, "environment", lambda: None)
    monkeypatch.setattr(dev, "notebooks_in", lambda folder: folder)
    monkeypatch.setattr(dev, "python", lambda *arguments: calls.append([*map(str, arguments)]))
    dev.test(*["--quick"] * quick, "tests/test_dev.py")
    assert ("not slow" in calls[-1]) is quick
    assert calls[-1][-1] == "tests/test_dev.py"
    assert "--quick" not in calls[-1]
    said = capsys.readouterr().out
    assert re.search(r"^This took \d+ s, and \d+ s of CPU time\.$", said, re.MULTILINE)
    assert ("not the whole" in said) is quick
